"""A test database that is migrated once and copied for every worker and, on SQLite, for every later run."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connection

FOLDER = Path(__file__).resolve().parent.parent / "var" / "test-db"


def migrations_fingerprint() -> str:
    digest = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda c: c.label):
        for file in sorted(Path(config.path).glob("migrations/*.py")):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


class SqliteTemplate:
    """A file beside the project: it serves later runs too, as long as no migration changes."""

    def __init__(self) -> None:
        self.file = FOLDER / f"{migrations_fingerprint()}.sqlite3"

    def exists(self) -> bool:
        return self.file.exists()

    def copy(self) -> None:
        shutil.copyfile(self.file, settings.DATABASES["default"]["TEST"]["NAME"])

    def keep(self) -> None:
        fresh = self.file.with_suffix(".fresh")
        fresh.unlink(missing_ok=True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(fresh)])
        fresh.replace(self.file)


class PostgresTemplate:
    """A database of the same server, which is thrown away after the run."""

    def __init__(self) -> None:
        self.name = f"template_{migrations_fingerprint()}"

    def exists(self) -> bool:
        with self.server() as server:
            return bool(server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name]).fetchone())

    def copy(self) -> None:
        self.create(connection.creation._get_test_db_name(), self.name)

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
    """The template, held alone: the first worker fills it while the others wait."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield SqliteTemplate() if connection.vendor == "sqlite" else PostgresTemplate()
