"""From a question as trainers store it (a Wagtail revision) to what the engine reads and what a page shows.

A published revision never changes, so it is parsed once and kept. The ids of answers are those of the list items,
which survive reordering and are the same in every translation.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import caches
from django.utils.safestring import SafeString
from wagtail.models import Revision
from wagtail.rich_text import expand_db_html

from assessments.answers import read_answers
from assessments.models import Question
from assessments.question_types import Spec


@dataclass(frozen=True, slots=True)
class QuestionContent:
    """One version of a question in one language. ``spec`` holds the key: it never goes to a template as it is."""

    type: str
    spec: Spec
    prompt: SafeString
    feedback: SafeString
    image_id: int | None
    image_alt: str


def content_of(revision_ids: Iterable[int]) -> dict[int, QuestionContent]:
    """Contents by revision id; one query for those that are not kept yet."""
    keys = {f"question:{pk}": pk for pk in revision_ids}
    found = {keys[key]: content for key, content in caches["bodies"].get_many(keys).items()}
    missing = set(keys.values()) - found.keys()
    if missing:
        fresh = {row.pk: parse(row.content) for row in Revision.objects.filter(pk__in=missing)}
        caches["bodies"].set_many({f"question:{pk}": content for pk, content in fresh.items()})
        found |= fresh
    return found


def parse(stored: Mapping[str, Any]) -> QuestionContent:
    """Read the fields of a revision."""
    kind, spec = read_answers(stored["answers"])
    return QuestionContent(
        type=kind,
        spec=spec,
        prompt=SafeString(expand_db_html(stored["prompt"])),
        feedback=SafeString(expand_db_html(stored.get("feedback") or "")),
        image_id=stored.get("image"),
        image_alt=stored.get("image_alt") or "",
    )


def draft_content(question: Question) -> QuestionContent:
    """The content of a question that is being written, for previews. Raises UnknownQuestionType when it is empty."""
    fields = ("prompt", "feedback", "image_alt")
    stored = {name: getattr(question, name) for name in fields}
    return parse({**stored, "image": question.image_id, "answers": question.answers.get_prep_value()})
