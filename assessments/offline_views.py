"""What an offline phone asks for and sends (docs/offline.md). Answers are data: the worker shows them."""

import json
from functools import cache
from typing import Any

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.services.delivery import MOST_ENTRIES, deliver
from assessments.services.keeping import take_along
from courses.access import for_enrolled
from courses.outline import active_language, get_outline
from courses.packs import get_pack, packed, whole_pack
from courses.selectors import Learning
from lms.accounts.data_saver import saves_data
from lms.accounts.http import SignedInRequest
from lms.lib.http import private
from lms.lib.page_owner import owner_of


def owner_here(request: HttpRequest) -> str:
    """Whose session it is; empty when nobody is signed in."""
    return owner_of(request.user) if request.user.is_authenticated else ""


@require_safe
@for_enrolled
def pack(request: SignedInRequest, learning: Learning) -> HttpResponse:
    """The lessons of a course, packed as small as can be; of those that the phone holds (``have``), nothing."""
    found = get_pack(learning.course, active_language(), on_tap=saves_data(request))
    if found is None:
        return HttpResponse(status=404)
    if request.GET.get("version") == found.version:
        return HttpResponse(status=204)
    held = found.hashes & set(request.GET.get("have", "").split("."))
    if "br" not in request.headers.get("Accept-Encoding", ""):
        return JsonResponse(found.update(held))
    whole = packed(found.update(held)) if held else whole_pack(learning.course, active_language(), found)
    return HttpResponse(whole, content_type="application/json", headers={"Content-Encoding": "br"})


@require_POST
@for_enrolled
def attempts(request: SignedInRequest, learning: Learning) -> HttpResponse:
    """The questions of their open attempts, drawn for them and without what may not be seen."""
    outline = get_outline(learning.course, active_language())
    if outline is None:
        return HttpResponse(status=404)
    kept = take_along(learning=learning, outline=outline)
    done = [str(key) for key in learning.done]
    return JsonResponse({"attempts": kept.attempts, "refused": kept.refused, "done": done})


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at an address of its own: each language of a learner's pages is one scope."""
    plain, small = worker_source()
    headers = {"Cache-Control": "max-age=3600", "Service-Worker-Allowed": "/", "Vary": "Accept-Encoding"}
    if "br" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(plain, content_type="text/javascript", headers=headers)
    return HttpResponse(small, content_type="text/javascript", headers={**headers, "Content-Encoding": "br"})


@cache
def worker_source() -> tuple[bytes, bytes]:
    """The worker without its remarks and indents, and packed."""
    text = (settings.BASE_DIR / "lms" / "static" / "js" / "worker.js").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    plain = "\n".join(line for line in lines if line and not line.startswith("//")).encode()
    return plain, brotli.compress(plain, quality=11)


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
