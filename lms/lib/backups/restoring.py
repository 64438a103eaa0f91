"""Bring a backup back: everything is checked before anything is touched, and what was there is put aside.

The database goes into its place at once, whole and compared with the manifest; files are unpacked beside their place
and then renamed. What follows is what a copy cannot know: sessions that had ended, people who were erased meanwhile.
"""

import errno
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, storages
from django.db import DatabaseError, connection
from django.utils import timezone

from lms.lib import sweeps
from lms.lib.backups import erasures, keys, making, postgres, tables
from lms.lib.backups.archive import (
    FOLDERS,
    KEYS,
    BackupError,
    Manifest,
    Progress,
    megabytes,
    opened,
    refuse_without_room,
    unpack,
)
from lms.lib.backups.running import refuse_running
from lms.lib.durable import synchronise
from lms.lib.schema_versions import migrations_of_the_code

EVERYTHING = "everything"
"""What is typed after --replace by who means it."""
STAGE, ASIDE = ".restore-", ".before-restore-"


@dataclass
class Choices:
    """What the command line asks for."""

    replace: str = ""
    without_keys: bool = False
    erasures: Path | None = None


def check(file: Path, *, say: Progress = lambda line: None) -> Manifest:
    """Judge a backup without a site: every member, the database opened and counted. Raises BackupError."""
    with opened(file) as (archive, manifest):
        say(f"Made {manifest.made_at} of {manifest.site}, version {manifest.version} {manifest.commit[:12]}".rstrip())
        with tempfile.TemporaryDirectory(prefix="passerelle-check-") as folder:
            size = manifest.files[manifest.database][0]
            refuse_without_room(Path(folder), size, "a look at the database")
            copy = extract(archive, manifest, manifest.database, Path(folder) / "database")
            say(check_database(copy, manifest))
        for name in manifest.files:
            if name != manifest.database:
                unpack(archive, manifest, name, None)
        say(f"Files: {len(manifest.files) - 1}, {megabytes(manifest.size - size)}, as the manifest says.")
    return manifest


def check_database(copy: Path, manifest: Manifest) -> str:
    """What was found, in a sentence. Raises BackupError when it is not what the manifest says."""
    if manifest.vendor == "sqlite":
        refuse_differences(manifest, tables.of_sqlite(copy))
        return f"Database (SQLite): sound, {len(manifest.tables)} tables, {manifest.rows} rows, as the manifest says."
    try:
        postgres.program("pg_restore", int(manifest.database_version))
    except (BackupError, ValueError) as error:
        return f"Database (PostgreSQL): as the manifest says, not opened. {error}"
    postgres.check_dump(copy, int(manifest.database_version))
    counted = f"{len(manifest.tables)} tables, {manifest.rows} rows when it was made"
    return f"Database (PostgreSQL): pg_restore reads it; {counted}."


def refuse_differences(manifest: Manifest, found: tables.Tables) -> None:
    wrong = tables.differences(manifest.tables, found)
    if wrong:
        raise BackupError(f"The database is not what the manifest says: {'; '.join(wrong[:5])}. Take another copy.")


def extract(archive: zipfile.ZipFile, manifest: Manifest, name: str, path: Path) -> Path:
    with path.open("xb") as target:
        unpack(archive, manifest, name, target)
        target.flush()
        os.fsync(target.fileno())
    return path


def take_keys(file: Path) -> Path:
    """Write the keys that a backup holds to DATA_DIR/secret_key. Raises BackupError."""
    with opened(file) as (archive, manifest), tempfile.TemporaryDirectory(prefix="passerelle-keys-") as folder:
        if KEYS not in manifest.files:
            raise BackupError("This backup holds no keys: it was made without --with-keys.")
        held = json.loads(extract(archive, manifest, KEYS, Path(folder) / "keys").read_text())
        path = Path(settings.DATA_DIR) / "secret_key"
        if path.exists() and path.read_text().strip() != str(held["key"]):
            path.rename(path.with_name(f"secret_key.{timezone.now():%Y%m%dT%H%M%S}"))
        path.write_text(str(held["key"]))
        path.chmod(0o600)
    return path


# --- the whole way


def restore(file: Path, choices: Choices, *, say: Progress = lambda line: None) -> list[str]:
    """Bring the backup back; what else was done, in sentences. Raises BackupError, and then nothing has changed."""
    try:
        with opened(file) as (archive, manifest):
            say(f"Made {manifest.made_at}, {manifest.rows} rows, {len(manifest.files) - 1} files.")
            refuse_unfit(manifest, choices)
            with ExitStack() as stack:
                was_empty, older = not what_is_here(), put_aside()
                bring_back(archive, manifest, stack, say)
    except OSError as error:
        text = "No room is left on the disk" if error.errno == errno.ENOSPC else str(error)
        raise BackupError(f"{text}. Nothing was changed.") from error
    if was_empty:
        for path in set(put_aside()) - set(older):  # the tables of a site that nobody has used
            shutil.rmtree(path, ignore_errors=True)
    say("Database and files are back.")
    return finish(manifest, choices)


def refuse_unfit(manifest: Manifest, choices: Choices) -> None:
    """Raises BackupError when this site is not the place for this backup."""
    if manifest.vendor != connection.vendor:
        raise BackupError(
            f"This backup is of a site on {manifest.vendor}, this one is on {connection.vendor}: restore it on "
            f"{manifest.vendor}. From SQLite to PostgreSQL leads: python manage.py move_to_postgresql"
        )
    refuse_other_version(manifest)
    if not choices.without_keys:
        keys.refuse_other_keys(manifest, are_inside=KEYS in manifest.files)
    refuse_running()
    if manifest.vendor == "postgresql":
        theirs, here = int(manifest.database_version), postgres.server_version()
        if here < theirs:
            raise BackupError(
                f"This backup was made by PostgreSQL {theirs}, this server is {here}: use {theirs} or newer."
            )
        postgres.program("pg_restore", here)
        postgres.program("psql", here)
    if choices.replace not in {"", EVERYTHING}:
        raise BackupError(f"To replace what this site holds, type the word in full: --replace {EVERYTHING}")
    what = what_is_here()
    if what and not choices.replace:
        raise BackupError(
            f"This site is not empty: {what}. Restore into an empty DATA_DIR and database, or replace what is here: "
            f"--replace {EVERYTHING}"
        )
    refuse_without_room_for(manifest)


def refuse_other_version(manifest: Manifest) -> None:
    replaced, known, _apps = migrations_of_the_code()
    ours = {name.partition(".")[0] for name in replaced}
    theirs = {name for name in manifest.migrations if name.partition(".")[0] in ours}
    version = f"{manifest.version} {manifest.commit[:12]}".rstrip()
    if newer := sorted(theirs - known):
        raise BackupError(
            f"This backup was made by a newer version of Passerelle ({version}; {newer[0]} is unknown here). Install "
            "that version, then restore."
        )
    missing = [name for name, others in replaced.items() if name not in theirs and not (others and others <= theirs)]
    if missing:
        raise BackupError(
            f"This backup was made by an older version of Passerelle ({version}; without {sorted(missing)[0]}). "
            "Install that version, restore, then upgrade: python manage.py upgrade"
        )


def what_is_here() -> str:
    """What a restore would replace, in words; "" for a site that nobody has used yet."""
    found = []
    try:
        if get_user_model()._meta.db_table in connection.introspection.table_names():
            people = get_user_model()._base_manager.count()
            found += [f"{people} accounts"] if people else []
    except DatabaseError as error:
        raise BackupError(f"The database does not answer: {error}") from error
    for folder, alias in FOLDERS.items():
        first = next(making.names_in(storages[alias]), "") if is_there(alias) else ""
        found += [f"files in {folder} ({first})"] if first else []
    return ", ".join(found)


def is_there(alias: str) -> bool:
    storage = storages[alias]
    return not isinstance(storage, FileSystemStorage) or Path(storage.location).is_dir()


def refuse_without_room_for(manifest: Manifest) -> None:
    """Each disk has room for what goes there; several folders of one disk are added up."""
    needed: dict[int, tuple[Path, int]] = {}

    def add(folder: Path, size: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        disk = folder.stat().st_dev
        needed[disk] = (folder, needed.get(disk, (folder, 0))[1] + size)

    add(place_of_database(manifest), manifest.files[manifest.database][0])
    for folder, alias in FOLDERS.items():
        storage = storages[alias]
        if isinstance(storage, FileSystemStorage):
            add(Path(storage.location), sum(manifest.files[name][0] for name in manifest.members(folder)))
    for folder_, size in needed.values():
        refuse_without_room(folder_, size, "what this backup holds")


def place_of_database(manifest: Manifest) -> Path:
    return making.sqlite_path().parent if manifest.vendor == "sqlite" else Path(tempfile.gettempdir())


def bring_back(archive: zipfile.ZipFile, manifest: Manifest, stack: ExitStack, say: Progress) -> None:
    """Unpack all, then change places; whatever fails on the way puts back what was there."""
    stage = Path(stack.enter_context(staged(place_of_database(manifest))))
    say("Database ...")
    copy = extract(archive, manifest, manifest.database, stage / "database")
    if manifest.vendor == "sqlite":
        refuse_differences(manifest, tables.of_sqlite(copy))
    swaps: list[Callable[[], Iterator[None]]] = []
    for folder, alias in FOLDERS.items():
        storage = storages[alias]
        say(f"{folder}: {len(manifest.members(folder))} files ...")
        if isinstance(storage, FileSystemStorage):
            root = Path(storage.location)
            inner = Path(stack.enter_context(staged(root)))
            unpack_folder(archive, manifest, folder, inner)
            swaps.append(lambda root=root, inner=inner: swap_folder(root, inner))  # type: ignore[misc]
        else:
            upload(archive, manifest, folder, alias, stage)
    with ExitStack() as undo:
        for swap in swaps:
            undo.enter_context(contextmanager(swap)())
        put_database(copy, manifest)


@contextmanager
def staged(parent: Path) -> Iterator[str]:
    parent.mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(prefix=STAGE, dir=parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unpack_folder(archive: zipfile.ZipFile, manifest: Manifest, folder: str, target: Path) -> None:
    made = {target}
    for name in manifest.members(folder):
        path = target / name.removeprefix(f"{folder}/")
        path.parent.mkdir(parents=True, exist_ok=True)
        extract(archive, manifest, name, path)
        made |= {one for one in path.parents if one.is_relative_to(target)}
    for one in made:
        synchronise(one)


def upload(archive: zipfile.ZipFile, manifest: Manifest, folder: str, alias: str, stage: Path) -> None:
    """Into a storage elsewhere, name by name: a file there of the same name and size is the same one."""
    storage = storages[alias]
    for name in manifest.members(folder):
        short = name.removeprefix(f"{folder}/")
        if storage.exists(short):
            if storage.size(short) == manifest.files[name][0]:
                continue
            storage.delete(short)
        with extract(archive, manifest, name, stage / "file").open("rb") as source:
            saved = storage.save(short, File(source, name=short))
        (stage / "file").unlink()
        if saved != short:
            raise BackupError(f"The storage keeps {short} under another name ({saved}). Nothing else was changed.")


def swap_folder(root: Path, inner: Path) -> Iterator[None]:
    """What was unpacked takes the place of what is there, entry by entry: ``root`` itself may be a disk of its own.

    What was there lies in a folder beside, and comes back when the body of ``with`` raises.
    """
    aside = root / f"{ASIDE}{timezone.now():%Y%m%dT%H%M%S}"
    old = [one for one in root.iterdir() if not one.name.startswith(".")]
    moved: list[tuple[Path, Path]] = []
    try:
        for source, folder in [*((one, aside) for one in old), *((one, root) for one in inner.iterdir())]:
            folder.mkdir(exist_ok=True)
            source.rename(folder / source.name)
            moved.append((source, folder / source.name))
        synchronise(root)
        yield
    except BaseException:
        for source, target in reversed(moved):
            target.rename(source)
        with suppress(OSError):
            aside.rmdir()
        raise


def put_database(copy: Path, manifest: Manifest) -> None:
    """The last step: after it the site is the one of the backup."""
    if manifest.vendor == "postgresql":
        replace_postgres(copy, manifest)
        return
    path = making.sqlite_path()
    connection.close()
    here = [one for one in making.sqlite_files(path) if one.exists()]
    if here:
        aside = path.parent / f"{ASIDE}{timezone.now():%Y%m%dT%H%M%S}"
        aside.mkdir(exist_ok=True)
        for one in here:
            one.rename(aside / one.name)
    try:
        copy.rename(path)
    except OSError:
        for one in here:
            (aside / one.name).rename(one)
        raise
    synchronise(path.parent)


def replace_postgres(copy: Path, manifest: Manifest) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        old = [name for (name,) in cursor.fetchall()]
    connection.close()
    before = "".join(f"DROP TABLE IF EXISTS public.{tables.quote(name)} CASCADE;\n" for name in old)
    after = [f"{tables.PLAIN_OUTPUT};\n"]
    for name, (count, digest) in manifest.tables.items():
        query = tables.postgres_query(tables.quote(name))
        after.append(
            f"DO $judge$ DECLARE found record; BEGIN SELECT * INTO found FROM ({query}) AS one(count, digest); "  # noqa: S608
            f"IF found.count <> {int(count)} OR found.digest <> '{digest}' THEN RAISE EXCEPTION "
            f"'table % has % rows and is not what the manifest says', {literal(name)}, found.count; "
            "END IF; END $judge$;\n"
        )
    postgres.replace_all(copy, before, "".join(after))


def literal(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


# --- afterwards


def finish(manifest: Manifest, choices: Choices) -> list[str]:
    """What must not come back with the backup; and what the operator should know."""
    report = [end_sessions()]
    for cache in caches.all(initialized_only=False):
        cache.clear()
    empty_queue()
    moment = datetime.fromisoformat(manifest.made_at)
    report += erasures.replay(moment, *([choices.erasures] if choices.erasures else []))
    sweeps.run(*(sweep for name, sweep in sorted(sweeps.SWEEPS.items()) if "purge" in name))
    report.append("What had to be deleted by its time was deleted again.")
    if manifest.absent:
        report.append(
            f"Files that were missing when the backup was made: {len(manifest.absent)} ({manifest.absent[0]} ...)."
        )
    kept = put_aside()
    if kept:
        report.append(f"What was here before lies in {', '.join(map(str, kept))}. Delete it when all is well.")
    return report


def end_sessions() -> str:
    """Everybody signs in again: a session that had ended since (a new PIN, a stolen phone) would live again."""
    session = apps.get_model("sessions", "Session")
    count = session._base_manager.count()
    session._base_manager.all().delete()
    apps.get_model("accounts", "SignIn")._base_manager.filter(ended_at=None).update(ended_at=timezone.now())
    return f"Sessions ended: {count}. Everybody signs in again."


def empty_queue() -> None:
    """Calls of another time: the sweeps bring what is to be done."""
    folder = Path(str(settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("data_folder_out", "")) or "/nowhere")
    for file in folder.iterdir() if folder.is_dir() else ():
        if file.is_file():
            file.unlink(missing_ok=True)


def put_aside() -> list[Path]:
    """What restores have put aside on this machine, and nobody has deleted yet."""
    parents = [Path(str(one.location)) for one in (storages[alias] for alias in FOLDERS.values())
               if isinstance(one, FileSystemStorage)]  # fmt: skip
    if connection.vendor == "sqlite":
        parents.append(Path(str(connection.settings_dict["NAME"])).parent)
    return [one for parent in dict.fromkeys(parents) for one in sorted(parent.glob(f"{ASIDE}*"))]
