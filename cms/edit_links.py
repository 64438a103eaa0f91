"""Links to where a row is edited, for those who may change it.

Wagtail's choosers, lists of uses and histories ask ``AdminURLFinder`` for them; choosers in forms do not say for whom.
"""

from contextvars import ContextVar
from typing import Any

from wagtail.admin import wagtail_hooks as admin_hooks
from wagtail.admin.admin_url_finder import register_admin_url_finder
from wagtail.documents import get_document_model
from wagtail.documents import wagtail_hooks as document_hooks
from wagtail.images import get_image_model
from wagtail.images import wagtail_hooks as image_hooks
from wagtail.models import Page
from wagtailmedia import wagtail_hooks as media_hooks
from wagtailmedia.models import get_media_model

reader: ContextVar[Any] = ContextVar("reader_of_the_admin", default=None)
"""Who is at work in the admin, while one of its pages is made."""


class ForReader:
    """An ``AdminURLFinder`` that nobody named a person to means the one who reads the page."""

    def __init__(self, user: Any = None) -> None:
        super().__init__(user or reader.get())  # type: ignore[call-arg]

    def get_edit_url(self, instance: Any) -> str | None:
        found: str | None = super().get_edit_url(instance) if instance.pk else None  # type: ignore[misc]
        return found


def register_edit_links() -> None:
    """In place of what Wagtail registered when the modules imported above were loaded."""
    for model, finder in (
        (Page, admin_hooks.PageAdminURLFinder),
        (get_image_model(), image_hooks.ImageAdminURLFinder),
        (get_document_model(), document_hooks.DocumentAdminURLFinder),
        (get_media_model(), media_hooks.MediaAdminURLFinder),
    ):
        register_admin_url_finder(model, type(finder.__name__, (ForReader, finder), {}))
