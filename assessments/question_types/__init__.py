"""The types of question: one module each, found by name. The editor offers them in the order written here.

    kind = get_question_type("single")
    presentation = kind.public(spec, rng_for(attempt.seed, item_key))
    response = kind.read(spec, presentation, Submission(own_fields(request.POST.lists(), "q7-")))
    result = kind.grade(spec, response)

`base` says what a type promises; read it first.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from .base import (
    InvalidResponse,
    ItemResult,
    Problem,
    Public,
    QuestionType,
    Raw,
    Response,
    Review,
    ReviewLine,
    Spec,
    Submission,
    UnknownQuestionType,
    own_fields,
)
from .categorise import Categorise, Grid
from .choice import Multiple, Single
from .classify import Classify
from .cloze import Cloze
from .data_entry import DataEntry
from .matching import Matching
from .numeric import Numeric
from .ordering import Ordering
from .short_text import ShortText
from .transcribe import Transcribe
from .true_false import TrueFalse

QUESTION_TYPES: dict[str, QuestionType[Any]] = {
    kind.name: kind
    for kind in (
        Single(),
        Multiple(),
        TrueFalse(),
        Numeric(),
        ShortText(),
        Cloze(),
        Matching(),
        Categorise(),
        Grid(),
        Ordering(),
        DataEntry(),
        Classify(),
        Transcribe(),
    )
}


def get_question_type(name: str) -> QuestionType[Any]:
    """The type called `name`. Raises UnknownQuestionType."""
    try:
        return QUESTION_TYPES[name]
    except KeyError:
        raise UnknownQuestionType(
            _("There is no type of question called “%(name)s”. Known types: %(known)s.")
            % {"name": name, "known": ", ".join(QUESTION_TYPES)}
        ) from None


def work_words(name: str, figures: Mapping[str, int]) -> list[str]:
    """What work of a type came to, in words; nothing for figures of another version of the type."""
    try:
        return get_question_type(name).work_words(figures)
    except (UnknownQuestionType, TypeError, KeyError):
        return []


__all__ = [
    "QUESTION_TYPES",
    "get_question_type",
    "work_words",
    "QuestionType",
    "Spec",
    "Public",
    "Raw",
    "Response",
    "Submission",
    "ItemResult",
    "Problem",
    "Review",
    "ReviewLine",
    "InvalidResponse",
    "UnknownQuestionType",
    "own_fields",
]
