"""The request class for type checkers, the headers of private pages, and hooks that say something."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    htmx: HtmxDetails


View = Callable[..., HttpResponseBase]


def private(view: View) -> View:
    """Mark a page as one person's: no cache, shared phone or proxy may keep it."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(*args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return wrapped


def for_pages_only(hook: Callable[[HttpRequest, Any], None]) -> Callable[[HttpRequest, Any], None]:
    """A hook of Wagtail that says something on the next page, left out where the editor saves by itself meanwhile.

    Autosave asks for JSON and shows no message: all of them would stand on the next page, one for each pause in typing.
    """

    @wraps(hook)
    def answered(request: HttpRequest, saved: Any) -> None:
        if request.accepts("text/html"):
            hook(request, saved)

    return answered
