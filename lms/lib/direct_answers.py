"""A form of a learner's page is answered with the page it leads to, where the script asks for that: no redirect.

The script sends the field ``now``, and gives the answer the address of its own page (``history.replaceState``): Back
and refresh ask for pages, never for a form again. Without the script, and whenever anything is unusual, it
redirects as ever.
"""

import copy
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import get_language, get_language_from_path

from lms.lib.drafts import FIELD as DRAFT
from lms.lib.page_owner import owner_of

FIELD = "now"
TOKEN_KEYS = ("CSRF_COOKIE", "CSRF_COOKIE_NEEDS_UPDATE")
View = TypeVar("View", bound=Callable[..., Any])


def shown_directly(view: View) -> View:
    """Mark a page that may answer the form which leads to it. It checks by itself who may see it."""
    view.is_shown_directly = True  # type: ignore[attr-defined]
    return view


class DirectAnswerMiddleware:
    """Innermost: the session, the language and the zone of the form's request are those of the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "POST" or response.status_code not in (302, 303):
            return response
        if FIELD not in request.POST or DRAFT in request.POST:  # a draft is told by a redirect (lms.lib.drafts)
            return response
        return page_behind(request, response) or response


def page_behind(request: HttpRequest, redirect: HttpResponse) -> HttpResponse | None:
    """What the browser would be shown after this redirect, if it is a page that may be shown at once."""
    target = urlsplit(redirect.headers["Location"])
    path = unquote(target.path)
    if target.netloc or get_language_from_path(path) != get_language():
        return None
    try:
        match = resolve(path)
    except Resolver404:
        return None
    if not getattr(match.func, "is_shown_directly", False):
        return None
    reading = as_reading(request, path, target.query)
    reading.resolver_match = match
    try:
        page = match.func(reading, *match.args, **match.kwargs)
    except Http404:
        return None
    if page.status_code != 200:
        return None
    for name in TOKEN_KEYS:
        if name in reading.META:
            request.META[name] = reading.META[name]
    page.cookies.update(redirect.cookies)
    return page


def as_reading(request: HttpRequest, path: str, query: str) -> Any:
    """The request that would follow: of the same person and session, for another page."""
    reading: Any = copy.copy(request)
    reading.method, reading.path, reading.path_info = "GET", path, path
    reading.META = {**request.META, "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query}
    reading.GET, reading.POST = QueryDict(query), QueryDict()
    reading.answers_form = True
    return reading


def owner_and_address(request: Any) -> str:
    """Whose page it is, and where it stands when a form was answered with it: what the script of the page reads."""
    owner = owner_of(request.user)
    return f"{owner} {request.get_full_path()}" if getattr(request, "answers_form", False) else owner
