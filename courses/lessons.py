"""Lesson bodies: rendered once for each live revision and language, then kept. Nothing personal is ever in one."""

from dataclasses import dataclass

from django.core.cache import caches

from cms.weight import render
from courses.models import Course, LessonPage
from courses.outline import Step


@dataclass(frozen=True, slots=True)
class Body:
    html: str
    summary: str


def body_key(course: Course, step: Step, language: str) -> str:
    """Holds the course's content version beside the revision: a picture replaced in the library renders it anew."""
    return f"lesson:{step.page_id}:{step.revision_id}:{course.content_version}:{language}"


def lesson_body(course: Course, step: Step, language: str) -> Body | None:
    """What to read at this step; None when its page is gone since the outline was read."""
    key = body_key(course, step, language)
    body: Body | None = caches["bodies"].get(key)
    if body is None:
        page = LessonPage.objects.live().filter(pk=step.page_id).first()
        if page is None:
            return None
        body = Body(html=render(page.body, language), summary=page.summary)
        caches["bodies"].set(key, body)
    return body
