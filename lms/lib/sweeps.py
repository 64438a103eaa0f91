"""Work that is done again and again until nothing waits: one row, one transaction, and no row stops another.

A ``Sweep`` says which rows wait and how one of them is worked on; ``run`` does the rest. A row that fails, whatever it
raises, is written down as a ``FailedRow`` and comes again later; ``doctor`` and the manager's status page name it with
its remedy. Every task of the beat schedule is one call of ``run`` (tests/flows/test_sweeps.py holds that law).

    LATE = register(Sweep(name="library.remind", label=_("Loans to remind of"), rows=loans.late, work=loans.remind,
                          remedy=_("Correct the loan.")))

    @shared_task(ignore_result=True)
    def sweep_loans() -> int:
        return sweeps.run(LATE)
"""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import models, transaction
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.functions import Now
from django.utils import timezone

from lms.lib.leases import TICK, from_now
from lms.lib.models import FailedRow

logger = logging.getLogger(__name__)

DELETED_AT_ONCE = 500  # rows in one transaction: SQLite's one writer is free between two
LONGEST_PAUSE = timedelta(hours=6)
DIED = "the worker died while it worked on this row"


@dataclass(frozen=True, eq=False)
class Sweep:
    """One kind of work on one kind of row.

    ``rows(now)`` are those that wait, the first ones first. ``work(key, now)`` does one of them in a transaction of
    its own, and must be harmless to repeat; ``False`` says that there was nothing left to do. ``leased`` work takes a
    lease instead and chooses its own transactions: for what takes long or leaves this machine. Without ``rows`` the
    work is one piece, called with an empty key.
    """

    name: str
    label: Any  # the kind of row, translated: a line of ``doctor`` begins with it
    remedy: Any  # what a manager does about a row that fails, translated
    work: Callable[[Any, datetime], object]
    rows: Callable[[datetime], models.QuerySet[Any]] | None = None
    leased: bool = False
    batch: int = 200  # rows in one round
    around: Callable[[], AbstractContextManager[None]] = nullcontext  # what a round holds open: a connection


@dataclass(slots=True)
class Round:
    """What one round did: rows worked on, rows that failed."""

    done: int = 0
    failed: list[str] = field(default_factory=list)


SWEEPS: dict[str, Sweep] = {}


def register(sweep: Sweep) -> Sweep:
    SWEEPS[sweep.name] = sweep
    return sweep


def run(*sweeps: Sweep, now: datetime | None = None) -> int:
    """One round of each sweep; how many rows were worked on. Nothing that one of them raises stops the others."""
    return sum(each.done for each in rounds(sweeps, now=now).values())


def rounds(sweeps: Sequence[Sweep], *, now: datetime | None = None) -> dict[str, Round]:
    """What ``run`` did, by the name of the sweep. Ends early when ``SWEEP_MAX_SECONDS`` are over: beat comes again."""
    now = now or timezone.now()
    failed = failures(sweeps)
    until = time.monotonic() + settings.SWEEP_MAX_SECONDS
    return {sweep.name: one_round(sweep, failed[sweep.name], now, until) for sweep in sweeps}


def failures(sweeps: Sequence[Sweep]) -> dict[str, dict[str, FailedRow]]:
    """By the name of the sweep and the key of the row. One query."""
    found: dict[str, dict[str, FailedRow]] = {sweep.name: {} for sweep in sweeps}
    rests = ExpressionWrapper(Q(due_at__gt=from_now(TICK)), output_field=models.BooleanField())
    for row in FailedRow.objects.filter(sweep__in=found).annotate(rests=rests):
        found[row.sweep][row.key] = row
    return found


def one_round(sweep: Sweep, failed: dict[str, FailedRow], now: datetime, until: float) -> Round:
    result = Round()
    whole = failed.get("")
    if whole is not None and whole.last_error and whole.rests:  # type: ignore[attr-defined]
        return result
    try:
        keys = waiting(sweep, failed, now)
    except Exception as error:
        logger.exception("sweep cannot begin: %s", sweep.name)
        record_failure(sweep, "", error)
        result.failed.append("")
        return result
    if not keys:
        if whole is not None:
            forget(sweep, "")
        return result
    died = whole is not None and not whole.last_error  # the round before this one did not come to its end
    FailedRow.objects.update_or_create(sweep=sweep.name, key="", defaults={"last_error": "", "since": timezone.now()})
    with sweep.around():
        for key in keys:
            if not work_on(sweep, key, now, result, known=str(key) in failed, careful=died) or time.monotonic() > until:
                break
    if "" not in result.failed:
        forget(sweep, "")
    return result


def waiting(sweep: Sweep, failed: dict[str, FailedRow], now: datetime) -> list[Any]:
    """The keys of the next rows, without those that failed and are not due. Forgets failures that wait no more."""
    if sweep.rows is None:
        return [""]
    resting = {key for key, row in failed.items() if row.rests}  # type: ignore[attr-defined]
    keys, seen = [], set()
    for key in sweep.rows(now).values_list("pk", flat=True)[: sweep.batch + len(resting)]:
        seen.add(str(key))
        if str(key) not in resting:
            keys.append(key)
    if len(seen) < sweep.batch + len(resting):  # these were all: whatever failed and is not among them was repaired
        gone = [key for key in failed if key and key not in seen]
        for start in range(0, len(gone), 500):
            FailedRow.objects.filter(sweep=sweep.name, key__in=gone[start : start + 500]).delete()
    return keys[: sweep.batch]


def work_on(sweep: Sweep, key: Any, now: datetime, result: Round, *, known: bool, careful: bool) -> bool:
    """One row; False when the round must end here.

    ``careful``: a worker died in the last round. The row is written down before it is touched, so that one that kills
    (out of memory, the hard time limit) is found out and comes later like any other that fails.
    """
    if careful:
        record_failure(sweep, str(key), DIED)
    try:
        if sweep.leased:
            result.done += sweep.work(key, now) is not False
        else:
            with transaction.atomic():
                result.done += sweep.work(key, now) is not False
    except Exception as error:
        logger.exception("row failed: %s %s", sweep.name, key)
        record_failure(sweep, str(key), error, counted=careful)
        result.failed.append(str(key))
        return not isinstance(error, SoftTimeLimitExceeded)
    if known or careful:
        forget(sweep, str(key))
    return True


@transaction.atomic
def record_failure(sweep: Sweep, key: str, error: Exception | str, *, counted: bool = False) -> None:
    """Write down that a row failed; the next try waits 1, 2, 4 ... minutes, at most six hours.

    Of the error the first line only: what a database says after it quotes the row.
    """
    text = error if isinstance(error, str) else f"{type(error).__name__}: {error}".splitlines()[0]
    row, _is_new = FailedRow.objects.get_or_create(sweep=sweep.name, key=key)
    if not counted:
        FailedRow.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
        row.tries += 1
    error_text = text[:300].replace("\x00", "")
    FailedRow.objects.filter(pk=row.pk).update(last_error=error_text, due_at=from_now(pause(row.tries)))


def pause(tries: int) -> timedelta:
    return min(timedelta(minutes=2 ** min(max(tries - 1, 0), 20)), LONGEST_PAUSE)


def forget(sweep: Sweep, key: str) -> None:
    FailedRow.objects.filter(sweep=sweep.name, key=key).delete()


def delete_in_steps(rows: models.QuerySet[Any], *, at_once: int = DELETED_AT_ONCE) -> int:
    """Delete rows that nobody needs any more, with what hangs on them, in small transactions; how many went."""
    gone = 0
    while keys := list(rows.values_list("pk", flat=True)[:at_once]):
        gone += rows.model._base_manager.filter(pk__in=keys).delete()[0]
    return gone


def failing() -> models.QuerySet[FailedRow]:
    """Rows that failed and wait for their next try."""
    return FailedRow.objects.exclude(last_error="")


def stuck(now: datetime) -> models.QuerySet[FailedRow]:
    """Rounds that began long ago and never came to their end."""
    return FailedRow.objects.filter(key="", last_error="", since__lt=now - timedelta(hours=1))


def retry() -> int:
    """Try every failed row again in the next round; how many."""
    return failing().filter(due_at__gt=Now()).update(due_at=Now())
