"""Devices on which a person has signed in before: they keep their own count of wrong PINs, so that strangers who guess
cannot lock them out (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").

The cookie holds a random name of the device and, for each of its last accounts, a proof made with the server's key
and the present PIN's hash. It names nobody, opens nothing, and a new PIN makes it void.
"""

import base64
import re
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from lms.accounts.models import User

OLD_COOKIE = "device"  # until November 2027: of one language's pages
ATTRIBUTE = "signed_in_here"  # of a request in which a person proved who they are
NAME = re.compile(r"[\w-]{16}")
MAX_ACCOUNTS = 12  # accounts that one shared phone remembers
YEAR = 365 * 24 * 3600


def read_cookie(request: HttpRequest) -> tuple[str, list[str]]:
    """The device's name and its proofs, newest first; "" when no cookie is one of ours."""
    for cookie in [*cookies().values(), OLD_COOKIE]:
        name, *proofs = request.COOKIES.get(cookie, "").split(".")
        if NAME.fullmatch(name):
            return name, proofs[:MAX_ACCOUNTS]
    return "", []


def cookies() -> dict[str, str]:
    """Path -> cookie: one for the sign-in page of each language, for a browser keeps one path for each name."""
    return {f"/{code}/accounts/": f"device_{code}" for code, _name in settings.LANGUAGES}


def device_proof(name: str, user: User) -> str:
    digest = salted_hmac("lms.accounts.devices", f"{name}:{user.pk}:{user.password}", algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:9]).decode()


def known_device(request: HttpRequest | None, user: User | None) -> str:
    """The name of the device when this person has signed in on it with their present PIN, else ""."""
    if request is None or user is None:
        return ""
    name, proofs = read_cookie(request)
    wanted = device_proof(name, user)
    return name if name and any(constant_time_compare(one, wanted) for one in proofs) else ""


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Know this device from now on, on the pages of accounts only: a lesson's request carries no byte of it."""
    name, proofs = read_cookie(request)
    name = name or secrets.token_urlsafe(12)
    newest = device_proof(name, user)
    value = ".".join([name, newest, *(one for one in proofs if one != newest)][: MAX_ACCOUNTS + 1])
    for path, cookie in cookies().items():
        response.set_cookie(
            cookie, value, max_age=YEAR, path=path, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
        )
        response.cookies[cookie]["expires"] = ""  # 40 bytes that say what the age says
