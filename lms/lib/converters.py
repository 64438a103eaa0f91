"""Parts of addresses."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class PageSlug(StringConverter):
    """A page's slug in letters of any script: a title in Arabic has no others, and one slug must not break a course."""

    regex = r"[-\w]+"


register_converter(PageSlug, "page_slug")
