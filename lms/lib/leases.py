"""Rows that are their own queue: one worker leases a row, works, and marks it done; a dead worker's lease runs out.

``claim`` is a conditional UPDATE whose count of changed rows names the one winner, on SQLite and PostgreSQL alike.
"""

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

MAX_TRIES = 8


class Leased(models.Model):
    """Mix-in for a row that asks for work. The app's own field says when the work is done."""

    due_at = models.DateTimeField(default=timezone.now, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    last_error = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        abstract = True


def waiting(queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The rows of ``queryset`` that are due, not leased and not given up."""
    now = timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return queryset.filter(free, due_at__lte=now, tries__lt=MAX_TRIES)


def claim(queryset: models.QuerySet[Any]) -> bool:
    """Lease the one row that ``queryset`` names; False when it is done, leased, not due or given up.

    After ``LEASE_SECONDS``, longer than any task may last, the work of a worker that died is free again.
    """
    until = timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)
    return waiting(queryset).update(lease_until=until, tries=F("tries") + 1) == 1


def release(queryset: models.QuerySet[Any], *, error: str, tries: int) -> None:
    """Give the lease back after a failure; the next try waits 1, 2, 4 ... minutes (at most 60)."""
    later = timezone.now() + timedelta(minutes=min(2 ** max(tries - 1, 0), 60))
    queryset.update(lease_until=None, due_at=later, last_error=error[:300])


def give_up(queryset: models.QuerySet[Any]) -> None:
    """Try no more: what failed needs a person first. ``retry`` gives the tries back."""
    queryset.update(tries=MAX_TRIES)


def given_up(queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The rows of ``queryset`` that nobody tries any more. Whether their work is done is for ``queryset`` to say."""
    return queryset.filter(tries__gte=MAX_TRIES)


def retry(queryset: models.QuerySet[Any]) -> int:
    """Give the given-up rows of ``queryset`` their tries back; how many."""
    return given_up(queryset).update(tries=0, due_at=timezone.now(), lease_until=None)


def retry_given_up() -> int:
    """Give every row that was given up its tries back, in every table that leases; how many. Done rows stay done."""
    tables = [model for model in apps.get_models() if issubclass(model, Leased)]
    return sum(retry(model._default_manager.all()) for model in tables)
