"""Security headers. The site runs under a strict Content-Security-Policy; Wagtail's admin needs a looser one."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COMMON = "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
STRICT = f"default-src 'self'; img-src 'self' data:; {COMMON}"  # short: a phone on 2G loads it with every page
ADMIN = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    f"img-src 'self' data: blob:; media-src 'self' blob:; frame-src 'self'; {COMMON}"
)
SANDBOX = "sandbox; default-src 'none'"  # of a file: nothing in it runs, whatever it is
ADMIN_PREFIX = "/cms/"
PERMISSIONS = "camera=(), geolocation=(), microphone=()"


class SecurityHeadersMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_file(response):
            response.headers.setdefault("Content-Security-Policy", SANDBOX)
        if not is_page(response):
            return response
        policy = ADMIN if request.path.startswith(ADMIN_PREFIX) else STRICT
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response


class BareRedirectMiddleware:
    """A redirect has no content: what would describe or guard it is 90 bytes that a phone loads for nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if 300 <= response.status_code < 400 and not response.streaming and not response.content:
            for name in ("Content-Type", "Content-Language", "X-Frame-Options"):
                response.headers.pop(name, None)
        return response


class QuietTokenMiddleware:
    """Django renews the cookie of the form token with every form: 150 bytes each. A browser that has it keeps it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        name = settings.CSRF_COOKIE_NAME
        if name in response.cookies and response.cookies[name].value == request.COOKIES.get(name):
            del response.cookies[name]
        return response


def is_file(response: HttpResponse) -> bool:
    """Whether it may hold what somebody uploaded or typed: whatever is saved, and whatever is no page and no data."""
    kind = response.get("Content-Type", "")
    is_redirect = 300 <= response.status_code < 400
    if "attachment" in response.get("Content-Disposition", ""):
        return True
    return (
        not is_redirect
        and bool(kind)
        and not kind.startswith(
            (
                "text/html",
                "text/plain",
                "application/json",
                "text/javascript",
                "application/javascript",
                "text/css",
                "application/xml",
            )
        )
    )


def is_page(response: HttpResponse) -> bool:
    """Whether a browser would show it as a page: redirects have no content, and pictures and PDFs run nothing."""
    is_redirect = 300 <= response.status_code < 400
    return not is_redirect and response.get("Content-Type", "").startswith(
        ("text/html", "image/svg", "application/xml")
    )
