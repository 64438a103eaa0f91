"""From SQLite to PostgreSQL: every value is judged first, all rows are copied in one transaction and compared in it.

The tables are made by the migrations, in a process of its own with the new DATABASE_URL. Files stay where they are.
"""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
import psycopg
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from lms.lib.backups import columns, making, tables, upgrading
from lms.lib.backups.archive import BackupError, Progress
from lms.lib.backups.columns import Column, Json, Sum, UnfitError
from lms.lib.backups.running import refuse_running
from lms.lib.schema_versions import missing_and_unknown

OLDEST = 14
DERIVED = {"wagtailsearch"}
"""Apps whose tables are another on each database, and are made anew from the others."""
TOLD = 30
"""So many findings are told; a site with more has them for one reason."""
DJANGO_ONLY = {"pool", "isolation_level", "server_side_binding", "assume_role"}
"""Options of a database that are Django's own, not the driver's."""


@dataclass(frozen=True)
class Table:
    name: str
    key: str  # column of the primary key
    columns: tuple[Column, ...]

    @property
    def quoted(self) -> str:
        return ", ".join(tables.quote(one.name) for one in self.columns)


def tables_of_the_models() -> list[Table]:
    """Each table that holds what cannot be derived, with the types that PostgreSQL gives its columns."""
    there: Any = DatabaseWrapper({**connection.settings_dict}, "there")  # asked for names of types, never connected
    found = []
    models: list[Any] = [*apps.get_models(include_auto_created=True), MigrationRecorder.Migration]
    for model in models:
        options = model._meta
        if options.proxy or not options.managed or options.app_label in DERIVED:
            continue
        of_it = [
            columns.column(field.column, str(field.db_type(there)), is_null=field.null)
            for field in options.local_concrete_fields
            if not field.generated
        ]
        if unknown := [one for one in of_it if not one.is_known]:
            raise BackupError(f"This command knows no columns of the type {unknown[0].kind} ({options.db_table}).")
        found.append(Table(options.db_table, str(options.pk.column), tuple(of_it)))
    return sorted(found, key=lambda table: table.name)


# --- the way


def move(url: str, *, without_nul: bool, say: Progress) -> list[str]:
    """Copy the site into an empty PostgreSQL; what to do next, in sentences.

    Raises BackupError, and then the database is as empty as it was. The site on SQLite is never changed.
    """
    refuse_source()
    wanted = tables_of_the_models()
    with closing(source()) as here:
        with target(url) as there:
            had_tables = refuse_target(there, wanted)
        say("Looking at every row ...")
        left = refuse_unfit(here, wanted, without_nul=without_nul)
        try:
            say("Tables ...")
            manage(url, "migrate", "--verbosity=0")
            with target(url) as there, there.transaction():
                copied = copy_all(here, there, wanted, without_nul=without_nul, say=say)
        except BaseException:
            if not had_tables:
                with suppress(BackupError, psycopg.Error), target(url) as there:
                    drop_all(there)
            raise
    say("The search index ...")
    try:
        manage(url, "update_index", "--verbosity=0")
    except BackupError as error:
        left.append(f"The search index was not made ({error}). On the new database type: python manage.py update_index")
    rows = sum(count for count, _hash in copied.values())
    return [f"Copied and compared: {len(copied)} tables, {rows} rows.", *left]


def refuse_source() -> None:
    if connection.vendor != "sqlite":
        raise BackupError("This site is on PostgreSQL already: its DATABASE_URL says so.")
    upgrading.refuse_no_site()
    if any(missing_and_unknown()):
        raise BackupError("The database is not of this version. First type: python manage.py upgrade")
    refuse_running()
    connection.close()


def source() -> sqlite3.Connection:
    """One moment of the site, which this connection cannot change."""
    path = making.sqlite_path()
    file = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    file.text_factory = columns.text_of
    file.execute("BEGIN")
    return file


@contextmanager
def target(url: str) -> Iterator[psycopg.Connection]:
    """Raises BackupError for whatever the server refuses, in its words."""
    try:
        with psycopg.connect(**parameters(url), autocommit=True) as there:
            there.execute("SET statement_timeout = 0")
            there.execute("SET TIME ZONE 'UTC'")
            yield there
    except psycopg.Error as error:
        raise BackupError(f"PostgreSQL refuses: {str(error).strip()}. Nothing was moved.") from error


def parameters(url: str) -> dict[str, Any]:
    try:
        is_ours = urlsplit(url).scheme in {"postgres", "postgresql", "psql", "pgsql"}
        read = environ.Env.db_url_config(url) if is_ours else {}
    except (ImproperlyConfigured, ValueError) as error:
        raise BackupError(f"This is no address of a database ({error}). For instance: {EXAMPLE}") from error
    if not read.get("NAME"):
        raise BackupError(f"This is no address of a PostgreSQL database. For instance: {EXAMPLE}")
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}
    given = {ours: read[theirs] for theirs, ours in names.items() if read.get(theirs)}
    options = {name: value for name, value in read.get("OPTIONS", {}).items() if name not in DJANGO_ONLY}
    return {"connect_timeout": 10, **options, **given}


EXAMPLE = "postgres://passerelle@127.0.0.1:5432/passerelle"


def refuse_target(there: psycopg.Connection, wanted: list[Table]) -> bool:
    """Whether it has the tables of a site that nobody has used. Raises BackupError when it is not for us."""
    if there.info.server_version < OLDEST * 10_000:
        version = there.info.server_version // 10_000
        raise BackupError(f"This server is PostgreSQL {version}: {OLDEST} or newer is needed.")
    encoding = value_of(
        there, "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
    )
    if encoding != "UTF8":
        raise BackupError(f"This database keeps texts as {encoding}. Make one with: createdb --encoding=UTF8")
    others = value_of(there, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                             "AND pid <> pg_backend_pid() AND backend_type = 'client backend'")  # fmt: skip
    if others:
        raise BackupError(f"Somebody else is connected to that database ({others} connections).")
    names = names_in(there)
    strange = sorted(names - {table.name for table in wanted} - {f"{app}_indexentry" for app in DERIVED})
    if strange:
        raise BackupError(f"That database is not empty: it has a table {strange[0]}. Name an empty one.")
    if "accounts_user" in names and (people := value_of(there, "SELECT count(*) FROM accounts_user")):
        raise BackupError(f"That database is not empty: it has {people} accounts. Name an empty one.")
    return bool(names)


def value_of(there: psycopg.Connection, query: str) -> Any:
    row = there.execute(query.encode()).fetchone()
    return row[0] if row else None


def names_in(there: psycopg.Connection) -> set[str]:
    return {name for (name,) in there.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}


def drop_all(there: psycopg.Connection) -> None:
    """What the migrations made in a database that had no tables."""
    with there.transaction():
        for name in names_in(there):
            there.execute(sql.SQL("DROP TABLE IF EXISTS public.{} CASCADE").format(sql.Identifier(name)))


def manage(url: str, *arguments: str) -> None:
    """Run a command of ours on the other database. Raises BackupError with the last lines of what it said."""
    environment = {**os.environ, "DATABASE_URL": url}
    environment.pop("DATABASE_URL_FILE", None)
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
    done = subprocess.run(  # noqa: S603
        command, cwd=Path(settings.BASE_DIR), env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        output = " ".join((done.stderr or done.stdout).strip().splitlines()[-3:])[:600]
        raise BackupError(f"manage.py {arguments[0]} failed on the new database: {output}")


# --- before


def refuse_unfit(here: sqlite3.Connection, wanted: list[Table], *, without_nul: bool) -> list[str]:
    """What stays behind, in sentences. Raises BackupError with every value that PostgreSQL would refuse."""
    found = broken_links(here)
    for table in wanted:
        for row in rows_of(here, table):
            for value, one in zip(row, table.columns, strict=True):
                try:
                    columns.convert(value, one, without_nul=without_nul)
                except UnfitError as error:
                    found.append(told(table, row, one, error))
            if len(found) >= TOLD:
                break
    if found:
        lines = "\n".join(f"- {line}" for line in found[:TOLD])
        raise BackupError(
            f"PostgreSQL would refuse this:\n{lines}\nNothing was written. Correct it on the site, or in the file "
            f"itself (sqlite3 {making.sqlite_path()}), with the site stopped and a backup made; then type this again."
        )
    return strangers(here, wanted)


def told(table: Table, row: tuple[Any, ...], one: Column, error: UnfitError) -> str:
    key = row[[each.name for each in table.columns].index(table.key)]
    value = error.remedy.replace("{}", one.name) or "..."
    change = f"UPDATE {table.name} SET {one.name} = {value} WHERE {table.key} = {key!r};"  # noqa: S608  (to be read)
    remedy = f"{columns.LEAVE_OUT} leaves it out" if error.remedy == columns.LEAVE_OUT else change
    return f"table {table.name}, {table.key} {key!r}: {one.name} {error}. Remedy: {remedy}"


def broken_links(here: sqlite3.Connection) -> list[str]:
    """Rows that name a row which is not there: SQLite checks that only when it is asked to."""
    found = []
    for name, row, parent, _number in here.execute("PRAGMA foreign_key_check"):
        remedy = f"DELETE FROM {name} WHERE rowid = {row};"  # noqa: S608  (to be read)
        found.append(f"table {name}, row {row}: it names a row of {parent} that is not there. Remedy: {remedy}")
    return found


def strangers(here: sqlite3.Connection, wanted: list[Table]) -> list[str]:
    known = {table.name for table in wanted}
    names = [name for (name,) in here.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    left = [name for name in names if name not in known and not name.startswith(("sqlite_", *DERIVED))]
    return [f"Left behind, no table of this version: {', '.join(left)}."] if left else []


# --- copying


def rows_of(here: sqlite3.Connection, table: Table) -> Iterator[tuple[Any, ...]]:
    """In the order of their keys, so that the number of a line leads to its row."""
    name, key = tables.quote(table.name), tables.quote(table.key)
    yield from here.execute(f"SELECT {table.quoted} FROM {name} ORDER BY {key}")  # noqa: S608  (names of our models)


def copy_all(
    here: sqlite3.Connection, there: psycopg.Connection, wanted: list[Table], *, without_nul: bool, say: Progress
) -> tables.Tables:
    """Every row, compared with what was read. Raises BackupError; the transaction is the caller's."""
    emptied = sql.SQL(", ").join(sql.Identifier(name) for name in sorted(names_in(there)))
    there.execute(sql.SQL("TRUNCATE {}").format(emptied))  # what the migrations wrote: it comes with the rows
    there.execute("SET CONSTRAINTS ALL DEFERRED")
    copied: tables.Tables = {}
    for table in wanted:
        copied[table.name] = fill(here, there, table, without_nul=without_nul)
        say(f"{table.name}: {copied[table.name][0]} rows")
    there.execute("SET CONSTRAINTS ALL IMMEDIATE")
    say("Comparing ...")
    wrong = tables.differences(copied, {table.name: found_in(there, table) for table in wanted})
    if wrong:
        raise BackupError(f"PostgreSQL did not keep what it was given: {'; '.join(wrong[:5])}. Nothing was moved.")
    go_on_counting(here, there, wanted)
    return copied


def fill(here: sqlite3.Connection, there: psycopg.Connection, table: Table, *, without_nul: bool) -> list[Any]:
    given = Sum()
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(sql.Identifier(one.name) for one in table.columns)
    )
    try:
        with there.cursor() as cursor, cursor.copy(command) as lines:
            for row in rows_of(here, table):
                values = [
                    columns.convert(value, one, without_nul=without_nul)
                    for value, one in zip(row, table.columns, strict=True)
                ]
                given.add(values)
                lines.write_row([str(value) if isinstance(value, Json) else value for value in values])
    except psycopg.Error as error:
        raise BackupError(
            f"PostgreSQL refuses a row of {table.name}{key_of_line(here, table, error.diag.context or '')}: "
            f"{error.diag.message_primary or error}. {error.diag.message_detail or ''} Correct it, or the row that "
            "stands in its way, on the site; then type this again. Nothing was moved."
        ) from error
    return given.result()


def key_of_line(here: sqlite3.Connection, table: Table, context: str) -> str:
    """Of the row that the server refused: it says the number of its line ("COPY people, line 5")."""
    match = re.search(r", line (\d+)", context)
    row = next(islice(rows_of(here, table), int(match[1]) - 1, None), None) if match else None
    return f", {table.key} {row[[one.name for one in table.columns].index(table.key)]!r}" if row else ""


def found_in(there: psycopg.Connection, table: Table) -> list[Any]:
    """What the table holds now, counted as what was given to it."""
    found = Sum()
    asked = sql.SQL(", ").join(
        sql.SQL("{}::text" if one.kind == "jsonb" else "{}").format(sql.Identifier(one.name)) for one in table.columns
    )
    as_json = [one.kind == "jsonb" for one in table.columns]
    with there.cursor(name="found") as cursor:
        cursor.itersize = 2000
        cursor.execute(sql.SQL("SELECT {} FROM {}").format(asked, sql.Identifier(table.name)))
        for row in cursor:
            found.add(Json(value) if is_json and value is not None else value
                      for value, is_json in zip(row, as_json, strict=True))  # fmt: skip
    return found.result()


def go_on_counting(here: sqlite3.Connection, there: psycopg.Connection, wanted: list[Table]) -> None:
    """The next row gets the number it would have got: one that was deleted is not given again."""
    last = dict(here.execute("SELECT name, seq FROM sqlite_sequence"))
    for table in wanted:
        names = {"table": f'"{table.name}"', "key": table.key}
        row = there.execute("SELECT pg_get_serial_sequence(%(table)s, %(key)s)", names).fetchone()
        if row and row[0]:
            number = last.get(table.name) or 0
            there.execute("SELECT setval(%s, %s, %s)", [row[0], max(number, 1), number > 0])
