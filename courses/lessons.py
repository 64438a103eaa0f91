"""Lesson bodies: rendered once for each live revision and language, then kept. Nothing personal is ever in one."""

from dataclasses import dataclass, replace

from django.core.cache import caches

from cms.pictures import with_picture
from cms.weight import render
from courses.models import Course, LessonPage
from courses.outline import Step


@dataclass(frozen=True, slots=True)
class Body:
    """``variant`` names what it shows of its pictures, for keys of caches: all ("") or those that were tapped."""

    html: str
    summary: str
    variant: str = ""


def body_key(course: Course, step: Step, language: str) -> str:
    """Holds the course's content version beside the revision: a picture replaced in the library renders it anew."""
    return f"lesson:{step.page_id}:{step.revision_id}:{course.content_version}:{language}"


def lesson_body(
    course: Course, step: Step, language: str, *, on_tap: bool = False, shown: int | None = None
) -> Body | None:
    """What to read at this step; None when its page is gone since the outline was read.

    ``on_tap``: with links in the place of pictures, but for the one of block ``shown``.
    """
    variant = "tap" if on_tap else ""
    key = body_key(course, step, language) + variant
    body: Body | None = caches["bodies"].get(key)
    if body is None:
        page = LessonPage.objects.live().filter(pk=step.page_id).first()
        if page is None:
            return None
        body = Body(html=render(page.body, language, on_tap), summary=page.summary, variant=variant)
        caches["bodies"].set(key, body)
    html = with_picture(body.html, shown) if on_tap and shown is not None else body.html
    return body if html == body.html else replace(body, html=html, variant=f"{variant}{shown}")
