"""Template filters of the assessment pages."""

from django import template

from assessments.services.starting import clock

register = template.Library()

register.filter("clock", clock)
