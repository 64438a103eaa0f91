"""What every type of question promises, and the few words they all share.

A type is one module: its rules, what a trainer fills in, how course folders and other systems' files write it. Only
what a learner sees is elsewhere, in the template that `QuestionType.template` names.

A *spec* is the content of a question, as stored (JSON). A *presentation* is the part of it that may reach
a learner before the answer may be known. A *response* is what they answered, as stored (JSON): an empty
dictionary means "not answered". The four travel like this:

    spec --public--> form on the phone --read--> response --grade--> ItemResult
                                     <--refill--         --explain--> page of review

Nothing here touches the database, the request or the clock. To add a type: `docs/add-a-question-type.md`.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypedDict, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from wagtail.blocks import StructBlock

from assessments.formats.neutral import Coded
from lms.lib.comparison import storable

Spec = Mapping[str, Any]
Public = dict[str, Any]
Raw = Mapping[str, Sequence[str]]
Response = dict[str, Any]

Answer = TypeVar("Answer")
"""A response once it has been checked: one id, a set of ids, a number, ..."""

SIX_PLACES = Decimal("0.000001")


class InvalidResponse(ValueError):  # noqa: N818 - says what it is
    """What was sent cannot be an answer to this question. The message is for the learner."""


class UnknownQuestionType(LookupError):  # noqa: N818 - says what it is
    """There is no type of this name."""


class Unlike(ValueError):  # noqa: N818 - says what it is
    """The same question has not the same parts in every language, which a row of a course folder cannot say."""


def in_each(values: Mapping[str, Any]) -> Any:
    """One value where it is the same in every language; else each text in each language, at the same places.

    Raises ``Unlike``.
    """
    first, *others = values.values()
    if all(other == first for other in others):
        return first
    if all(isinstance(value, str) for value in values.values()):
        return dict(values)
    if all(isinstance(value, list) and len(value) == len(first) for value in values.values()):
        return [in_each({code: value[place] for code, value in values.items()}) for place in range(len(first))]
    if all(isinstance(value, Mapping) and value.keys() == first.keys() for value in values.values()):
        return {name: in_each({code: value[name] for code, value in values.items()}) for name in first}
    raise Unlike


@dataclass(frozen=True)
class Submission:
    """What a learner sent for one question: the fields of a form, the files that came with it, and what is saved of
    their answer from the pages before.
    """

    fields: Raw
    files: Mapping[str, UploadedFile] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)  # the response so far; `{}` at first


@dataclass(frozen=True)
class Problem:
    """One thing for the author to fix: where (a path such as `options.2.text`), what, and how."""

    field: str
    what: str
    remedy: str


@dataclass(frozen=True)
class ItemResult:
    """The mark of one question: `fraction` of its points, from 0 to 1, kept to six decimals."""

    fraction: Decimal
    feedback: tuple[str, ...] = ()
    answered: bool = True
    reason: str = ""  # why a stored response could not be marked; empty when all is well

    @property
    def correct(self) -> bool:
        return self.fraction == 1


class ReviewLine(TypedDict):
    """One row of the review: an option, a pair, an item, or the single typed answer."""

    label: str  # what was on the screen
    chosen: bool  # did the learner choose it or fill it in
    given: str  # what they put against it, where there is something to put
    expected: str  # what belongs there
    right: bool  # for an option: is it a right one; otherwise: was `given` right
    feedback: str


class Review(TypedDict):
    """Everything a page of review shows for one question, once the answer may be known."""

    answered: bool
    correct: bool
    fraction: str
    answer: str
    right_answer: str
    lines: list[ReviewLine]
    feedback: list[str]
    reason: str


class QuestionType(ABC, Generic[Answer]):
    """A type of question. Every method but `validate` takes a spec that `validate` found no fault with."""

    name: str
    label: str | Promise
    block: type[StructBlock]
    """What a trainer fills in; the editor offers it under the type's label."""
    in_files = False
    """Do files of other systems know this type? Then it has `from_file` and `to_file`."""
    is_work = False
    """Is each question a piece of one work, such as a document of a batch? Then the learner is told the pace, and the
    result has the figures of the whole: `work_done`, `work_words`; `gold`, `guess`, `one_for_all` are for its trial.
    """

    is_of_texts = False
    """Is each of its lines a text to read, not the name of a field? Then its answer stands below it, not beside it."""

    def place(self, number: int, total: int) -> str:
        """What stands above a question: where it is among the others."""
        return _("Question %(number)s of %(total)s") % {"number": number, "total": total}

    @property
    def template(self) -> str:
        """What a learner sees: labels and native inputs, made from the presentation as `presentation.fill` leaves
        it."""
        return f"assessments/types/{self.name}.html"

    # -- for the author

    @abstractmethod
    def validate(self, spec: Spec) -> list[Problem]:
        """What is wrong with the spec, in the author's words; empty when it can be used."""

    @abstractmethod
    def from_editor(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """The spec out of the stored value of `block`; what the author left out may lack."""

    @abstractmethod
    def to_editor(self, spec: Spec) -> dict[str, Any]:
        """The stored value that `from_editor` reads as this spec."""

    @abstractmethod
    def from_folder(self, row: Mapping[str, Any], language: str) -> dict[str, Any]:
        """The spec out of a question of a course folder; KeyError, TypeError ... when it has not the type's shape."""

    def to_folder(self, specs: Mapping[str, Spec]) -> dict[str, Any]:
        """The type's own keys of a row that `from_folder` reads as these specs, by language. Raises `Unlike`."""
        return dict(in_each(specs))

    def from_file(self, interaction: Any) -> Coded[dict[str, Any]]:
        """The spec out of what a file of another system says (the class of `formats.interactions` whose `type` is
        ours), with what the trainer will find lost or changed. The caller has it checked by `validate`.
        """
        raise NotImplementedError

    def to_file(self, spec: Spec) -> Coded[Any]:
        """The interaction that says what the spec says, with what it cannot say."""
        raise NotImplementedError

    def needs_picture(self, spec: Spec) -> bool:
        """Is there nothing to work on without the picture of the question?"""
        return False

    # -- for the learner

    @abstractmethod
    def public(self, spec: Spec, rng: random.Random) -> Public:
        """What may be shown before the answer is known. The same seed gives the same presentation."""

    @abstractmethod
    def read(self, spec: Spec, public: Public, sent: Submission) -> Response:
        """Turn what was sent into a response; `{}` when nothing was answered. Raises InvalidResponse."""

    @abstractmethod
    def refill(self, spec: Spec, public: Public, response: Response) -> dict[str, list[str]]:
        """The posted fields that would give this response again: how a form comes back filled in."""

    # -- for the marker: each type writes these four, the base class does the rest

    @abstractmethod
    def clean(self, spec: Spec, response: Response) -> Answer | None:
        """Check a stored response; None when it is empty. Raises InvalidResponse when it is damaged."""

    @abstractmethod
    def mark(self, spec: Spec, answer: Answer) -> ItemResult: ...

    @abstractmethod
    def answer_text(self, spec: Spec, answer: Answer) -> str:
        """The answer in words."""

    @abstractmethod
    def right_answer(self, spec: Spec) -> str:
        """The key in words."""

    # -- for work that is made of many questions

    def work_done(self, answers: Sequence[tuple[Spec, Answer | None]]) -> dict[str, int]:
        """What the questions of this type in one attempt come to together, in numbers that add up."""
        return {}

    def work_words(self, figures: Mapping[str, int]) -> list[str]:
        """The same in words, for the learner and who judges the work; never what was right."""
        return []

    def gold(self, spec: Spec) -> Response | None:
        """The answer that the key itself would give: it must earn everything. None: the type cannot say."""
        return None

    def guess(self, spec: Spec, others: Sequence[Spec], rng: random.Random) -> Response | None:
        """The answer of somebody who knows the work but does not do it. None: the type cannot say."""
        return None

    def one_for_all(self, spec: Spec) -> Response | None:
        """The same choice for everything, the one that is right most often. None: there is no such thing."""
        return None

    # -- the same for every type

    def work_of(self, answers: Sequence[tuple[Spec, Response]]) -> dict[str, int]:
        """`work_done` of responses as they are stored."""
        return self.work_done([(spec, self._answer_or_none(spec, response)) for spec, response in answers])

    def lines(self, spec: Spec, answer: Answer | None) -> list[ReviewLine]:
        """The rows of the review: here one, for a typed answer; a type with options or items has one for each."""
        result = None if answer is None else self.mark(spec, answer)
        return [
            ReviewLine(
                label="",
                chosen=answer is not None,
                given="" if answer is None else self.answer_text(spec, answer),
                expected=self.right_answer(spec),
                right=result is not None and result.correct,
                feedback="" if result is None else "".join(result.feedback),
            )
        ]

    def counted(self, spec: Spec, response: Response) -> list[ReviewLine]:
        """The rows that are counted over everybody's answers: the same ones for each of them."""
        return self.lines(spec, self._answer_or_none(spec, response))

    def grade(self, spec: Spec, response: Response) -> ItemResult:
        """Mark a stored response. A damaged one is worth 0 and says why; it never raises."""
        try:
            answer = self.clean(spec, _as_mapping(response))
        except InvalidResponse as error:
            return ItemResult(Decimal(0), reason=str(error))
        if answer is None:
            return ItemResult(Decimal(0), answered=False)
        return self.mark(spec, answer)

    def describe(self, spec: Spec, response: Response) -> str:
        """The answer as plain text, for reports and exports; empty when there is none."""
        answer = self._answer_or_none(spec, response)
        return "" if answer is None else self.answer_text(spec, answer)

    def explain(self, spec: Spec, response: Response) -> Review:
        """What the review page shows. Only for a learner who may know the answer by now."""
        result = self.grade(spec, response)
        return Review(
            answered=result.answered,
            correct=result.correct,
            fraction=str(result.fraction),
            answer=self.describe(spec, response),
            right_answer=self.right_answer(spec),
            lines=self.lines(spec, self._answer_or_none(spec, response)),
            feedback=list(result.feedback),
            reason=result.reason,
        )

    def _answer_or_none(self, spec: Spec, response: Response) -> Answer | None:
        try:
            return self.clean(spec, _as_mapping(response))
        except InvalidResponse:
            return None


# -- words shared by the types


def share(part: int | Decimal, whole: int | Decimal) -> Decimal:
    """`part` of `whole` as a fraction from 0 to 1, to six decimals; 0 when part is negative."""
    return (max(Decimal(part), Decimal(0)) / Decimal(whole)).quantize(SIX_PLACES).normalize() + 0


def present(*texts: str) -> tuple[str, ...]:
    """The texts that say something."""
    return tuple(text for text in texts if text)


def single_value(raw: Raw, field: str) -> str:
    """The one value posted under `field`, as a database can hold it, or "" when it is absent. Raises InvalidResponse
    when repeated.
    """
    values = [value for each in raw.get(field, ()) if (value := storable(each)).strip()]
    if len(values) > 1:
        raise InvalidResponse(_("Only one answer is expected here. Choose again, then save."))
    return values[0] if values else ""


def own_fields(posted: Iterable[tuple[str, list[str]]], prefix: str) -> dict[str, list[str]]:
    """Keep the fields of one question on a page of many: `own_fields(request.POST.lists(), "q7-")`."""
    return {name.removeprefix(prefix): values for name, values in posted if name.startswith(prefix)}


def unknown_choice() -> InvalidResponse:
    return InvalidResponse(_("This choice does not belong to this question. Load the page again and choose once more."))


def damaged_response() -> InvalidResponse:
    return InvalidResponse(_("The saved answer can no longer be read."))


def _as_mapping(response: object) -> Response:
    if not isinstance(response, dict):
        raise damaged_response()
    return response
