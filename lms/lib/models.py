"""What the sweeps remember between two rounds, when backups were made, what is counted without the cache, the time,
what is known of libraries.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now
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


class BackupRecord(models.Model):
    """A backup that was made and read back, or, with ``error``, one that could not be made."""

    at = models.DateTimeField(db_index=True)
    file = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)  # bytes
    rows = models.PositiveBigIntegerField(default=0)
    is_nightly = models.BooleanField(default=False)
    error = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return self.error or self.file


class CachedEntry(models.Model):
    """A value of the shared cache while its server is away (lms/lib/shared_cache.py). Django reads and writes it, and
    deletes what is over.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key


class Alert(models.Model):
    """A topic of ``doctor`` that is not well, and when administrators were told of it (``lms.lib.alerts``)."""

    key = models.CharField(max_length=200, primary_key=True)
    host = models.CharField(max_length=40, blank=True)  # of what is a host's own: its disk, its clock
    severity = models.CharField(max_length=5)  # ``checkup.Level``
    since = models.DateTimeField(db_default=Now())
    told_at = models.DateTimeField(null=True)
    telling_until = models.DateTimeField(null=True)  # one host is writing the e-mail
    over = models.BooleanField(default=False)  # well again, and that has to be told

    def __str__(self) -> str:
        return f"{self.severity}: {self.key}"


class SeenTime(models.Model):
    """One row: the time by the database's clock when somebody last looked and believed it (lms/lib/clock.py)."""

    at = models.DateTimeField()
    doubted_at = models.DateTimeField(null=True)  # since then closings wait
    reason = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.at.isoformat()


class Elected(models.Model):
    """Which process does what only one may do, and until when without another word of it (lms/lib/election.py)."""

    office = models.CharField(max_length=20, primary_key=True)
    holder = models.CharField(max_length=80)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.office}: {self.holder}"


class LibraryReport(models.Model):
    """One row: what the list of known weaknesses said of the libraries that were installed (lms/lib/advisories.py)."""

    asked_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)  # the last answer
    found = models.JSONField(default=list)
    error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.error or self.asked_at.isoformat()
