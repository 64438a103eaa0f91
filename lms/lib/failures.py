"""What a person sees when something below the pages fails: say so, lose nothing, say when to try again."""

import logging
import re
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDictKeyError

logger = logging.getLogger(__name__)


LARGEST = 2**31 - 1
"""The largest number in an address: no table of ours holds more rows."""


def model_of(view: Any) -> Any:
    """The model of a view of the admin, which Wagtail gives it when the address is made."""
    given = getattr(view, "view_initkwargs", {})
    model = given.get("model") or given.get("model_class")
    return apps.get_model(model) if isinstance(model, str) else model


def may_be_key(model: Any, text: str) -> bool:
    """Whether this can be the key of a row: Wagtail's addresses take any text."""
    try:
        model._meta.pk.run_validators(model._meta.pk.to_python(text))
    except (ValidationError, ValueError, OverflowError):
        return False
    return True


def is_damaged_list(exception: Exception) -> bool:
    """A list of rows in a form of the admin that counts more rows than it holds: modelcluster asks for each row's id
    without looking whether it was sent. Only this key: any other that is missing is a fault of ours.
    """
    return isinstance(exception, MultiValueDictKeyError) and bool(re.search(r"-\d+-id'?$", str(exception.args[0])))


class UnsendableMiddleware:
    """What no browser sends and no database takes is refused at the door: 404 in an address, 400 in its query.

    NUL, numbers past any table, words for keys in the admin's addresses. Fields of a form are looked at by the form,
    which says where.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if "\0" in request.path_info or any(isinstance(value, int) and value > LARGEST for value in kwargs.values()):
            raise Http404
        model = model_of(view)
        if model is not None:
            keys = [unquote(kwargs["pk"])] if isinstance(kwargs.get("pk"), str) else []
            if request.resolver_match is not None and request.resolver_match.url_name == "chosen_multiple":
                keys += request.GET.getlist("id")
            if not all(may_be_key(model, key) for key in keys):
                raise Http404
        if any("\0" in text for name, values in request.GET.lists() for text in (name, *values)):
            raise BadRequest("NUL in the query")


class DatabaseFailureMiddleware:
    """A database that is away or full answers 503 with Retry-After, never 500: phones keep what they hold.

    Whatever else fails below a view is a fault of ours: 500, with its traceback in the log. What people send is refused
    where it comes in, by the form, the converter of the address, or ``UnsendableMiddleware``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if is_damaged_list(exception):
            return render(request, "400.html", status=400)
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        logger.error("database failed: %s", type(exception).__name__)
        response = HttpResponse(render_to_string("503.html", {}), status=503)
        response.headers["Retry-After"] = "10"
        response.headers["Cache-Control"] = "no-store"
        return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or cookies are off: explain, and let the person go back to what they typed."""
    return HttpResponse(render_to_string("403_csrf.html", {"request": request}), status=403)
