"""What is deleted after its time: copies of e-mails and SMS in files, sign-in cards, sign-ins, counts of SMS.

What else is kept how long, and why: docs/retention.md.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.accounts import sign_ins, sms_budget
from lms.accounts.models import SignInCard
from lms.lib import sweeps

KEEP_COPIES = timedelta(days=30)
"""E-mails and SMS in files are there to be read on the machine, where nothing sends them: they name people."""
KEEP_CARDS = timedelta(days=90)
"""After its last day, or its use: so long the team can tell that a card was tried too late."""


def purge_copies(now: datetime) -> int:
    """Delete copies of messages in files; how many files went or were put aside."""
    return purge_mails(now) + put_sms_aside(now)


def purge_mails(now: datetime) -> int:
    """Django writes one file for each e-mail, and never deletes any."""
    folder = Path(getattr(settings, "EMAIL_FILE_PATH", None) or settings.DATA_DIR / "mail")
    before, gone = (now - KEEP_COPIES).timestamp(), 0
    for file in folder.iterdir() if folder.is_dir() else ():
        if file.is_file() and file.stat().st_mtime < before:
            file.unlink(missing_ok=True)
            gone += 1
    return gone


def put_sms_aside(now: datetime) -> int:
    """Half of the time in one file, half in the one before: nothing is older, and no writer waits."""
    file = settings.DATA_DIR / "sms.jsonl"
    earlier, gone = file.with_name("sms-earlier.jsonl"), 0
    if earlier.exists() and earlier.stat().st_mtime < (now - KEEP_COPIES / 2).timestamp():
        earlier.unlink(missing_ok=True)
        gone += 1
    if file.exists() and first_written_at(file) < now - KEEP_COPIES / 2:
        file.replace(earlier)
        gone += 1
    return gone


def first_written_at(file: Path) -> datetime:
    """When the first line of a file of SMS was written; for a damaged one, its last change."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        try:
            return datetime.fromisoformat(json.loads(lines.readline())["at"])
        except (ValueError, KeyError, TypeError):
            return datetime.fromtimestamp(file.stat().st_mtime, tz=timezone.get_default_timezone())


def old_cards(now: datetime) -> models.QuerySet[SignInCard]:
    return SignInCard.objects.filter(expires_at__lt=now - KEEP_CARDS)


COPIES = sweeps.register(
    sweeps.Sweep(
        name="accounts.purge-copies",
        label=_("Old copies of e-mails and SMS in files"),
        remedy=_("Make the user who runs the site the owner of DATA_DIR."),
        work=lambda key, now: purge_copies(now) > 0,
        leased=True,  # no row is touched
    )
)
CARDS = sweeps.register(
    sweeps.Sweep(
        name="accounts.purge-cards",
        label=_("Old sign-in cards"),
        remedy=_("Look at the line “Database”, and at the worker’s log."),
        work=lambda key, now: sweeps.delete_in_steps(old_cards(now)) > 0,
        leased=True,  # it deletes in small transactions
    )
)
SIGN_INS = sweeps.register(
    sweeps.Sweep(
        name="accounts.purge-sign-ins",
        label=_("Old sign-ins"),
        remedy=_("Look at the line “Database”, and at the worker’s log."),
        work=lambda key, now: sweeps.delete_in_steps(sign_ins.old()) > 0,
        leased=True,  # it deletes in small transactions
    )
)
SMS_COUNTS = sweeps.register(
    sweeps.Sweep(
        name="accounts.purge-sms-counts",
        label=_("Old counts of SMS"),
        remedy=_("Look at the line “Database”, and at the worker’s log."),
        work=lambda key, now: sms_budget.purge(now),
        leased=True,  # it deletes in small transactions
    )
)
