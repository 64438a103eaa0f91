"""What of a question may reach a learner: its face, and her own answer laid over it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import translation

from assessments.content import QuestionContent
from assessments.models import Attempt, AttemptItem
from assessments.question_types import Public, get_question_type
from assessments.seeds import rng_for


def face_of(attempt: Attempt, item: AttemptItem, content: QuestionContent) -> Public:
    """The same on every phone and after every reload: it depends on the attempt's seed and the question's key."""
    rng = rng_for(attempt.seed, "face", str(item.question_key))
    with translation.override(attempt.language):
        return get_question_type(content.type).public(content.spec, rng)


def refilled(content: QuestionContent, face: Public, answer: dict[str, Any]) -> dict[str, list[str]]:
    """The fields that would give ``answer`` again."""
    return get_question_type(content.type).refill(content.spec, face, answer) if answer else {}


def fill(face: Public, values: Mapping[str, Sequence[str]]) -> Public:
    """The face with what she chose or typed: ``checked`` on options, ``value`` on lines and on the one field."""
    field = face.get("field", "")
    filled = {**face, "value": first(values, field)}
    for name in ("lefts", "items"):
        if name in face:
            filled[name] = [{**card, "value": first(values, card["field"])} for card in face[name]]
    if "options" in face:
        chosen = set(values.get(field, ()))
        filled["options"] = [{**card, "checked": card["token"] in chosen} for card in face["options"]]
    return filled


def first(values: Mapping[str, Sequence[str]], field: str) -> str:
    return next(iter(values.get(field, ())), "")
