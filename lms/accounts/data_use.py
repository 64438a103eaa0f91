"""How much mobile data each learner's visits cost, by month, as this server sees it.

Each process adds up in memory and writes once a minute (``DATA_USE_SECONDS``), in transactions of at most
``ROWS_AT_ONCE`` rows, however many requests there were. A process that is killed loses its last minute: this is a
measure, not a bill.
"""

import logging
import threading
import time
from collections.abc import Mapping
from datetime import date

from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.db.models import F
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.accounts.enums import Role
from lms.accounts.models import DataUse, User
from lms.lib import sweeps
from lms.lib.moments import site_day
from lms.lib.numbers import read_number
from lms.lib.runs import ROWS_AT_ONCE

logger = logging.getLogger(__name__)

MOST_PEOPLE = 500  # that wait to be written: then at once
PEOPLE_AT_ONCE = ROWS_AT_ONCE // 2  # in one transaction: a new row and its sums for each
KEPT_MONTHS = 12
LINE_ENDS, REQUEST_LINE = len(": \r\n"), len("  HTTP/1.1\r\n\r\n")
SERVER_HEADERS = len("HTTP/1.1 200 \r\nDate: Mon, 30 Nov 2026 01:24:27 GMT\r\n\r\n")  # what no view writes
clock = time.monotonic


def first_of_month(day: date | None = None) -> date:
    return (day or site_day()).replace(day=1)


class Tally:
    """What this process counted and has not written yet: (person, month) -> [bytes down, bytes up]."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counts: dict[tuple[int, date], list[int]] = {}
        self.begun = 0.0

    def add(self, user_pk: int, down: int, up: int) -> None:
        with self.lock:
            if not self.counts:
                self.begun = clock()
            count = self.counts.setdefault((user_pk, first_of_month()), [0, 0])
            count[0] += down
            count[1] += up

    def pop_all(self) -> dict[tuple[int, date], list[int]]:
        with self.lock:
            taken, self.counts = self.counts, {}
        return taken

    def of(self, user_pk: int) -> tuple[int, int]:
        down, up = self.counts.get((user_pk, first_of_month()), (0, 0))
        return down, up

    def is_due(self, seconds: float) -> bool:
        return bool(self.counts) and (len(self.counts) >= MOST_PEOPLE or clock() - self.begun >= seconds)


TALLY = Tally()


def count(request: HttpRequest, response: HttpResponseBase) -> None:
    """Add a request and its answer to whoever is signed in; without asking for a session that nothing asked for."""
    session = getattr(request, "session", None)
    user_pk = read_number(str(session.get("_auth_user_id", ""))) if session is not None and session.accessed else None
    if user_pk:
        TALLY.add(user_pk, size_of_answer(response), size_of_request(request))


def size_of_request(request: HttpRequest) -> int:
    """On plain HTTP/1.1: line, headers, body."""
    sent = {name: value for name, value in request.META.items() if name.startswith("HTTP_")}
    head = size_of_headers({name.removeprefix("HTTP_"): value for name, value in sent.items()})
    address = request.META.get("RAW_URI") or request.get_full_path()
    body = read_number(str(request.META.get("CONTENT_LENGTH") or "0")) or 0
    return REQUEST_LINE + len(request.method or "") + len(address) + head + body


def size_of_answer(response: HttpResponseBase) -> int:
    cookies = sum(len(each.OutputString()) + len("Set-Cookie") + LINE_ENDS for each in response.cookies.values())
    told = read_number(response.headers.get("Content-Length", ""))
    body = told if told is not None else (0 if response.streaming else len(getattr(response, "content", b"")))
    return SERVER_HEADERS + len(response.reason_phrase) + size_of_headers(response.headers) + cookies + body


def size_of_headers(headers: Mapping[str, str]) -> int:
    return sum(len(name) + len(str(value)) + LINE_ENDS for name, value in headers.items())


def write_if_due() -> None:
    """Called when an answer has been sent: nobody waits for it."""
    if settings.DATA_USE_SECONDS and TALLY.is_due(settings.DATA_USE_SECONDS):
        try:
            write()
        except DatabaseError as error:
            logger.warning("data use was not written: %s", type(error).__name__)


def write() -> int:
    """Write what this process counted; how many people's. Of the team and of employers nothing is kept."""
    counts = TALLY.pop_all()
    people = User.objects.filter(pk__in={pk for pk, _month in counts}, role=Role.LEARNER)
    learners = set(people.values_list("pk", flat=True))
    keys = sorted(key for key in counts if key[0] in learners)
    for start in range(0, len(keys), PEOPLE_AT_ONCE):
        write_some({key: counts[key] for key in keys[start : start + PEOPLE_AT_ONCE]})
    return len(keys)


@transaction.atomic
def write_some(counts: Mapping[tuple[int, date], list[int]]) -> None:
    """In the order of people: two processes never wait for each other in a circle."""
    DataUse.objects.bulk_create([DataUse(user_id=pk, month=month) for pk, month in counts], ignore_conflicts=True)
    for (pk, month), (down, up) in counts.items():
        DataUse.objects.filter(user_id=pk, month=month).update(down=F("down") + down, up=F("up") + up)


def used_by(user: User) -> list[DataUse]:
    """Months, the newest first; this month with what this process has not written yet."""
    rows = list(DataUse.objects.filter(user=user).order_by("-month")[:KEPT_MONTHS])
    down, up = TALLY.of(user.pk)
    if down and (not rows or rows[0].month != first_of_month()):
        rows.insert(0, DataUse(user=user, month=first_of_month()))
    if down:
        rows[0].down += down
        rows[0].up += up
    return rows


def old() -> models.QuerySet[DataUse]:
    """Rows of months that ended a year ago."""
    today = site_day(timezone.now())
    return DataUse.objects.filter(month__lt=date(today.year - 1, today.month, 1))


PURGE = sweeps.register(
    sweeps.Sweep(
        name="accounts.purge-data-use",
        label=_("Old counts of mobile data"),
        remedy=_("Look at the line “Database”, and at the worker’s log."),
        work=lambda key, now: sweeps.delete_in_steps(old()) > 0,
        leased=True,  # it deletes in small transactions
    )
)
