"""What this process is working on: an id for each request, in every log line and on the error page, so that a person
can quote it, and the name of its route or task, which names no row and nobody.
"""

import secrets
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from celery import current_task
from django.http import HttpRequest, HttpResponse

request_id: ContextVar[str] = ContextVar("request_id", default="-")
route: ContextVar[str] = ContextVar("route", default="-")


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id.set(secrets.token_hex(4))
        route.set("-")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        route.set(route_of(request))


def route_of(request: HttpRequest) -> str:
    """The name of its address, or the pattern of one without a name; "-" when it leads nowhere."""
    match = request.resolver_match
    return "-" if match is None else match.view_name if match.url_name else match.route or "/"


def work_in_hand() -> str:
    """The task of this worker, or the route of this request; "-" elsewhere."""
    return str(current_task.name) if current_task else route.get()
