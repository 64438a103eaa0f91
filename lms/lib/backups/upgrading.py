"""A new version takes over a site, and gives it back: before it changes anything it makes a backup, which stays the
way back until the next one.

What was done is written down in DATA_DIR before the first table changes, so that the way back is known after a kill.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from lms.lib.backups import making, nightly, releases, restoring, tables
from lms.lib.backups.archive import BackupError, Manifest, Progress, opened
from lms.lib.backups.releases import Release
from lms.lib.backups.running import refuse_running
from lms.lib.schema_versions import missing_and_unknown, newer

NAME = "upgrade.json"
LOSE_WORD = "--lose-what-came-since"
BEFORE_UPGRADE, BEFORE_ROLLBACK = "before-upgrade", "before-rollback"
KEPT = 3
"""So many backups of each of these two kinds stay in their folder."""


@dataclass(frozen=True)
class Upgrade:
    """``held``: what the site held when the upgrade ended, well or not; empty when it was killed."""

    at: str  # ISO 8601, UTC
    file: str
    old: Release
    new: Release
    migrations: list[str]  # that the database had
    missing: list[str]  # that it lacked
    finished: bool = False
    held: tables.Tables = field(default_factory=dict)


def last() -> Upgrade | None:
    """The upgrade that was made, or begun, on this DATA_DIR."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        read: dict[str, Any] = json.loads(path().read_text())
        return Upgrade(**{**read, "old": Release(**read["old"]), "new": Release(**read["new"])})
    return None


def path() -> Path:
    return Path(settings.DATA_DIR) / NAME


def keep(upgrade: Upgrade) -> Upgrade:
    releases.write_json(path(), asdict(upgrade))
    return upgrade


# --- forwards


def begin(folder: Path, *, say: Progress) -> Upgrade | None:
    """Make the backup, or find that the one of an upgrade which did not end still is the way back.

    None where the database is of this very version: there is nothing to go back to. Raises BackupError.
    """
    refuse_no_site()
    missing, unknown = missing_and_unknown()
    if unknown:
        raise BackupError(newer(unknown))
    refuse_running()
    known, here = last(), releases.of_the_code()
    if known is not None and is_same_attempt(known, here):
        say(f"This upgrade began at {known.at}. Its backup stays the way back: {known.file}")
        return keep(replace(known, finished=False, held={}))
    if not missing and here == releases.of_the_database():
        say("The database is of this version already: no backup is made.")
        return None
    now, applied, old = datetime.now(UTC), applied_migrations(), releases.of_the_database()
    file = make(folder, BEFORE_UPGRADE, now, say)
    return keep(Upgrade(now.isoformat(timespec="seconds"), str(file), old, here, applied, missing))


def is_same_attempt(known: Upgrade, here: Release) -> bool:
    """Whether the same version tries again what did not end, and nobody has used the site in between."""
    if known.finished or known.new != here or not Path(known.file).is_file():
        return False
    if known.held:
        return not tables.differences(known.held, of_the_site())
    return releases.of_the_database() == known.old and applied_migrations() != known.migrations


def end(upgrade: Upgrade, *, finished: bool) -> None:
    """Note what the site holds now: whatever differs from it later came since."""
    with suppress(BackupError, DatabaseError):  # then everything is said to be lost, and the word asked for
        keep(replace(upgrade, finished=finished, held=of_the_site()))
    if finished:
        forget_old(Path(upgrade.file).parent, BEFORE_UPGRADE)


def make(folder: Path, kind: str, now: datetime, say: Progress) -> Path:
    """A backup, read back, whose name says what for."""
    file = folder / nightly.name_of(now, kind)
    making.make(file, say=say)
    say("Reading it back ...")
    try:
        manifest = restoring.check(file, say=say)
    except BackupError:
        file.unlink(missing_ok=True)  # it is no backup
        raise
    nightly.record(file.name, file.stat().st_size, manifest)
    return file


def forget_old(folder: Path, kind: str) -> None:
    for old in sorted(folder.glob(f"{kind}-*Z.zip"))[:-KEPT]:
        old.unlink(missing_ok=True)


def refuse_no_site() -> None:
    if connection.vendor == "sqlite" and not making.sqlite_path().exists():  # to ask would make the file
        raise BackupError(f"No site was ever started here: there is no {making.sqlite_path()}.")
    try:
        is_there = MigrationRecorder(connection).has_table()
    except DatabaseError as error:
        raise BackupError(f"The database does not answer: {error}") from error
    if not is_there:
        raise BackupError(
            f"No site was ever started here: {connection.settings_dict['NAME']} holds no tables. Does this command "
            "have the environment of the service? For a new site, run: python manage.py start"
        )


def applied_migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def of_the_site() -> tables.Tables:
    """Rows and hashes of all tables, now; nobody else is at work. Raises BackupError, DatabaseError."""
    connection.close()
    if connection.vendor == "sqlite":
        return tables.of_sqlite(making.sqlite_path())
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return tables.of_postgres(cursor)


def progress_text(upgrade: Upgrade | None) -> str:
    """How far it came, for whoever sees it fail."""
    connection.close()
    try:
        missing = missing_and_unknown()[0]
    except DatabaseError as error:
        return f"The database does not answer: {error}"
    if not missing:
        return "The database is of the new version."
    count = len(upgrade.missing) if upgrade else len(missing)
    if count == len(missing):
        return f"The database is as before: none of {count} changes was made."
    return f"{count - len(missing)} of {count} changes of the database were made; the next is {missing[0]}."


def rollback_instructions(upgrade: Upgrade) -> list[str]:
    """What to type, line by line, to have the old version and its data again."""
    code = "Put the old version back"
    lines = [f"{code} ({upgrade.old}), then, with the site stopped:" if upgrade.old != releases.UNKNOWN else
             f"{code} (that from before this upgrade), then, with the site stopped:"]  # fmt: skip
    if upgrade.old.commit:
        lines += [f"  git checkout {upgrade.old.commit[:12]}", "  make setup"]
    return [*lines, "  python manage.py rollback"]


# --- backwards


def roll_back(*, lose: bool, say: Progress) -> list[str]:
    """Bring back what the last upgrade saved; what else was done, in sentences.

    Raises BackupError, and then nothing has changed.
    """
    upgrade = last()
    if upgrade is None:
        raise BackupError(
            f"No upgrade is written down in {settings.DATA_DIR}. To bring back another backup: "
            "python manage.py restore --replace everything FILE"
        )
    file = Path(upgrade.file)
    say(f"The upgrade of {upgrade.at} to version {upgrade.new}. Its backup: {file}")
    with opened(file) as (_archive, manifest):
        refuse_new_code(upgrade, manifest)
        refuse_running()
        since = changes_since(upgrade, manifest)
    if since and not lose:
        raise BackupError(
            "These would be lost, they came since: " + "; ".join(since) + ". Nothing was changed. If that is meant: "
            f"python manage.py rollback {LOSE_WORD}"
        )
    report = []
    if since:
        saved = make(file.parent, BEFORE_ROLLBACK, datetime.now(UTC), say)
        forget_old(file.parent, BEFORE_ROLLBACK)
        report.append(f"What came since is in {saved}, which the newer version can restore.")
    report += restoring.restore(file, restoring.Choices(replace=restoring.EVERYTHING), say=say)
    path().unlink(missing_ok=True)
    releases.note()
    return report


def refuse_new_code(upgrade: Upgrade, manifest: Manifest) -> None:
    try:
        restoring.refuse_other_version(manifest)
    except BackupError as error:
        raise BackupError(
            "\n".join(["This is not the version of that backup.", *rollback_instructions(upgrade)])
        ) from error


def changes_since(upgrade: Upgrade, manifest: Manifest) -> list[str]:
    """A sentence for each table that is not as the upgrade left it. Raises BackupError."""
    try:
        now = of_the_site()
    except DatabaseError as error:
        raise BackupError(
            f"The database does not answer: {error}. Without it nobody knows what would be lost. To go back all the "
            f"same: python manage.py restore --replace everything {upgrade.file}"
        ) from error
    if upgrade.held:
        return tables.differences(upgrade.held, now)
    return tables.differences(manifest.tables, now)
