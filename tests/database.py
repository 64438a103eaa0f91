"""A test database that is migrated once and copied for every worker and, on SQLite, for every later run.

What commits in earnest (``transaction=True``, ``live_server``) is undone by a copy of what every test begins with:
quicker than Django's flush, and rows that migrations made (the root page, the root collection, languages) are there
again for whatever test comes next.
"""

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase

FOLDER = Path(__file__).resolve().parent.parent / "var" / "test-db"


def migrations_fingerprint() -> str:
    digest = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda c: c.label):
        for file in sorted(Path(config.path).glob("migrations/*.py")):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def migrated_file() -> Path:
    """On SQLite, what every test database is copied from."""
    return FOLDER / f"{migrations_fingerprint()}.sqlite3"


class SqliteTemplate:
    """A file that is copied. Beside the project it serves later runs too, as long as no migration changes."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def exists(self) -> bool:
        return self.file.exists()

    def copy(self, name: str) -> None:
        connection.close()
        with closing(sqlite3.connect(self.file)) as source, closing(sqlite3.connect(name)) as target:
            source.backup(target)

    def keep(self) -> None:
        fresh = self.file.with_suffix(".fresh")
        fresh.unlink(missing_ok=True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(fresh)])
        fresh.replace(self.file)


class PostgresTemplate:
    """A database of the same server, which is thrown away after the run."""

    def __init__(self, name: str) -> None:
        self.name = name

    def exists(self) -> bool:
        with self.server() as server:
            return bool(server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name]).fetchone())

    def copy(self, name: str) -> None:
        connection.close()
        self.create(name, self.name)

    def keep(self) -> None:
        connection.close()  # a database with somebody inside cannot be copied
        self.create(self.name, connection.settings_dict["NAME"])

    def create(self, name: str, template: str) -> None:
        words = (psycopg.sql.Identifier(name), psycopg.sql.Identifier(template))
        with self.server() as server:
            server.execute(psycopg.sql.SQL("DROP DATABASE IF EXISTS {}").format(words[0]))
            server.execute(psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*words))

    def server(self) -> psycopg.Connection:
        return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


@contextmanager
def migrated_once() -> Iterator[SqliteTemplate | PostgresTemplate]:
    """The template, held alone: the first worker fills it while the others of that database wait."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{connection.vendor}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if connection.vendor == "sqlite":
            yield SqliteTemplate(migrated_file())
        else:
            yield PostgresTemplate(f"template_{migrations_fingerprint()}")


class Rows:
    """The rows of a PostgreSQL database: few are changed by a test, and a database takes a second to copy."""

    def __init__(self) -> None:
        self.kept = {}
        for table in self.filled():
            with connection.cursor() as cursor, cursor.copy(self.say("COPY {} TO STDOUT", table)) as rows:
                self.kept[table] = b"".join(bytes(part) for part in rows)

    def put_back(self) -> None:
        connection.close()  # whatever a test left there: a transaction, a role
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # rows come and go in any order
            for table in self.filled():
                cursor.execute(self.say("DELETE FROM {}", table))
            for table, rows in self.kept.items():
                with cursor.copy(self.say("COPY {} FROM STDIN", table)) as target:
                    target.write(rows)
        connection.close()

    def filled(self) -> list[str]:
        tables = connection.introspection.table_names()
        parts = [self.say("SELECT {} WHERE EXISTS (SELECT FROM {})", psycopg.sql.Literal(t), t) for t in tables]
        with connection.cursor() as cursor:
            cursor.execute(psycopg.sql.SQL(" UNION ALL ").join(parts))
            return [name for (name,) in cursor.fetchall()]

    def say(self, sql: str, *names: Any) -> psycopg.sql.Composed:
        words = [psycopg.sql.Identifier(name) if isinstance(name, str) else name for name in names]
        return psycopg.sql.SQL(sql).format(*words)


@contextmanager
def as_it_is_now() -> Iterator[None]:
    """Until the end, every test that committed puts back what the database holds now."""
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        file = SqliteTemplate(settings.DATA_DIR / "as-it-was.sqlite3")
        file.keep()
        put_back = partial(file.copy, name)
    else:
        put_back = Rows().put_back
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda test: put_back())
        yield
