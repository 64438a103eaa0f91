"""What the sweeps remember between two rounds: the rows that failed."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone


class FailedRow(models.Model):
    """A row that a sweep could not work on, and when it is tried again. Gone as soon as it went well.

    An empty ``key`` stands for the sweep itself: a round that is under way, or one that could not begin.
    """

    sweep = models.CharField(max_length=60)
    key = models.CharField(max_length=60, blank=True)  # primary key of the row, as text
    tries = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["sweep", "key"], name="failed_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sweep} {self.key}".strip()
