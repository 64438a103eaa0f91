"""Every sign-in that succeeded, kept for a while (ASVS 5.0, V16.3.1), and the page on which people see theirs and end
them (V7.5.2): phones are lent and borrowed.

A row knows no session: its ``seal`` is made of what ends all sessions of a person when it changes (the PIN, the
epoch), so that a row whose seal no longer fits is over.
"""

from datetime import timedelta

from django.contrib.auth import update_session_auth_hash
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from lms.accounts.enums import Role
from lms.accounts.models import SignIn, User

HOUR = 3600
LIMITS: dict[str, tuple[int, int]] = {  # of a session: role -> (idle, absolute), seconds
    Role.LEARNER: (2 * HOUR, 14 * 24 * HOUR),
    Role.EMPLOYER: (8 * HOUR, 7 * 24 * HOUR),
    Role.TRAINER: (8 * HOUR, 24 * HOUR),
    Role.MANAGER: (2 * HOUR, 12 * HOUR),
}
SESSION_KEY = "sign_in"  # the row of this session
KEPT = timedelta(days=90)
SHOWN = 20

BROWSERS = (
    ("OPR/", "Opera"), ("Opera Mini", "Opera Mini"), ("UCBrowser", "UC Browser"),
    ("SamsungBrowser", "Samsung Internet"),
    ("EdgA/", "Edge"), ("Edg/", "Edge"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("KAIOS", "KaiOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("CrOS", "ChromeOS"),
    ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
"""What stands in a User-Agent -> its name; the first that is found. Others contain the words of those below."""


def device_words(user_agent: str) -> str:
    """Browser and system in their own names, ``"Chrome, Android"``: no version, nothing to follow anybody by."""
    found = (next((name for mark, name in marks if mark in user_agent), "") for marks in (BROWSERS, SYSTEMS))
    return ", ".join(name for name in found if name)


def seal_of(user: User) -> str:
    return salted_hmac("lms.accounts.sign_ins", user.get_session_auth_hash(), algorithm="sha256").hexdigest()


def note(*, user: User, request: HttpRequest) -> SignIn:
    """Write a sign-in down, in the transaction of the request in which it succeeded."""
    device = device_words(request.headers.get("User-Agent", ""))
    row: SignIn = SignIn.objects.create(user=user, device=device, seal=seal_of(user))
    request.session[SESSION_KEY] = row.pk
    return row


def key_of(request: HttpRequest) -> int:
    """The row of this session; 0 for one from before there were rows."""
    return int(request.session.get(SESSION_KEY) or 0)


def record_end(*, user: User, request: HttpRequest) -> None:
    """They sign out here."""
    SignIn.objects.filter(user=user, pk=key_of(request), ended_at=None).update(ended_at=timezone.now())


def limits_of(user: User) -> tuple[int, int]:
    """Seconds after which their sessions end: without a sign of life, and in any case."""
    return LIMITS[Role.MANAGER] if user.is_superuser else LIMITS[user.role]


def record_seen(request: HttpRequest) -> None:
    """A sign of life of this session."""
    SignIn.objects.filter(pk=key_of(request), ended_at=None).update(seen_at=timezone.now())


def open_rows(*, user: User, request: HttpRequest) -> list[SignIn]:
    """Where they are signed in, the latest first; each with ``is_here``."""
    now, (idle, absolute) = timezone.now(), limits_of(user)
    rows = user.sign_ins.filter(ended_at=None, at__gt=now - timedelta(seconds=absolute))
    here, seal, found = key_of(request), seal_of(user), []
    for row in rows.filter(seen_at__gt=now - timedelta(seconds=idle)).order_by("-at", "-pk"):
        row.is_here = row.pk == here
        if row.is_here or constant_time_compare(row.seal, seal):
            found.append(row)
    return found[:SHOWN]


def stay_here(*, user: User, request: HttpRequest) -> None:
    """What ends every session of theirs has just changed: the one of this request goes on, the others are over."""
    update_session_auth_hash(request, user)
    here = key_of(request)
    user.sign_ins.filter(ended_at=None).exclude(pk=here).update(ended_at=timezone.now())
    user.sign_ins.filter(pk=here).update(seal=seal_of(user))


def old() -> QuerySet[SignIn]:
    return SignIn.objects.filter(at__lt=timezone.now() - KEPT)
