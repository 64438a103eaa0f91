"""How many e-mails leave in a minute, as many providers count them: in all (``EMAIL_PER_MINUTE``) and to one domain
(``EMAIL_PER_DOMAIN``). Those that somebody waits for at the door are counted and never held back.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from lms.accounts.models import MailCount
from lms.lib.leases import database_now
from lms.lib.numbers import read_number

UNLIMITED = 10**9


class FullError(Exception):
    """Nothing was counted: this minute is full."""


def domain_limits() -> dict[str, int]:
    """``EMAIL_PER_DOMAIN`` by domain; what is not ``gmail.com=20`` is left to the system check (``checks``)."""
    pairs = [entry.replace(" ", "").lower().split("=") for entry in settings.EMAIL_PER_DOMAIN]
    read = {pair[0]: read_number(pair[1]) for pair in pairs if len(pair) == 2}
    return {domain: limit for domain, limit in read.items() if limit is not None}


def limits(address: str) -> dict[str, int]:
    """The limits that an e-mail to this address meets, by domain; an empty one stands for all."""
    known, domain = domain_limits(), address.rpartition("@")[2].lower()
    found = {domain: known.get(domain, known.get("*", 0)), "": settings.EMAIL_PER_MINUTE}
    return {scope: limit for scope, limit in found.items() if limit}


def reserve(*, address: str, urgent: bool) -> bool:
    """Count an e-mail to this address; False when there is no room for it in this minute."""
    found = limits(address)
    if not found:
        return True
    minute = database_now().replace(second=0, microsecond=0)
    try:
        with transaction.atomic():
            for domain, limit in found.items():
                add(domain, minute, UNLIMITED if urgent else limit)
    except FullError:
        return False
    return True


def add(domain: str, minute: datetime, limit: int) -> None:
    """Raises FullError."""
    MailCount.objects.get_or_create(domain=domain, defaults={"minute": minute})
    room = MailCount.objects.filter(~Q(minute=minute) | Q(count__lt=limit), domain=domain)
    count = Case(When(minute=minute, then=F("count") + 1), default=Value(1))
    if not room.update(count=count, minute=minute):
        raise FullError
