"""Figures that know no app: bulk work, rows that fail, backups."""

from collections.abc import Iterator

from django.db.models import Count
from django.utils import timezone

from lms.lib import runs, sweeps
from lms.lib.leases import database_now
from lms.lib.metrics import Figure, age, leases, register
from lms.lib.models import BackupRecord


@register
def bulk_work() -> Iterator[Figure]:
    yield from leases(*(kind.model._default_manager.all() for kind in runs.KINDS.values()))


@register
def failed_rows() -> Iterator[Figure]:
    """By sweep; those of a version that is gone are ``other``."""
    found = dict.fromkeys([*sorted(sweeps.SWEEPS), "other"], 0)
    for name, count in sweeps.failing().order_by().values_list("sweep").annotate(Count("pk")):
        found[name if name in sweeps.SWEEPS else "other"] += count
    for name, count in found.items():
        yield Figure("failed_rows", "Rows that failed and are tried again later.", count, {"sweep": name})
    stuck = sweeps.stuck(timezone.now()).count()
    yield Figure("sweeps_stuck", "Rounds of sweeps that began more than an hour ago and did not end.", stuck)


@register
def backups() -> Iterator[Figure]:
    tries = BackupRecord.objects.order_by("-at")
    last, good = tries.first(), tries.filter(error="").first()
    since = age(good.at if good else None, database_now())
    yield Figure("backup_age_seconds", "Age of the last backup that was read back.", since)
    yield Figure("backup_bytes", "Its size.", good.size if good else 0)
    yield Figure("backup_failed", "1 when the last try failed.", bool(last and last.error))
