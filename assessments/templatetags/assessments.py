"""Template filters and tags of the assessment pages."""

from django import template

from assessments.previews import preview_context
from assessments.services.starting import clock

register = template.Library()

register.filter("clock", clock)
register.simple_tag(preview_context, name="question_preview")
