"""A disk that loses its power: what may stand on it, by what the processes did and what they waited for.

Only what was synchronised is sure: ``fsync`` of a file keeps its bytes, ``fsync`` of a folder keeps the names in it
(``fsync(2)``). Of the rest anything may be there: nothing, all, the first part, some pieces, one torn at a sector, or
the size without the bytes. ``bench.disk_trace`` makes the operations out of a recording.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TypeVar

SECTOR = 512
Thing = TypeVar("Thing")


class UnknownOperationError(Exception):
    """Processes did what the model does not know: the drill stops rather than leave it out."""


@dataclass
class Create:
    path: str
    is_folder: bool = False


@dataclass
class Write:
    path: str
    offset: int | None  # None: at the end
    data: bytes


@dataclass
class Truncate:
    path: str
    size: int


@dataclass
class Link:
    path: str
    new: str


@dataclass
class Rename:
    path: str
    new: str


@dataclass
class Remove:
    path: str


@dataclass
class Sync:
    path: str
    began: int | None = None  # the number of operations before it began, when others went on meanwhile


@dataclass
class Note:
    """Something that somebody was told: the process that says it had its answer."""

    name: str
    data: bytes


Operation = Create | Write | Truncate | Link | Rename | Remove | Sync | Note


@dataclass
class Change:
    """Of the bytes of one file: written at ``offset``, or cut to ``offset`` when ``data`` is None."""

    number: int
    offset: int
    data: bytes | None


@dataclass
class Inode:
    is_folder: bool = False
    sure: bytearray = field(default_factory=bytearray)
    live: bytearray = field(default_factory=bytearray)
    pending: list[Change] = field(default_factory=list)

    def change(self, number: int, offset: int, data: bytes | None) -> None:
        one = Change(number, offset, data)
        apply(one, self.live)
        self.pending.append(one)

    def synchronise(self, before: int) -> None:
        for one in self.pending:
            if one.number < before:
                apply(one, self.sure)
        self.pending = [one for one in self.pending if one.number >= before]


def apply(change: Change, content: bytearray) -> None:
    if change.data is None:
        del content[change.offset :]
        content.extend(bytes(change.offset - len(content)))
        return
    content.extend(bytes(max(change.offset - len(content), 0)))
    content[change.offset : change.offset + len(change.data)] = change.data


@dataclass
class Naming:
    """What happened at once to the names in one folder: a file, or None where the name is gone."""

    number: int
    folder: str
    names: dict[str, Inode | None]


class Disk:
    def __init__(self, start: dict[str, bytes | None]) -> None:
        """What was there, and on the disk, before: path -> content, None for a folder."""
        self.live: dict[str, Inode] = {}
        for path, content in start.items():
            found = bytearray(content or b"")
            self.live[path] = Inode(is_folder=content is None, sure=found, live=bytearray(found))
        self.sure = dict(self.live)
        self.pending: list[Naming] = []
        self.number = 0

    def replay(self, operations: Iterable[Operation]) -> "Disk":
        for operation in operations:
            self.do(operation)
            self.number += 1
        return self

    def do(self, operation: Operation) -> None:
        match operation:
            case Create(path, is_folder):
                if path not in self.live:
                    self.name({path: Inode(is_folder)})
            case Write(path, offset, data):
                file = self.live[path]
                file.change(self.number, len(file.live) if offset is None else offset, data)
            case Truncate(path, size):
                self.live[path].change(self.number, size, None)
            case Link(path, new):
                self.name({new: self.live[path]})
            case Rename(path, new):
                if self.live[path].is_folder:
                    raise UnknownOperationError(f"a folder is renamed: {path}")
                self.name({new: self.live[path], path: None})
            case Remove(path):
                self.name({path: None})
            case Sync(path, began):
                self.synchronise(path, self.number if began is None else began)

    def name(self, names: dict[str, Inode | None]) -> None:
        by_folder: dict[str, dict[str, Inode | None]] = {}
        for path, inode in names.items():
            by_folder.setdefault(str(PurePosixPath(path).parent), {})[path] = inode
        for folder, inside in by_folder.items():  # from one folder to another: each of them is written for itself
            self.pending.append(Naming(self.number, folder, inside))
        set_names(self.live, names)

    def synchronise(self, path: str, before: int) -> None:
        inode = self.live.get(path)
        if inode is None:  # it has no name any more
            return
        if not inode.is_folder:
            inode.synchronise(before)
            return
        sure = [one for one in self.pending if one.folder == path and one.number < before]
        for one in sure:
            set_names(self.sure, one.names)
        self.pending = [one for one in self.pending if one not in sure]

    def after_a_cut(self, chance: random.Random) -> dict[str, bytes | None]:
        """One of the many contents that a disk may have when the power comes back."""
        names = dict(self.sure)
        for one in some(self.pending, chance):
            set_names(names, one.names)
        contents: dict[int, bytes] = {}
        for inode in names.values():
            if id(inode) not in contents:
                contents[id(inode)] = some_bytes(inode, chance)
        return reachable({path: None if inode.is_folder else contents[id(inode)] for path, inode in names.items()})

    def now(self) -> dict[str, bytes | None]:
        """What the processes see."""
        return {path: None if inode.is_folder else bytes(inode.live) for path, inode in self.live.items()}


def set_names(table: dict[str, Inode], names: dict[str, Inode | None]) -> None:
    for path, inode in names.items():
        if inode is None:
            table.pop(path, None)
        else:
            table[path] = inode


def some(things: list[Thing], chance: random.Random) -> list[Thing]:
    """None, all, the first of them, or any of them; always in their order."""
    match chance.choice(("none", "all", "first", "any")):
        case "none":
            return []
        case "all":
            return list(things)
        case "first":
            return things[: chance.randint(0, len(things))]
    return [thing for thing in things if chance.random() < 0.5]


def some_bytes(inode: Inode, chance: random.Random) -> bytes:
    content = bytearray(inode.sure)
    if not inode.pending:
        return bytes(content)
    if chance.random() < 0.2:  # the size was written, the bytes were not
        return bytes(content.ljust(len(inode.live), b"\0"))
    for one in some(inode.pending, chance):
        is_torn = one.data is not None and chance.random() < 0.2
        apply(torn(one, chance) if is_torn else one, content)
    return bytes(content)


def torn(change: Change, chance: random.Random) -> Change:
    data = change.data or b""
    return Change(change.number, change.offset, data[: chance.randint(0, len(data) // SECTOR) * SECTOR])


def reachable(found: dict[str, bytes | None]) -> dict[str, bytes | None]:
    """Without what lies in a folder whose own name was lost; the first folder of all is always there."""
    roots = {path for path in found if str(PurePosixPath(path).parent) not in found}
    top = min(roots, key=len, default="")
    kept: dict[str, bytes | None] = {}
    for path in sorted(found):
        if path == top or kept.get(str(PurePosixPath(path).parent), b"") is None:
            kept[path] = found[path]
    return kept


def read_folder(root: Path) -> dict[str, bytes | None]:
    paths = [root, *root.rglob("*")]
    return {str(path): None if path.is_dir() else path.read_bytes() for path in paths if not path.is_symlink()}


def write_folder(found: dict[str, bytes | None]) -> None:
    for path, content in sorted(found.items()):
        if content is None:
            Path(path).mkdir(mode=0o700, parents=True, exist_ok=True)
        else:
            Path(path).write_bytes(content)
