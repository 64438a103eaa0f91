"""A folder of backups that looks after itself: one a night, read back, the old ones thinned out."""

import fcntl
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.lib import sweeps
from lms.lib.backups import making, restoring
from lms.lib.backups.archive import BackupError, Manifest, Progress
from lms.lib.models import BackupRecord
from lms.lib.moments import site_day, site_time

KEPT: tuple[tuple[int, Callable[[datetime], object]], ...] = (
    (7, site_day),
    (4, lambda at: site_day(at).isocalendar()[:2]),
    (6, lambda at: (site_day(at).year, site_day(at).month)),
)
"""Of the newest 7 days that have a backup, 4 weeks and 6 months: the last one of each."""
KEPT_ASIDE = timedelta(days=30)
"""What a restore has put aside holds people: so long somebody may still need it."""
RECORDS = 200
_NAME = re.compile(r"passerelle-(\d{8}T\d{6})Z\.zip")


def name_of(at: datetime, kind: str = "passerelle") -> str:
    return f"{kind}-{at.astimezone(UTC):%Y%m%dT%H%M%S}Z.zip"


def nights(folder: Path) -> dict[datetime, Path]:
    """The nightly backups of a folder by the time of their name; whatever else lies there is nobody's business."""
    found = {}
    for path in folder.iterdir() if folder.is_dir() else ():
        match = _NAME.fullmatch(path.name)
        if match and path.is_file() and not path.is_symlink():
            found[datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)] = path
    return found


def to_keep(times: Iterable[datetime]) -> set[datetime]:
    """Which backups stay; the newest always does."""
    kept: set[datetime] = set()
    newest_first = sorted(times, reverse=True)
    for count, period in KEPT:
        seen: set[object] = set()
        for at in newest_first:
            if period(at) not in seen and len(seen) < count:
                seen.add(period(at))
                kept.add(at)
    return kept


def too_old(folder: Path) -> list[Path]:
    """Nightly backups that are kept no longer."""
    found = nights(folder)
    keep = to_keep(found)
    return [path for at, path in sorted(found.items()) if at not in keep]


def folder_of_backups() -> Path:
    """Raises BackupError where the setting names none."""
    if not settings.BACKUP_DIR:
        raise BackupError("BACKUP_DIR is not set: name a folder for nightly backups, on a disk of its own if you can.")
    folder = Path(settings.BACKUP_DIR)
    if not folder.is_dir():
        raise BackupError(f"BACKUP_DIR names {folder}, and there is no such folder. Make it, or mount its disk.")
    return folder


def is_due(now: datetime) -> bool:
    """From BACKUP_HOUR on, when today has none yet and the last try is not of this hour."""
    local = site_time(now)
    if not settings.BACKUP_DIR or local.hour < settings.BACKUP_HOUR:
        return False
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    today = BackupRecord.objects.filter(at__gte=midnight, is_nightly=True)
    return not today.filter(error="").exists() and not today.filter(at__gt=now - timedelta(minutes=50)).exists()


def start_one(now: datetime) -> bool:
    """Let a process of its own make tonight's, which lasts longer than a task may; it ends with this worker."""
    if not is_due(now):
        return False
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "backup", "--nightly"]
    if setpriv := shutil.which("setpriv"):
        command = [setpriv, "--pdeathsig", "TERM", *command]
    subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=settings.BASE_DIR)  # noqa: S603
    return True


def make_one(*, say: Progress = lambda line: None) -> Path | None:
    """Tonight's backup, read back, and those that are too old deleted; None when another process makes it.

    Raises BackupError; the record then says why, and ``doctor`` tells.
    """
    now = timezone.now()
    try:
        folder = folder_of_backups()
        with (folder / ".nightly-lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another process makes it.")
                return None
            file = folder / name_of(now)
            making.make(file, say=say)
            try:
                manifest = restoring.check(file, say=say)
            except BackupError:
                file.unlink(missing_ok=True)  # it is no backup
                raise
            record(file.name, file.stat().st_size, manifest, is_nightly=True)
            for old in too_old(folder):
                old.unlink(missing_ok=True)
                say(f"Deleted: {old.name}")
    except BackupError as error:
        record_failure(str(error), now)
        raise
    return file


def record(name: str, size: int, manifest: Manifest, *, is_nightly: bool = False) -> None:
    """Note a backup that was read back; a database that cannot be written now spoils no backup."""
    at = datetime.fromisoformat(manifest.made_at)
    try:
        BackupRecord.objects.create(at=at, file=name[:200], size=size, rows=manifest.rows, is_nightly=is_nightly)
        forget_old_records()
    except DatabaseError:
        if not any(making.missing_and_unknown()):
            raise


def record_failure(error: str, now: datetime) -> None:
    BackupRecord.objects.create(at=now, error=error[:500].replace("\x00", ""), is_nightly=True)


def forget_old_records() -> None:
    last = BackupRecord.objects.order_by("-at").values_list("at", flat=True)[RECORDS:][:1]
    for at in last:
        BackupRecord.objects.filter(at__lte=at).delete()


def old_leftovers(now: datetime) -> list[Path]:
    """What restores put aside long ago, and what killed backups left unfinished."""
    found = [path for path in restoring.put_aside() if path.stat().st_mtime < (now - KEPT_ASIDE).timestamp()]
    return found + (making.unfinished(Path(settings.BACKUP_DIR)) if settings.BACKUP_DIR else [])


def purge_leftovers(now: datetime) -> int:
    found = old_leftovers(now)
    for path in found:
        shutil.rmtree(path, ignore_errors=True)
    return len(found)


NIGHTLY = sweeps.register(
    sweeps.Sweep(
        name="house.nightly-backup",
        label=_("Nightly backup"),
        remedy=_("Look at the line “Backup”, and at the worker’s log."),
        work=lambda key, now: start_one(now),
        leased=True,  # the process it starts works by itself
    )
)
LEFTOVERS = sweeps.register(
    sweeps.Sweep(
        name="house.purge-restores",
        label=_("What restores put aside"),
        remedy=_("Make the user who runs the site the owner of DATA_DIR and BACKUP_DIR."),
        work=lambda key, now: purge_leftovers(now) > 0,
        leased=True,  # no row is touched
    )
)
