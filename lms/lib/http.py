"""The request class for type checkers, and the headers of private pages."""

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
