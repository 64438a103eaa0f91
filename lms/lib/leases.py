"""Rows that are their own queue: one worker leases a row, works, and marks it done; a dead worker's lease runs out.

``claim`` is a conditional UPDATE whose count of changed rows names the one winner, on SQLite and PostgreSQL alike.
What is due and when a lease ends is decided by the database's clock: those of two hosts may differ by minutes.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

MAX_TRIES = 8
TICK = timedelta(milliseconds=1)  # SQLite's clock shows no less: what is due at this moment is due


class Leased(models.Model):
    """Mix-in for a row that asks for work. The app's own field says when the work is done."""

    max_tries: ClassVar[int] = MAX_TRIES  # then it is given up
    anew: ClassVar[dict[str, Any]] = {}  # columns of its own that a new beginning sets back

    due_at = models.DateTimeField(db_default=Now(), editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    last_error = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        abstract = True


def database_now() -> datetime:
    """The moment by the database's clock, the only one that all hosts share."""
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("SELECT julianday('now') - 2440587.5" if sqlite else "SELECT statement_timestamp()")
        (found,) = cursor.fetchone()
    return datetime.fromtimestamp(round(found * 86_400, 3), UTC) if sqlite else found.astimezone(UTC)


def from_now(delay: timedelta) -> CombinedExpression:
    """The moment that is ``delay`` later (or earlier) than now, by the database's clock."""
    return Now() + models.Value(delay, output_field=models.DurationField())


def waiting(queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The rows of ``queryset`` that are due, not leased and not given up."""
    now = from_now(TICK)
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return queryset.filter(free, due_at__lte=now, tries__lt=queryset.model.max_tries)


def claim(queryset: models.QuerySet[Any]) -> bool:
    """Lease the one row that ``queryset`` names; False when it is done, leased, not due or given up.

    After ``LEASE_SECONDS``, longer than any task may last, the work of a worker that died is free again.
    """
    return waiting(queryset).update(lease_until=lease_end(), tries=F("tries") + 1) == 1


def lease_end() -> CombinedExpression:
    return from_now(timedelta(seconds=settings.LEASE_SECONDS))


def release(queryset: models.QuerySet[Any], *, error: str, tries: int, pause: timedelta | None = None) -> None:
    """Give the lease back after a failure; the next try waits ``pause``, else 1, 2, 4 ... minutes (at most 60)."""
    later = timedelta(minutes=min(2 ** max(tries - 1, 0), 60)) if pause is None else pause
    queryset.update(lease_until=None, due_at=from_now(later), last_error=error[:300])


def give_up(queryset: models.QuerySet[Any]) -> None:
    """Try no more: what failed needs a person first. ``retry`` gives the tries back."""
    queryset.update(tries=queryset.model.max_tries, lease_until=None)


def given_up(queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The rows of ``queryset`` that nobody tries any more. Whether their work is done is for ``queryset`` to say."""
    return queryset.filter(tries__gte=queryset.model.max_tries)


def retry(queryset: models.QuerySet[Any]) -> int:
    """Give the given-up rows of ``queryset`` their tries back; how many."""
    return given_up(queryset).update(tries=0, due_at=Now(), lease_until=None, **queryset.model.anew)


def retry_given_up() -> int:
    """Give every row that was given up its tries back, in every table that leases; how many. Done rows stay done."""
    tables = [model for model in apps.get_models() if issubclass(model, Leased)]
    return sum(retry(model._default_manager.all()) for model in tables)
