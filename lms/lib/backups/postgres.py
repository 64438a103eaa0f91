"""PostgreSQL's own programs: found in the version of the server, told where it is, their faults in a sentence."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.db import connection

from lms.lib.backups.archive import CHUNK, BackupError
from lms.lib.numbers import read_number

INSTALLED = Path("/usr/lib/postgresql")  # Debian and Ubuntu: one folder for each version


def server_version() -> int:
    """15 for PostgreSQL 15.18."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def program(name: str, version: int) -> Path:
    """``pg_dump``, ``pg_restore`` or ``psql`` of this version, or the next newer one. Raises BackupError."""
    installed = {read_number(path.parent.parent.name): path for path in INSTALLED.glob(f"*/bin/{name}")}
    found = {number: path for number, path in installed.items() if number is not None}
    elsewhere = shutil.which(name)
    if elsewhere is not None and (theirs := version_of(elsewhere)) is not None:
        found.setdefault(theirs, Path(elsewhere))
    fitting = [number for number in sorted(found) if number >= version]
    if not fitting:
        here = f"only version {max(found)} is here" if found else "it is not installed"
        raise BackupError(
            f"The program {name} of PostgreSQL {version} is needed: {here}. "
            f"Type: sudo apt-get install postgresql-client-{version}"
        )
    return found[fitting[0]]


def version_of(path: str) -> int | None:
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    match = re.search(r"\) (\d+)", answer)
    return int(match[1]) if match else None


def where() -> tuple[list[str], dict[str, str]]:
    """Arguments and environment that lead one of the programs to the site's database."""
    settings: dict[str, Any] = connection.settings_dict
    options: dict[str, Any] = settings["OPTIONS"]
    arguments = ["--no-password"]
    for name, option in (("HOST", "--host"), ("PORT", "--port"), ("USER", "--username")):
        if settings[name]:
            arguments.append(f"{option}={settings[name]}")
    arguments.append(f"--dbname={settings['NAME']}")
    names = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
             "passfile": "PGPASSFILE", "service": "PGSERVICE"}  # fmt: skip
    environment = {**os.environ, **{names[key]: str(value) for key, value in options.items() if key in names}}
    if settings["PASSWORD"]:
        environment["PGPASSWORD"] = str(settings["PASSWORD"])
    environment["PGCONNECT_TIMEOUT"] = "10"
    environment["PGOPTIONS"] = ""
    return arguments, environment


@contextmanager
def dumped(snapshot: str) -> Iterator[IO[bytes]]:
    """What ``pg_dump`` says of the database as this snapshot sees it. Raises BackupError at the end if it failed."""
    arguments, environment = where()
    command = [str(program("pg_dump", server_version())), *arguments, "--format=custom", "--compress=0",
               "--schema=public", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]  # fmt: skip
    with tempfile.TemporaryFile() as complaints:
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, env=environment)  # noqa: S603
        try:
            assert running.stdout is not None  # noqa: S101  (for the type checker: a pipe was asked for)
            with running.stdout as output:
                yield output
        finally:
            if running.poll() is None and running.stdout and not running.stdout.closed:
                running.kill()
            status = running.wait()
        if status:
            raise BackupError(f"pg_dump failed: {first_lines(complaints)}")


def first_lines(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    lines = complaints.read(20_000).decode(errors="replace").strip().splitlines()
    return " ".join(lines[:3])[:500] or "it says nothing"


def check_dump(path: Path, version: int) -> None:
    """Let ``pg_restore`` read the whole of a dump, and write nothing. Raises BackupError."""
    command = [str(program("pg_restore", version)), "--file=/dev/null", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(f"pg_restore cannot read the dump of the database: {done.stderr.strip()[:500]}")


def replace_all(dump: Path, before: str, after: str) -> None:
    """Put a dump in the place of what the schema ``public`` holds, in one transaction: all of it, or nothing.

    ``before`` and ``after`` are SQL of the same transaction: what removes the old tables, what judges the new ones.
    Raises BackupError.
    """
    version = server_version()
    arguments, environment = where()
    script = [str(program("pg_restore", version)), "--file=-", "--no-owner", "--no-privileges", "--schema=public",
              str(dump)]  # fmt: skip
    shell = [str(program("psql", version)), *arguments, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1",
             "--set=VERBOSITY=terse", "--file=-"]  # fmt: skip
    with tempfile.TemporaryFile() as complaints, tempfile.TemporaryFile() as others:
        reader = subprocess.Popen(script, stdout=subprocess.PIPE, stderr=others)  # noqa: S603
        writer = subprocess.Popen(  # noqa: S603
            shell, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints, env=environment
        )
        assert reader.stdout is not None and writer.stdin is not None  # noqa: S101, PT018  (pipes were asked for)
        try:
            with reader.stdout, writer.stdin:
                writer.stdin.write(b"BEGIN;\n" + before.encode())
                while chunk := reader.stdout.read(CHUNK):
                    writer.stdin.write(chunk)
                if reader.wait() == 0:  # else psql meets the end of its script inside the transaction: nothing happened
                    writer.stdin.write(after.encode() + b"COMMIT;\n")
        except BrokenPipeError:
            reader.kill()
        finally:
            if reader.poll() is None:
                reader.kill()
            reader.wait()
            status = writer.wait()
        if status or reader.returncode:
            why = f"{first_lines(complaints)} {first_lines(others)}"
            raise BackupError(f"The database was not restored, nothing was changed: {why}")
