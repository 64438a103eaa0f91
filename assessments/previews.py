"""A question as its author sees it while writing: as a learner would, or with the right answers."""

from typing import Any

from django.utils import translation

from assessments.content import content_of, draft_content
from assessments.models import Question
from assessments.pictures import picture_of
from assessments.presentation import fill
from assessments.question_types import UnknownQuestionType, get_question_type
from assessments.seeds import rng_for

SEED = 1  # any: the same preview at every keystroke


def preview_context(question: Question, mode: str) -> dict[str, Any]:
    """What templates/assessments/question_preview.html needs. ``unready``: there is nothing to show yet."""
    try:
        content = draft_content(question)
    except (UnknownQuestionType, KeyError, TypeError):
        return {"unready": True}
    kind = get_question_type(content.type)
    if kind.validate(content.spec):
        return {"unready": True, "prompt": content.prompt}
    with translation.override(question.locale.language_code):
        presentation = kind.public(content.spec, rng_for(SEED, "preview"))
        shown = kind.explain(content.spec, {}) if mode == "answers" else None
    return {
        "prompt": content.prompt,
        "picture": picture_of(content),
        "presentation": fill(presentation, {}),
        "template": kind.template,
        "review": shown,
        "content": content,
    }


def sample_context(question: Question) -> dict[str, Any]:
    """A published question as anybody may see it: never its key, its explanation or its feedback."""
    content = content_of([question.live_revision_id])[question.live_revision_id]
    kind = get_question_type(content.type)
    with translation.override(question.locale.language_code):
        presentation = kind.public(content.spec, rng_for(SEED, "sample"))
    return {
        "prompt": content.prompt,
        "picture": picture_of(content),
        "presentation": fill(presentation, {}),
        "template": kind.template,
        "language": question.locale.language_code,
    }
