"""Make a backup while the site runs: the database as it is at one moment, then every file that its rows can name.

Files are on the disk before the row that names them, and never change under their name (``lms.lib.durable``,
``lms.lib.media``): whatever the database of the backup names is there when it is copied after it. What was deleted in
between is listed as absent. The file of the backup appears when it is complete and on the disk, or not at all.
"""

import fcntl
import io
import json
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from lms.lib.backups import keys, postgres, releases, tables
from lms.lib.backups.archive import (
    FOLDERS,
    KEYS,
    BackupError,
    Manifest,
    Progress,
    Writer,
    megabytes,
    refuse_without_room,
    safe_member,
)
from lms.lib.durable import place
from lms.lib.schema_versions import missing_and_unknown

UNFINISHED = ".backup-"
"""How the folder of a backup that is being made begins; one that a dead process left goes with the next backup."""
EACH_SECONDS = 5  # between two lines about files


def make(file: Path, *, with_keys: bool = False, say: Progress = lambda line: None) -> Manifest:
    """Write a backup of this site to ``file``, which must not exist yet. Raises BackupError."""
    file = file.absolute()
    if os.path.lexists(file):
        raise BackupError(f"{file} exists already: a backup overwrites nothing. Choose another name.")
    if not file.parent.is_dir():
        raise BackupError(f"There is no folder {file.parent}. Make it first, on a disk of its own if you can.")
    try:
        remove_unfinished(file.parent)
        with workplace(file.parent) as folder:
            manifest = write(folder, file, with_keys=with_keys, say=say)
    except OSError as error:
        raise BackupError(
            f"The backup could not be written: {error}. Nothing is left of it. If the disk is full, make room, or "
            "choose a file on another one."
        ) from error
    say(f"{file}: {megabytes(file.stat().st_size)}, {manifest.rows} rows, {len(manifest.files) - 1} files.")
    return manifest


def write(folder: Path, file: Path, *, with_keys: bool, say: Progress) -> Manifest:
    manifest = describe()
    refuse_without_room(folder, size_of_database() * 2, "the backup")
    draft = folder / "archive"
    writer = Writer(draft)
    try:
        say("Database ...")
        add_database(writer, manifest, folder, say)
        names = add_files(writer, say)
        manifest.absent = absent_files(names)
        if manifest.absent:
            say(f"Files that rows name and no storage has: {len(manifest.absent)} ({manifest.absent[0]} ...).")
        if with_keys:
            held = json.dumps({"key": settings.SECRET_KEY, "older": settings.SECRET_KEY_FALLBACKS}).encode()
            writer.add(KEYS, io.BytesIO(held), packed=False)
        writer.finish(manifest)
    finally:
        writer.close()
    try:
        place(draft, file)
    except FileExistsError:
        raise BackupError(f"{file} has appeared meanwhile: a backup overwrites nothing.") from None
    return manifest


# --- where it is made


@contextmanager
def workplace(parent: Path) -> Iterator[Path]:
    """A folder on the disk of the backup, held by a lock as long as this process lives, and then removed."""
    folder = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=parent))
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)


def unfinished(parent: Path) -> list[Path]:
    """What backups that were killed left there: nobody holds its lock."""
    found = []
    for folder in sorted(parent.glob(f"{UNFINISHED}*")):
        with suppress(OSError), ExitStack() as stack:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            found.append(folder)
    return found


def remove_unfinished(parent: Path) -> int:
    left = unfinished(parent)
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(left)


# --- what it says of itself


def describe() -> Manifest:
    """Everything of the manifest but what is read from tables and files. Raises BackupError."""
    try:
        recorder = MigrationRecorder(connection)
        if not recorder.has_table():
            raise BackupError("There is nothing to back up: this database holds no site.")
        applied = sorted(f"{app}.{name}" for app, name in recorder.applied_migrations())
    except DatabaseError as error:
        raise BackupError(f"The database does not answer: {error}") from error
    key, older = keys.ours()
    release = releases.of_the_database() if any(missing_and_unknown()) else releases.of_the_code()
    return Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        site=settings.BASE_URL,
        version=release.version,
        commit=release.commit,
        vendor=connection.vendor,
        database_version=database_version(),
        migrations=applied,
        key=key,
        older_keys=older,
    )


def database_version() -> str:
    return sqlite3.sqlite_version if connection.vendor == "sqlite" else str(postgres.server_version())


def size_of_database() -> int:
    """Bytes, about."""
    if connection.vendor == "sqlite":
        return sum(path.stat().st_size for path in sqlite_files(sqlite_path()) if path.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0]) // 2  # the half of it is indexes, which a dump leaves out


def sqlite_path() -> Path:
    """Raises BackupError for a database in memory."""
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or "mode=memory" in name:
        raise BackupError("This database lives in memory only.")
    return Path(name)


def sqlite_files(path: Path) -> list[Path]:
    return [path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")]


# --- database


def add_database(writer: Writer, manifest: Manifest, folder: Path, say: Progress) -> None:
    if connection.vendor == "sqlite":
        copy = folder / manifest.database
        copy_sqlite(sqlite_path(), copy)
        manifest.tables = tables.of_sqlite(copy)
        with copy.open("rb") as source:
            writer.add(manifest.database, source, packed=True)
        copy.unlink()
    else:
        connection.close()  # a snapshot can only be handed on by a transaction that has none above it
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            with postgres.dumped(str(cursor.fetchone()[0])) as source:
                writer.add(manifest.database, source, packed=True)
            manifest.tables = tables.of_postgres(cursor)
    say(f"Database: {len(manifest.tables)} tables, {manifest.rows} rows.")


def copy_sqlite(path: Path, copy: Path) -> None:
    """The database as it is at one moment, in one step: with pauses it would begin again at each write."""
    try:
        with closing(sqlite3.connect(path, timeout=60)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target, pages=-1)
            target.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise BackupError(f"The database could not be copied: {error}") from error


# --- files


def add_files(writer: Writer, say: Progress) -> dict[str, set[str]]:
    """Copy every file of the storages; their names, by the alias of the storage."""
    seen: dict[str, set[str]] = {alias: set() for alias in FOLDERS.values()}
    count, size, told = 0, 0, time.monotonic()
    for folder, alias in FOLDERS.items():
        storage = storages[alias]
        for name in sorted(names_in(storage)):
            if not safe_member(f"{folder}/{name}"):
                say(f"Left out, no file of ours: {name!r}")
                continue
            try:
                source = storage.open(name)
            except FileNotFoundError:  # deleted since it was listed
                continue
            with source:
                writer.add(f"{folder}/{name}", source, packed=False)
            seen[alias].add(name)
            count, size = count + 1, size + writer.files[f"{folder}/{name}"][0]
            if time.monotonic() - told > EACH_SECONDS:
                told = time.monotonic()
                say(f"Files: {count}, {megabytes(size)} ...")
    say(f"Files: {count}, {megabytes(size)}.")
    return seen


def names_in(storage: Storage, folder: str = "") -> Iterator[str]:
    """Every file of a storage, without those whose path begins with a dot: they are of a moment, and no row's."""
    if isinstance(storage, FileSystemStorage):
        root = Path(storage.location)
        for place_, folders, names in os.walk(root):
            inner = Path(place_).relative_to(root)
            if inner == Path():
                folders[:] = [one for one in folders if not one.startswith(".")]
                names = [one for one in names if not one.startswith(".")]
            yield from ((inner / name).as_posix() for name in names if not (Path(place_) / name).is_symlink())
        return
    folders, names = storage.listdir(folder)
    prefix = f"{folder}/" if folder else ""
    yield from (f"{prefix}{name}" for name in names if name and not (prefix == "" and name.startswith(".")))
    for inner_folder in folders:
        yield from names_in(storage, f"{prefix}{inner_folder}")


def absent_files(there: dict[str, set[str]]) -> list[str]:
    """Files that rows name and that no storage has; none where the tables are of another version than the models."""
    if any(missing_and_unknown()):
        return []
    absent = []
    for alias, name in named_files():
        if name not in there.get(alias, set()) and not storages[alias].exists(name):
            absent.append(name)
    return sorted(set(absent))


def named_files() -> Iterator[tuple[str, str]]:
    """Alias of the storage and name of every file that a row names."""
    aliases: dict[Any, str] = {id(storages[alias]): alias for alias in FOLDERS.values()}
    for model in apps.get_models(include_auto_created=True):
        for column in model._meta.concrete_fields:
            if not isinstance(column, models.FileField) or column.model is not model or not model._meta.managed:
                continue
            alias = aliases.get(id(column.storage), "default")
            rows = model._base_manager.exclude(**{column.attname: ""}).exclude(**{column.attname: None})
            yield from ((alias, str(name)) for name in rows.values_list(column.attname, flat=True).iterator())
