"""Template filters and tags of the assessment pages."""

from typing import Any

from django import template
from wagtailmedia.models import get_media_model

from assessments.previews import preview_context

register = template.Library()

register.simple_tag(preview_context, name="question_preview")


@register.simple_tag
def recording(pk: int) -> Any:
    """A sound of the library; None when it was deleted."""
    return get_media_model().objects.filter(pk=pk).first()
