"""Is the database there, up to date, and safe to write to?"""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.utils import DatabaseError
from django.utils.translation import gettext as _

from lms.lib.checkup import Finding, broken, fine, register, watch
from lms.lib.schema_versions import missing_and_unknown
from lms.sqlite import is_safe

SLOW_SYNC_MS = 20.0
OLDEST_POSTGRES = 14
BIG_WAL_BYTES = 200 * 1024**2


@register
def database(*, slow_ms: float = SLOW_SYNC_MS) -> Iterator[Finding]:
    topic = _("Database")
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        text = _("The database does not answer: %(error)s.") % {"error": type(error).__name__}
        yield broken(topic, text, _("Start it, or correct DATABASE_URL; then look at its own log."))
        return
    yield migrations(topic)
    yield from sqlite(topic, slow_ms) if connection.vendor == "sqlite" else postgresql(topic)


def migrations(topic: str) -> Finding:
    missing, unknown = missing_and_unknown()
    if unknown:
        text = _("A newer version of Passerelle has changed the database: %(name)s.") % {"name": unknown[0]}
        return broken(topic, text, _("Start that version again, or restore the backup that was made before it."))
    if missing:
        text = _("Migrations not applied yet: %(count)d.") % {"count": len(missing)}
        return broken(topic, text, _("Run: python manage.py migrate"))
    return fine(topic, _("It answers, and its tables are up to date."))


def sqlite(topic: str, slow_ms: float) -> Iterator[Finding]:
    import sqlite3

    version = sqlite3.sqlite_version
    if is_safe(sqlite3.sqlite_version_info):
        yield fine(topic, _("SQLite %(version)s is sound.") % {"version": version})
    else:
        text = _("SQLite %(version)s has a known bug: two processes that write can damage the file.")
        remedy = _("Install the wheel pysqlite3, or Python with SQLite 3.51.3 or newer, or use PostgreSQL.")
        yield watch(topic, text % {"version": version}, remedy)
    yield sqlite_durability(topic)
    yield sync_speed(topic, slow_ms)


def sqlite_durability(topic: str) -> Finding:
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
    wal = Path(f"{connection.settings_dict['NAME']}-wal")
    if mode == "wal" and wal.exists() and wal.stat().st_size > BIG_WAL_BYTES:
        text = _("The write-ahead file has grown to %(size)d MB.") % {"size": wal.stat().st_size // 1024**2}
        return watch(topic, text, _("A long read holds it open: restart the site, then look at long reports."))
    if mode in {"wal", "memory"} and synchronous >= 2:
        return fine(topic, _("An answer shown as saved survives a power cut."))
    text = _("journal_mode is %(mode)s and synchronous is %(sync)s: a power cut can lose saved answers.")
    remedy = _("Set journal_mode=WAL and synchronous=FULL in the options of DATABASES.")
    return watch(topic, text % {"mode": mode, "sync": synchronous}, remedy)


def sync_speed(topic: str, slow_ms: float) -> Finding:
    """Each saved answer waits for one write to the disk: how long does that take here?"""
    milliseconds = measure_sync(settings.DATA_DIR)
    values = {"ms": f"{milliseconds:.1f}"}
    if milliseconds > slow_ms:
        text = _("One safe write to the disk takes %(ms)s ms: a full class saving at once will wait.")
        return watch(topic, text % values, _("Keep DATA_DIR on an internal SSD, not on an SD card or a network drive."))
    return fine(topic, _("One safe write to the disk takes %(ms)s ms.") % values)


def measure_sync(folder: Path, rounds: int = 15) -> float:
    """Median milliseconds of a 4 kB write and fdatasync in ``folder``."""
    times = []
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
        for _number in range(rounds):
            start = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fdatasync(file.fileno()) if hasattr(os, "fdatasync") else os.fsync(file.fileno())
            times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def postgresql(topic: str) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding')")
        version, encoding = cursor.fetchone()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        theirs = float(cursor.fetchone()[0])
    if version < OLDEST_POSTGRES or encoding != "UTF8":
        text = _("PostgreSQL %(version)s with encoding %(encoding)s.") % {"version": version, "encoding": encoding}
        yield watch(topic, text, _("Use PostgreSQL 14 or newer, and a database made with ENCODING 'UTF8'."))
    else:
        yield fine(topic, _("PostgreSQL %(version)s.") % {"version": version})
    gap = abs(theirs - time.time())
    if gap > 5:
        text = _("The clocks of this machine and of the database differ by %(count)d s.") % {"count": gap}
        yield watch(topic, text, _("Let both machines synchronise their clocks by NTP (timedatectl set-ntp true)."))
