"""What of a question may reach a learner: its presentation, and the learner’s own answer laid over it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import translation

from assessments.content import QuestionContent
from assessments.models import Attempt, AttemptItem
from assessments.question_types import Public, get_question_type
from assessments.seeds import rng_for


def presentation_of(attempt: Attempt, item: AttemptItem, content: QuestionContent) -> Public:
    """The same on every phone and after every reload: it depends on the attempt's seed and the question's key."""
    rng = rng_for(attempt.seed, "face", str(item.question_key))
    with translation.override(attempt.language):
        return get_question_type(content.type).public(content.spec, rng)


def refilled(content: QuestionContent, presentation: Public, answer: dict[str, Any]) -> dict[str, list[str]]:
    """The fields that would give ``answer`` again."""
    return get_question_type(content.type).refill(content.spec, presentation, answer) if answer else {}


def fill(presentation: Public, values: Mapping[str, Sequence[str]]) -> Public:
    """The presentation with what they chose or typed: ``checked`` on options, ``value`` on lines and on the one
    field."""
    field = presentation.get("field", "")
    filled = {**presentation, "value": first_value(values, field)}
    for name in ("lefts", "items"):
        if name in presentation:
            filled[name] = [{**item, "value": first_value(values, item["field"])} for item in presentation[name]]
    if "options" in presentation:
        chosen = set(values.get(field, ()))
        filled["options"] = [{**item, "checked": item["token"] in chosen} for item in presentation["options"]]
    return filled


def first_value(values: Mapping[str, Sequence[str]], field: str) -> str:
    return next(iter(values.get(field, ())), "")
