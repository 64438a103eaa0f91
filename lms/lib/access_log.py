"""A line of the log for each request: ``method=GET route=learn:lesson status=200 ms=41 bytes=9312``.

Routes instead of addresses, which name rows and hold secrets; no person, network address, query or browser
(docs/decisions/0006). Milliseconds are those until the answer begins: how long a phone takes to load it is not in them.
"""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from lms.lib.health import PROBES
from lms.lib.requestid import route_of

logger = logging.getLogger(__name__)

clock = time.perf_counter
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class AccessLogMiddleware:
    """Above whatever answers, below the one that gives the request its id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = clock()
        response = self.get_response(request)
        if settings.ACCESS_LOG:
            note(request, response, clock() - begun)
        return response


def note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    is_probe = request.path_info in PROBES
    name = request.path_info if is_probe else route_of(request)
    if name == "-" and request.path_info.startswith(settings.STATIC_URL):
        name = "static"
    size = response.get("Content-Length") or ("-" if response.streaming else len(response.content))
    logger.log(
        logging.DEBUG if is_probe and response.status_code == 200 else logging.INFO,
        "method=%s route=%s status=%d ms=%d bytes=%s",
        request.method if request.method in METHODS else "OTHER",
        name.replace(" ", ""),
        response.status_code,
        round(seconds * 1000),
        size,
    )
