"""What a person sees when something below the pages fails: say so, lose nothing, say when to try again."""

import errno
import logging
import re
import sys
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, ValidationError
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.datastructures import MultiValueDictKeyError
from django.views import defaults

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


RETRY_SECONDS = 10
MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ETIMEDOUT}
"""What a disk that is full, broken or away says, in whatever is written to it."""

SECRET_NAMES = re.compile(r"(^|[-_])(password\d?|oldpassword|pin|pin\d)$")


def is_passing(error: BaseException) -> bool:
    """Whether what failed is the database or the disk: it works again without a change of ours, nothing was written."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, OperationalError | InterfaceError) or (
            isinstance(found, OSError) and found.errno in MACHINE
        ):
            return True
        found = found.__cause__ or (found.__context__ if isinstance(found, DatabaseError) else None)
    return False


def sent_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What a form sent, to be sent again from the page that says why it could not be taken. Files are not among it, nor
    is anything of a form with a PIN, password or code: secrets do not stand in a page.
    """
    if request.method != "POST":
        return []
    try:
        sent = list(request.POST.lists())
    except Exception:  # noqa: BLE001  (cut off on its way, or no room for its files)
        return []
    signs_in = "/accounts/" in request.path
    if any(SECRET_NAMES.search(name) or (signs_in and name == "code") for name, _values in sent):
        return []
    return [(name, str(value)) for name, values in sent for value in values]


def unavailable(request: HttpRequest) -> HttpResponse:
    """503 with Retry-After: phones keep what they hold, and the page what was typed. It asks no database."""
    language = translation.get_language_from_path(request.path_info) or translation.get_language()
    with translation.override(language):
        context = {"fields": sent_fields(request), "address": request.get_full_path()}
        response = HttpResponse(render_to_string("503.html", context), status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler of whatever no middleware caught: in the session, in a middleware, on the way back."""
    error = sys.exc_info()[1]
    if error is not None and is_passing(error):
        return unavailable(request)
    return defaults.server_error(request)


class DatabaseFailureMiddleware:
    """A database that is away or full answers 503 with Retry-After, never 500: phones keep what they hold.

    This is for views, and saves the log a traceback; ``server_error`` does it elsewhere. Whatever else fails below a
    view is a fault of ours: 500, with its traceback in the log. What people send is refused where it comes in, by the
    form, the converter of the address, or ``UnsendableMiddleware``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if is_damaged_list(exception):
            return render(request, "400.html", status=400)
        if not is_passing(exception):
            return None
        logger.error("database or disk failed: %s", type(exception).__name__)
        return unavailable(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or cookies are off: explain, and let the person go back to what they typed."""
    return HttpResponse(render_to_string("403_csrf.html", {"request": request}), status=403)
