"""Which version of Passerelle is here, and which one last prepared the database: a rollback needs the second."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import tomllib
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from lms.lib.durable import synchronise
from lms.lib.schema_versions import migrations_of_the_code

NAME = "release.json"


@dataclass(frozen=True)
class Release:
    """``migrations``: a hash of their names, which tells two versions apart where no revision is known."""

    version: str
    commit: str
    migrations: str

    def __str__(self) -> str:
        return f"{self.version} {self.commit[:12]}".rstrip()


UNKNOWN = Release("unknown", "", "")


def of_the_code() -> Release:
    names = "\n".join(sorted(migrations_of_the_code()[1]))
    return Release(code_version(), code_commit(), hashlib.sha256(names.encode()).hexdigest()[:16])


def of_the_database() -> Release:
    """The version that last prepared the site of this DATA_DIR, ``UNKNOWN`` when none has said so."""
    with suppress(OSError, ValueError, TypeError):
        return Release(**json.loads(path().read_text()))
    return UNKNOWN


def note(release: Release | None = None) -> None:
    """Write down that the database now is as this version wants it."""
    write_json(path(), asdict(release or of_the_code()))


def path() -> Path:
    return Path(settings.DATA_DIR) / NAME


def write_json(file: Path, value: dict[str, Any]) -> None:
    """The whole file or the one before it, on the disk when this returns."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as target:
        json.dump(value, target, indent=1, sort_keys=True)
        target.flush()
        os.fsync(target.fileno())
    Path(draft).replace(file)
    synchronise(file.parent)


def code_version() -> str:
    with suppress(OSError, KeyError, tomllib.TOMLDecodeError):
        return str(tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"])
    return "unknown"


def code_commit() -> str:
    """The revision of the code where it is a checkout, else "": to find the version that a backup needs."""
    git = shutil.which("git")
    if git is None or not (settings.BASE_DIR / ".git").exists():
        return ""
    done = subprocess.run(  # noqa: S603
        [git, "rev-parse", "HEAD"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()[:40]
