"""Security headers. The site runs under a strict Content-Security-Policy; Wagtail's admin needs a looser one."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COMMON = "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
STRICT = f"default-src 'self'; {COMMON}"  # short: a phone on 2G loads it with every page
DRAWN = f"default-src 'self'; img-src 'self' data:; {COMMON}"  # of a page with a picture in itself: a QR code
ADMIN = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    f"img-src 'self' data: blob:; media-src 'self' blob:; frame-src 'self'; {COMMON}"
)
SANDBOX = "sandbox; default-src 'none'"  # of a file: nothing in it runs, whatever it is
ADMIN_PREFIX = "/cms/"
PERMISSIONS = "camera=(), geolocation=(), microphone=()"  # where script of others might run: a strict page has none


class SpareHeadersMiddleware:
    """Leaves out what no browser uses of an answer: on plain HTTP/1.1 each page loads every header again.

    Where a page has a policy, ``frame-ancestors`` stands above ``X-Frame-Options`` and the page names its own language;
    what nobody may store varies by nothing and expires at no time; who may open a page (``Cross-Origin-Opener-Policy``)
    and what it tells others where it came from are questions of pages, not of what pages load.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        if "frame-ancestors" in headers.get("Content-Security-Policy", ""):
            headers.pop("X-Frame-Options", None)
        if response.get("Content-Type", "").startswith("text/html"):
            headers.pop("Content-Language", None)
        if "no-store" in headers.get("Cache-Control", ""):
            headers["Cache-Control"] = "private, no-store"
            for name in ("Expires", "Vary"):
                headers.pop(name, None)
        if not response.get("Content-Type", "").startswith("text/html"):
            headers.pop("Cross-Origin-Opener-Policy", None)
        if headers.get("Content-Security-Policy") == SANDBOX:
            headers.pop("X-Frame-Options", None)
        if request.path.startswith(settings.STATIC_URL):
            for name in ("Referrer-Policy", "Last-Modified"):
                headers.pop(name, None)
        headers.setdefault("Server", "")  # else the server writes its own name
        return response


class SecurityHeadersMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_file(response):
            response.headers.setdefault("Content-Security-Policy", SANDBOX)
        if not is_page(response):
            return response
        policy = ADMIN if request.path.startswith(ADMIN_PREFIX) else policy_of(response)
        response.headers.setdefault("Content-Security-Policy", policy)
        if response.headers["Content-Security-Policy"] == ADMIN:
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
    """Django renews the cookie of the form token with every form: 150 bytes each. A browser that has it keeps it,
    and one whose forms carry no token (``lms.lib.form_tokens``) gets none from a sign-in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        name = settings.CSRF_COOKIE_NAME
        given, held = response.cookies.get(name), request.COOKIES.get(name)
        is_of_no_use = held is None and response.status_code == 302 and "Sec-Fetch-Site" in request.headers
        if given is not None and (given.value == held or is_of_no_use):
            del response.cookies[name]
        return response


def policy_of(response: HttpResponse) -> str:
    return DRAWN if response.streaming or b"data:image" in response.content else STRICT


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
