"""Security headers. The site runs under a strict Content-Security-Policy; Wagtail's admin needs a looser one."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

COMMON = "base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'self'"
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    f"font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; {COMMON}"
)
ADMIN = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    f"img-src 'self' data: blob:; media-src 'self' blob:; frame-src 'self'; {COMMON}"
)
ADMIN_PREFIX = "/cms/"
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


class SecurityHeadersMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = ADMIN if request.path.startswith(ADMIN_PREFIX) else STRICT
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response
