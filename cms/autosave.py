"""One row from one form: what the editor made by itself, and whose answer was lost, is replaced and never doubled.

Wagtail's autosave makes a page or a question by its first request. Where the answer gets lost on a slow network, the
form still leads to the making of one: the next attempt, or the button, would make another. The form names itself by
a ``creation_key`` (``lms/static/js/autosave.js``).
"""

import hashlib
import re
from typing import Any

from django.apps import apps
from django.core.cache import caches
from django.db import models, transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve
from wagtail.models import DraftStateMixin, Page, Revision

KEPT_SECONDS = 24 * 3600
KEY = re.compile(r"[0-9a-f]{32}")
_GOING_ON, _MADE = "_replaces_draft", "_made_row"


def replace_first_draft(request: HttpRequest, *_where: Any) -> HttpResponseBase | None:
    """In one transaction: where what came now is refused, the first draft stays."""
    if request.method != "POST" or hasattr(request, _GOING_ON):
        return None
    draft = draft_of_this_form(request)
    if draft is None:
        return None
    setattr(request, _GOING_ON, True)
    match = resolve(request.path_info)
    with transaction.atomic():
        draft.delete()
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        if not hasattr(request, _MADE):
            transaction.set_rollback(True)
    return response


def remember_draft(request: HttpRequest, row: models.Model) -> None:
    """Autosave alone: whoever clicks sees that it is made, and comes back to the form to make another."""
    setattr(request, _MADE, True)
    is_draft = isinstance(row, DraftStateMixin) and not request.accepts("text/html")
    if is_draft and (place := place_of(request)):
        caches["shared"].set(place, f"{row._meta.label}:{row.pk}", KEPT_SECONDS)


def draft_of_this_form(request: HttpRequest) -> Any:
    """None where it made nothing, or where somebody has worked on that since."""
    place = place_of(request)
    label, _colon, pk = str(caches["shared"].get(place, "") if place else "").partition(":")
    if not pk:
        return None
    row = apps.get_model(label)._default_manager.filter(pk=pk, live=False, first_published_at=None).first()
    if row is None or (isinstance(row, Page) and row.numchild):
        return None
    revisions = list(Revision.objects.for_instance(row).values_list("user", flat=True)[:2])
    return row if revisions == [request.user.pk] else None


def place_of(request: HttpRequest) -> str:
    """In the cache; empty where the form did not name itself. Another address, another form: rights are asked there."""
    key = request.POST.get("creation_key", "")
    if not KEY.fullmatch(key):
        return ""
    return f"created:{request.user.pk}:{hashlib.sha256(request.path.encode()).hexdigest()[:32]}:{key}"
