"""What a learner can do next, and what work a course opens: for pages of apps below."""

from django import template
from django.template import Context

from courses.models import Course
from placement import open_after as reading
from placement.open_after import OpenAfter
from placement.services.next_steps import NextStep, step_of

register = template.Library()


@register.simple_tag(takes_context=True)
def open_after(context: Context, course: Course) -> OpenAfter:
    return reading.open_after(course, context.get("user"))


@register.simple_tag
def open_today() -> OpenAfter:
    return reading.open_today()


@register.simple_tag(takes_context=True)
def next_step_of(context: Context) -> NextStep | None:
    user = context.get("user")
    return step_of(user) if user is not None and user.is_authenticated else None
