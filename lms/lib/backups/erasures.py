"""Who was erased stays erased: a ledger outside of the backups, read again after an older one was restored.

Each line says when, what kind and a hash, no name. It lies in ``DATA_DIR`` and, where nightly backups are made, beside
them, since DATA_DIR is what is lost. An app notes what it erases and registers how the same is found and erased in what
was restored.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from lms.lib.durable import synchronise

NAME = "erasures.jsonl"
Replay = Callable[[set[str]], str]
REPLAYS: dict[str, Replay] = {}
"""Kind -> a function that erases what is in the set of hashes again, and says in a sentence what it did."""


def register(kind: str, replay: Replay) -> None:
    REPLAYS[kind] = replay


def hash_of(*facts: object) -> str:
    """Of what tells a row from all others, and says nothing to who reads it."""
    return hashlib.sha256("\n".join(map(str, facts)).encode()).hexdigest()


def ledgers() -> list[Path]:
    folders = [Path(settings.DATA_DIR), *([Path(settings.BACKUP_DIR)] if settings.BACKUP_DIR else [])]
    return [folder / NAME for folder in folders]


def note(kind: str, who: str) -> None:
    """Write down an erasure, on the disk when this returns: before the transaction that erases ends."""
    line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), "kind": kind, "who": who}) + "\n"
    first, *more = ledgers()
    append(first, line)
    for path in more:
        with suppress(OSError):  # of another disk, which may be away: the first one has the line
            append(path, line)


def append(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    synchronise(path.parent)


def since(moment: datetime, *more: Path) -> dict[str, set[str]]:
    """Hashes by kind of what was erased after ``moment``, from all ledgers together."""
    found: dict[str, set[str]] = {}
    for path in [*ledgers(), *more]:
        for at, kind, who in lines(path):
            if at >= moment:
                found.setdefault(kind, set()).add(who)
    return found


def lines(path: Path) -> Iterator[tuple[datetime, str, str]]:
    """Of one ledger; a line that a power cut left unfinished is passed over."""
    with suppress(FileNotFoundError):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(ValueError, KeyError, TypeError):
                read = json.loads(line)
                yield datetime.fromisoformat(read["at"]), str(read["kind"]), str(read["who"])


def replay(moment: datetime, *more: Path) -> list[str]:
    """Erase again what was erased after ``moment``; a sentence for each kind."""
    return [REPLAYS[kind](hashes) for kind, hashes in sorted(since(moment, *more).items()) if kind in REPLAYS]
