"""Input that Wagtail reads without looking first: put right where that is harmless, else refused as a 400."""

import json
import re
import traceback
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest

MAX_SEARCH_LENGTH = 200  # letters
MAX_NAMES = 20  # of hints that are closed at once
SEARCHES = ("q", "search")  # in lists and choosers; in the explorer's own questions


def tidy(request: HttpRequest, name: str) -> None:
    """What Wagtail reads without looking first: half a phrase in a search, an address that is not there, counts of
    blocks that are no numbers (for these, a 400).
    """
    for key in SEARCHES:
        query = request.GET.get(key, "")
        if query.count('"') % 2 or len(query) > MAX_SEARCH_LENGTH:
            given = request.GET.copy()
            given[key] = query.replace('"', " ")[:MAX_SEARCH_LENGTH].strip()
            if not given[key]:
                del given[key]
            request.GET = given  # type: ignore[assignment]
    for key, value in request.GET.items():
        if key not in SEARCHES and re.fullmatch(r"\s*[-+]?[\d_]{10,}\s*", str(value)):
            raise BadRequest("a number that no row and no list has")
    if name == "wagtailadmin_dismissibles" and request.method == "PATCH" and not holds_only_flags(request.body):
        raise BadRequest("no names of what was closed")
    if request.method != "POST":
        return
    if any(key.endswith(("-count", "-order")) and not is_small_number(value) for key, value in request.POST.items()):
        raise BadRequest("a count of blocks that is no number")
    if name == "wagtailadmin_choose_page_external_link" and "external-link-chooser-url" not in request.POST:
        posted = request.POST.copy()
        posted["external-link-chooser-url"] = ""
        request.POST = posted  # type: ignore[assignment]


def holds_only_flags(body: bytes) -> bool:
    """Whether a JSON text says of a few names whether they are so: Wagtail keeps whatever it is sent."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return (
        isinstance(sent, dict)
        and len(sent) <= MAX_NAMES
        and all(re.fullmatch(r"[\w.-]{1,100}", name, re.ASCII) and isinstance(so, bool) for name, so in sent.items())
    )


def is_small_number(text: Any) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= 4


def read_by_wagtail(exception: Exception) -> bool:
    """Where our own code asks for what is not there, it is a fault of ours."""
    frames = [frame.f_globals.get("__name__", "") for frame, _line in traceback.walk_tb(exception.__traceback__)]
    reader = next((name for name in reversed(frames) if not name.startswith("django.")), "")
    return reader.startswith(("wagtail.", "modelcluster."))
