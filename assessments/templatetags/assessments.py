"""Template filters and tags of the assessment pages."""

from django import template

from assessments.previews import preview_context

register = template.Library()

register.simple_tag(preview_context, name="question_preview")
