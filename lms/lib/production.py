"""A public host refuses to start half-configured, by whichever door: web, worker, scheduler or command.

Settings never fail to load, so that ``check`` and ``doctor`` can say what to do.
"""

import re
import sys
from itertools import pairwise
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.http.request import validate_host

UNSET = "unset:"  # how a key begins that a process made for itself because SECRET_KEY is empty
KEY_LENGTH = 50
KNOWN_WORDS = re.compile(
    r"insecure|changeme|change-me|change_me|secret|password|passerelle|example|for-tests-only|random.?characters|qwerty",
    re.IGNORECASE,
)
NEW_KEY = "python -c 'import secrets; print(secrets.token_urlsafe(64))'"


def weak_key(key: str) -> str:
    """What is wrong with a secret key, "" when it looks random enough (well over 128 bits)."""
    if key.startswith(UNSET) or not key:
        return "SECRET_KEY is not set"
    if len(key) < KEY_LENGTH:
        return f"SECRET_KEY has {len(key)} characters, fewer than {KEY_LENGTH}"
    if KNOWN_WORDS.search(key):
        return "SECRET_KEY holds a word that everybody knows"
    pairs = list(pairwise(key))
    steps = sum(abs(ord(b) - ord(a)) <= 1 for a, b in pairs)
    if len(set(key)) < 10 or len(set(pairs)) < 0.6 * len(pairs) or steps > len(pairs) / 2:
        return "SECRET_KEY repeats itself or counts up"
    return ""


def wrong_hosts(hosts: list[str]) -> str:
    """What is wrong with ``ALLOWED_HOSTS``."""
    if not [host for host in hosts if host.strip()]:
        return "ALLOWED_HOSTS is empty"
    for host in hosts:
        if "*" in host or host.strip() in {"", "."} or (host.startswith(".") and "." not in host[1:]):
            return f"ALLOWED_HOSTS accepts every name: {host!r}"
        if "/" in host or re.search(r"(?<![\]:]):\d*$", host):
            return f"ALLOWED_HOSTS holds names only, no scheme, port or path: {host!r}"
    return ""


def wrong_address(address: str, hosts: list[str]) -> str:
    """What is wrong with ``BASE_URL``."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "", parts.port)[0]
    except ValueError:
        return f"BASE_URL is not an address: {address!r}"
    if parts.scheme != "https" or not host:
        return f"BASE_URL is not an https address: {address!r}"
    if parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username is not None:
        return f"BASE_URL is more than scheme and name: {address!r}"
    if not validate_host(f"[{host}]" if ":" in host else host, [name.lower() for name in hosts]):
        return f"BASE_URL names {host!r}, which ALLOWED_HOSTS does not hold"
    return ""


def wrong_origins(origins: list[str]) -> str:
    """What is wrong with ``CSRF_TRUSTED_ORIGINS``."""
    for origin in origins:
        name = origin.partition("://")[2]
        if (
            not origin.startswith("https://")
            or name.lstrip("*.") != name.removeprefix("*.")
            or "." not in name.removeprefix("*.")
        ):
            return f"CSRF_TRUSTED_ORIGINS trusts too much: {origin!r}"
    return ""


@checks.register()
def check_production(**kwargs: object) -> list[checks.CheckMessage]:
    """Errors, so that every command that checks anything refuses to go on."""
    if not settings.IS_PRODUCTION:
        return []
    hosts = list(settings.ALLOWED_HOSTS)
    found = [
        (weak_key(settings.SECRET_KEY), f"Set SECRET_KEY, or SECRET_KEY_FILE to a file with it, to what {NEW_KEY} "
         "prints. Sessions end once.", "house.E010"),
        (wrong_hosts(hosts), "Name your host: ALLOWED_HOSTS=passerelle.example (several: with commas).", "house.E011"),
        (wrong_address(settings.BASE_URL, hosts), "Set BASE_URL to the public address, for instance "
         "https://passerelle.example, and its name in ALLOWED_HOSTS. Mails, cards and certificates print it.",
         "house.E012"),
        (wrong_origins(settings.CSRF_TRUSTED_ORIGINS), "Leave CSRF_TRUSTED_ORIGINS empty, or name each address in "
         "full: https://passerelle.example", "house.E013"),
        ("DEBUG is on" if settings.DEBUG else "", "Take DEBUG out of the settings of a public host.", "house.E014"),
    ]  # fmt: skip
    return [checks.Error(text, hint=hint, id=name) for text, hint, name in found if text]


def refuse_half_configured() -> None:
    """End this process with what to do when production is not ready: for doors that are no command.

    Raises SystemExit, which neither Celery nor a web server takes for a passing fault.
    """
    if not settings.IS_PRODUCTION:
        return
    faults = [
        message
        for message in checks.run_checks(databases=["default"])
        if message.level >= checks.ERROR and not message.is_silenced()
    ]
    if faults:
        lines = [f"- {fault.msg} ({fault.id})\n  {fault.hint or ''}" for fault in faults]
        told = sys.__stderr__ or sys.stderr  # Celery puts its log, which may be silent, in the place of the other
        told.write("Passerelle does not start: its settings are not ready.\n" + "\n".join(lines) + "\n")
        raise SystemExit(1)
