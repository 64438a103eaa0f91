"""Says to a page's script that what was typed has arrived, so that the draft on the phone can go.

Only an answer of ours can say so: after a line that dropped, nobody but the server knows whether a form came through.
The script names the draft in the field ``draft``; a form that is refused comes back filled, and its draft stays.
"""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

FIELD = "draft"
COOKIE = "saved"
SECONDS = 600


class DraftMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and 300 <= response.status_code < 400:
            name = request.POST.get(FIELD, "")
            if re.fullmatch(r"[0-9a-z]{6,16}", name):
                secure = settings.SESSION_COOKIE_SECURE
                response.set_cookie(COOKIE, name, max_age=SECONDS, secure=secure, samesite="Lax")
        return response
