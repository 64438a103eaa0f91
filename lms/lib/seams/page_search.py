"""Wagtail has no word for what its search of pages found: "2 None" stands above the list."""

from wagtail.admin.views.pages.search import SearchView
from wagtail.models import Page


def name_found_pages() -> None:
    """Call them pages, in the reader's language."""
    SearchView.verbose_name = Page._meta.verbose_name
    SearchView.verbose_name_plural = Page._meta.verbose_name_plural
