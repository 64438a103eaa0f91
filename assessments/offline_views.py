"""What a phone without a line asks for and sends (docs/offline.md). Answers are data: the worker shows them."""

import json
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.services.delivery import MOST_ENTRIES, deliver
from lms.lib.http import private
from lms.lib.page_owner import owner_of


def owner_here(request: HttpRequest) -> str:
    """Whose session it is; empty when nobody is signed in."""
    return owner_of(request.user) if request.user.is_authenticated else ""


@require_safe
@private
def token(request: HttpRequest) -> JsonResponse:
    """Who is signed in, and a fresh token: what is kept on a phone holds none."""
    return JsonResponse({"owner": owner_here(request), "token": get_token(request)})


@require_POST
@private
def answers(request: HttpRequest) -> JsonResponse:
    """Entries of this person's queue, each with what became of it. Nobody's entries come in under another's name."""
    owner = owner_here(request)
    if not request.user.is_authenticated:
        return JsonResponse({"state": "sign-in"}, status=403)
    body = read_body(request)
    if body is None or len(body["entries"]) > MOST_ENTRIES:
        return JsonResponse({"state": "refused", "why": _("This entry is damaged and cannot be read.")}, status=422)
    if body["owner"] != owner:
        return JsonResponse({"state": "sign-in"}, status=409)
    outcomes = deliver(user=request.user, entries=body["entries"])
    return JsonResponse({"results": [[row.id, row.fate, row.why] for row in outcomes]})


def read_body(request: HttpRequest) -> dict[str, Any] | None:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    is_ours = isinstance(body, dict) and isinstance(body.get("entries"), list) and "owner" in body
    return body if is_ours else None
