"""Sessions end after idleness and after an absolute age, by role; a PIN that a trainer knows is changed first, and who
must have a second factor shows it, whichever door the session came through.
"""

import time
from collections.abc import Callable

from allauth.core.exceptions import RateLimited
from allauth.core.ratelimit import respond_429
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.defaults import permission_denied
from django_htmx.http import HttpResponseClientRedirect

from lms.accounts import data_use, devices, second_factor, services, sign_ins
from lms.lib.headers import ADMIN_PREFIX
from lms.lib.moments import in_zone

TOUCH_EVERY = 600  # seconds between two writes of the last sign of life
ALWAYS_OPEN = ("account_logout", "wagtailadmin_logout", "accounts:set_language")
OPEN_NAMES = (*ALWAYS_OPEN, "accounts:choose_pin")
PROOF_NAMES = (*ALWAYS_OPEN, "mfa_reauthenticate", "mfa_reauthenticate_webauthn")
FACTOR_NAMES = (*OPEN_NAMES, "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate")


class DataUseMiddleware:
    """Counts what a request and its answer weigh: above whatever packs the answer or takes headers away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        data_use.count(request, response)
        return response


class ReaderZoneMiddleware:
    """Hours on a page are those of who reads it (``User.time_zone``), else the site's.

    An account without a zone gets that of the clock it is read on: pages of employers and of the team, which load
    scripts anyway, put it into a cookie (``js/zone.js``).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "_auth_user_id" not in request.session or not request.user.is_authenticated:
            return self.get_response(request)
        told = request.COOKIES.get("zone", "")
        if told and not request.user.time_zone:
            services.keep_zone(user=request.user, zone=told)
        with in_zone(request.user.time_zone):
            response = self.get_response(request)
        if told:
            response.delete_cookie("zone")
        return response


class SessionPolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "_auth_user_id" not in request.session:
            response = self.get_response(request)
            if "_auth_user_id" in request.session:  # they have just signed in: one write, one cookie
                request.session["began"] = request.session["seen"] = int(time.time())
            return self.know_device(request, response)
        response = self.know_device(request, self.enforce(request) or self.get_response(request))
        # Whatever a signed-in person sees is theirs: no shared phone or proxy keeps it, the back button shows nothing.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def know_device(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        user = getattr(request, devices.ATTRIBUTE, None)
        if user is not None:
            devices.remember(request, response, user)
        return response

    def enforce(self, request: HttpRequest) -> HttpResponse | None:
        """End an over-age session; send a person whose PIN somebody else knows to choose their own."""
        user, now = request.user, int(time.time())
        if not user.is_authenticated:
            return None
        if user.must_prove_number:  # whatever let them in
            logout(request)
            return None
        idle, absolute = sign_ins.limits_of(user)
        began, seen = request.session.get("began", now), request.session.get("seen", now)
        if now - seen > idle or now - began > absolute:
            logout(request)
            return None
        if "began" not in request.session or now - seen > TOUCH_EVERY:
            request.session["began"], request.session["seen"] = began, now
            if now - seen > TOUCH_EVERY:
                sign_ins.record_seen(request)
        missing = second_factor.missing_proof(request, user)
        if missing == "proof":  # a session that began by a way that did not ask for it
            return None if is_one_of(request, PROOF_NAMES) else send_to(request, "mfa_reauthenticate", come_back=True)
        if user.must_change_pin and not is_one_of(request, OPEN_NAMES):
            return send_to(request, "accounts:choose_pin")
        if missing == "factor" and not is_one_of(request, FACTOR_NAMES):
            return send_to(request, "mfa_index")
        if request.path.startswith(ADMIN_PREFIX) and not (
            user.is_team or request.path == reverse("wagtailadmin_logout")
        ):
            # Wagtail would send them to the sign-in page, and that one back here, for ever.
            return permission_denied(request, PermissionDenied())
        return None


def is_one_of(request: HttpRequest, names: tuple[str, ...]) -> bool:
    return request.path in {reverse(name) for name in names}


def send_to(request: HttpRequest, name: str, *, come_back: bool = False) -> HttpResponse:
    """The whole browser window, also when htmx asked for a part of a page."""
    address = reverse(name)
    if come_back and request.method == "GET" and not getattr(request, "htmx", False):
        address += "?" + urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(address)
    return redirect(address)


class TooManyRequestsMiddleware:
    """allauth raises RateLimited in some flows and catches it in others: always answer 429, never 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 429:
            response.headers.setdefault("Retry-After", "300")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return respond_429(request) if isinstance(exception, RateLimited) else None
