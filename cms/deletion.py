"""What learners have met is not deleted: the page that says why a row stays, and what to do instead."""

from typing import Any

from django.contrib.admin.utils import quote
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.models import Page

from cms.rows import kept_rows

MAX_ROWS_NAMED = 20  # rows on the page that says why they stay


def refuse_to_delete(request: HttpRequest, model: type[Model], pks: set[Any]) -> HttpResponseBase | None:
    """What learners have met stays, whoever asks; the records of what they did speak of it."""
    kept = kept_rows(model, pks)
    if not kept:
        return None
    urls = AdminURLFinder(request.user)
    rows = [
        {"name": str(row), "edit_url": urls.get_edit_url(row), "unpublish_url": unpublish_url(request.user, row)}
        for row in kept[:MAX_ROWS_NAMED]
    ]
    context = {
        "rows": rows,
        "can_be_unpublished": any(row["unpublish_url"] for row in rows),
        "back": get_valid_next_url_from_request(request) or reverse("wagtailadmin_home"),
    }
    status = 409 if request.method == "POST" else 200  # a link to it was no mistake
    profile = getattr(request.user, "wagtail_userprofile", None)
    with translation.override(profile.get_preferred_language() if profile else translation.get_language()):
        return render(request, "cms/admin/kept.html", context, status=status)  # Wagtail sets their language later


def unpublish_url(user: Any, row: Model) -> str:
    """Where this person unpublishes the row instead; empty where that is not possible."""
    if isinstance(row, Page):
        allowed = row.specific.permissions_for_user(user).can_unpublish()
        return reverse("wagtailadmin_pages:unpublish", args=[row.pk]) if allowed else ""
    names = f"{row._meta.app_label}.publish_{row._meta.model_name}"
    if not getattr(row, "live", False) or not user.has_perm(names):
        return ""
    return reverse(f"wagtailsnippets_{row._meta.app_label}_{row._meta.model_name}:unpublish", args=[quote(row.pk)])
