"""What a person sees when something below the pages fails: say so, lose nothing, say when to try again."""

import logging
from collections.abc import Callable

from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDictKeyError

logger = logging.getLogger(__name__)


UNSENDABLE = ("too large to convert", "NUL (0x00)", "expected a number but", "surrogates not allowed", "integer string")


def cannot_be_stored(exception: Exception) -> bool:
    """A damaged form, a number too large, a NUL or half a sign in a text, a word for a key: nothing that a page of
    ours sends.
    """
    return isinstance(exception, DataError | MultiValueDictKeyError) or (
        isinstance(exception, OverflowError | ValueError) and any(words in str(exception) for words in UNSENDABLE)
    )


class DatabaseFailureMiddleware:
    """A database that is away or full answers 503 with Retry-After, never 500: phones keep what they hold."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if cannot_be_stored(exception):
            return render(request, "400.html", status=400)
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        logger.error("database failed: %s", type(exception).__name__)
        response = HttpResponse(render_to_string("503.html", {}), status=503)
        response.headers["Retry-After"] = "10"
        response.headers["Cache-Control"] = "no-store"
        return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or cookies are off: explain, and let the person go back to what she typed."""
    return HttpResponse(render_to_string("403_csrf.html", {"request": request}), status=403)
