"""Rows and a hash of each table, the same for the same content: in whatever order rows come, before and after.

Tables are read as the database gives them, without models: a backup is also made by a new version, before it migrates.
"""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from lms.lib.backups.archive import BackupError

TOTAL = 2**128
PLAIN_OUTPUT = (
    "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'; SET LOCAL extra_float_digits = 1; "
    "SET LOCAL bytea_output = 'hex'; SET LOCAL intervalstyle = 'postgres'"
)
"""So that PostgreSQL writes a value as text in one way, whatever role and server ask for."""

Tables = dict[str, list[Any]]


def of_sqlite(path: Path) -> Tables:
    """Every table of a SQLite file that nobody writes to. Raises BackupError when the file is damaged."""
    try:
        with closing(sqlite3.connect(path)) as file:
            found = file.execute("PRAGMA quick_check").fetchall()
            if found != [("ok",)]:
                raise BackupError(f"The copy of the database is damaged: {found[:3]}")
            names = file.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
                "AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
            ).fetchall()
            file.text_factory = bytes  # texts that are no UTF-8 are counted too
            return {str(name): rows_of(file, str(name)) for (name,) in names}
    except sqlite3.Error as error:
        raise BackupError(f"The copy of the database cannot be read: {error}") from error


def rows_of(file: sqlite3.Connection, table: str) -> list[Any]:
    count = total = 0
    quoted = table.replace('"', '""')
    for row in file.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608  (a name that the file itself gave)
        count += 1
        total += int.from_bytes(hashlib.sha256(repr(row).encode()).digest()[:16])
    return [count, f"{total % TOTAL:x}"]


def postgres_query(table: str) -> str:
    """SQL for ``count, hash`` of one table, its name already quoted; to be asked under ``PLAIN_OUTPUT``."""
    hashed = "('x' || encode(substr(sha256(convert_to(whole_row::text, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint"
    return (
        f"SELECT count(*), md5(count(*)::text || ':' || coalesce(sum({hashed}::numeric), 0)::text) "  # noqa: S608
        f"FROM public.{table} AS whole_row"
    )


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def of_postgres(cursor: Any) -> Tables:
    """Every table of the schema ``public``, inside the transaction of ``cursor``."""
    cursor.execute(PLAIN_OUTPUT)
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename COLLATE \"C\"")
    found: Tables = {}
    for (name,) in cursor.fetchall():
        cursor.execute(postgres_query(quote(name)))
        count, digest = cursor.fetchone()
        found[name] = [count, digest]
    return found


def differences(wanted: Tables, found: Tables) -> list[str]:
    """A sentence for each table that is not as it should be."""
    findings = [f"table {name} is missing" for name in sorted(wanted.keys() - found.keys())]
    findings += [f"table {name} was not there" for name in sorted(found.keys() - wanted.keys())]
    for name in sorted(wanted.keys() & found.keys()):
        if wanted[name][0] != found[name][0]:
            findings.append(f"table {name} has {found[name][0]} rows instead of {wanted[name][0]}")
        elif wanted[name] != found[name]:
            findings.append(f"rows of table {name} differ")
    return findings
