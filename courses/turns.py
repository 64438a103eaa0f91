"""Whoever changes the tree of pages takes turns: two at once would count with places that the other has just given
away, and the database ends one of them with an error.
"""

from django.contrib.contenttypes.models import ContentType

from lms.lib.locks import hold


def take_turn() -> None:
    """Nobody else changes places of pages in courses before the end of this transaction. Called first in it."""
    hold(ContentType.objects.filter(app_label="wagtailcore", model="page"))
