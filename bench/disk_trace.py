"""What processes did to the files of one folder, out of a recording by strace, as operations of ``bench.disk_model``.

What is written through a mapping (SQLite's ``-shm``, made anew when the database is opened) is not recorded.
"""

import ast
import bisect
import os
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from bench.disk_model import (
    Create,
    Link,
    Note,
    Operation,
    Remove,
    Rename,
    Sync,
    Truncate,
    UnknownOperationError,
    Write,
)  # fmt: skip

CALLS = (
    "open,openat,creat,write,pwrite64,writev,pwritev,pwritev2,lseek,truncate,ftruncate,fallocate,rename,renameat,"
    "renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,symlink,symlinkat,fsync,fdatasync,sync,syncfs,"
    "sendfile,copy_file_range,splice,clone,clone3,fork,vfork"
)
UNKNOWN = {"creat", "pwritev", "pwritev2", "fallocate", "symlink", "symlinkat", "sendfile", "copy_file_range",
           "splice", "sync", "syncfs", "truncate"}  # fmt: skip

_LINE = re.compile(r"(\d+) +(.*)", re.DOTALL)
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>(.*)", re.DOTALL)
_CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+|\?)(.*)", re.DOTALL)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"(\.\.\.)?')
_DESCRIPTOR = re.compile(r"(\d+)<((?:[^>\\]|\\.)*)>")
_PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)<((?:[^>\\]|\\.)*)>, )?"((?:[^"\\]|\\.)*)"')


class Call(NamedTuple):
    process: int
    name: str
    arguments: str
    result: int
    began: int  # on which line of the recording
    ended: int


def command(recording: str) -> list[str]:
    """To be followed by what shall be recorded."""
    return ["strace", "-f", "-qq", "--seccomp-bpf", "-y", "-s", "100000000", "-o", recording, "-e", f"trace={CALLS}",
            "-e", "signal=none"]  # fmt: skip


def calls(lines: Iterable[str]) -> Iterator[Call]:
    """Each call that ended well, when it ended."""
    begun: dict[int, tuple[str, int]] = {}
    for number, line in enumerate(lines):
        found = _LINE.match(line.rstrip("\n"))
        if found is None:
            continue
        process, text, start = int(found[1]), found[2], number
        if text.endswith("<unfinished ...>"):
            begun[process] = (text.removesuffix("<unfinished ...>"), number)
            continue
        resumed = _RESUMED.match(text)
        if resumed is not None:
            if process not in begun:
                continue
            before, start = begun.pop(process)
            text = before + resumed[1]
        call = _CALL.match(text)
        if call is not None and call[3] != "?" and int(call[3]) >= 0:
            yield Call(process, call[1], call[2], int(call[3]), start, number)


def unquote(text: str) -> bytes:
    return bytes(ast.literal_eval(f'b"{text}"'))


def strings(call: Call) -> list[bytes]:
    found = _STRING.findall(call.arguments)
    if any(cut for _text, cut in found):
        raise ValueError(f"the recording has only a part of what was written: {call.arguments[:80]}")
    return [unquote(text) for text, _cut in found]


def path_of(text: str) -> str:
    """Of a descriptor, as strace prints it."""
    return unquote(text.replace('"', '\\"')).decode(errors="surrogateescape")


def descriptor(call: Call) -> tuple[int, str]:
    """(number, path) of the first argument."""
    found = _DESCRIPTOR.match(call.arguments)
    return (int(found[1]), path_of(found[2])) if found else (-1, "")


def descriptors(call: Call) -> list[str]:
    return [path_of(path) for _number, path in _DESCRIPTOR.findall(call.arguments)]


class Families:
    """Threads share their descriptors; a forked process begins with those of its parent."""

    def __init__(self, found: list[Call]) -> None:
        self.parents = {
            call.result: (call.process, "CLONE_FILES" in call.arguments)
            for call in found
            if call.name in {"clone", "clone3", "fork", "vfork"} and call.result
        }

    def tables(self, process: int) -> list[int]:
        """Where a descriptor may have been opened, the nearest first."""
        found: list[int] = []
        while True:
            parent, is_thread = self.parents.get(process, (0, False))
            if not is_thread:
                found.append(process)
            if not parent:
                return found
            process = parent


class Reader:
    """Turns calls into operations on the paths below ``root``; what is written to a file in ``notes`` is a note."""

    def __init__(self, root: str, left_out: Callable[[str], bool], notes: tuple[str, ...] = ()) -> None:
        self.root, self.left_out, self.notes = root, left_out, notes
        self.positions: dict[tuple[int, int], list[int | None]] = {}  # of an open file, shared; None: it appends

    def read(self, lines: Iterable[str], start: Iterable[str]) -> list[Operation]:
        """``start``: the paths that were there before."""
        found = list(calls(lines))
        self.families, self.known = Families(found), set(start)
        operations: list[Operation] = []
        ended: list[int] = []  # on which line of the recording each operation did
        for call in found:
            for one in self.operations(call):
                if isinstance(one, Sync) and call.began < call.ended:
                    one.began = bisect.bisect_left(ended, call.began)
                operations.append(one)
                ended.append(call.ended)
        return operations

    def is_ours(self, path: str) -> bool:
        is_inside = path == self.root or path.startswith(f"{self.root}/")
        return is_inside and not self.left_out(path)

    def operations(self, call: Call) -> Iterator[Operation]:
        match call.name:
            case "open" | "openat":
                yield from self.opened(call)
            case "write" | "pwrite64" | "writev" | "lseek" | "ftruncate" | "fsync" | "fdatasync":
                yield from self.by_descriptor(call)
            case "rename" | "renameat" | "renameat2" | "link" | "linkat" | "unlink" | "unlinkat" | "rmdir":
                yield from self.named(call)
            case "mkdir" | "mkdirat":
                (path,) = paths(call)
                yield from self.created(path, is_folder=True)
            case name if name in UNKNOWN and any(map(self.is_ours, [*paths(call), *descriptors(call)])):
                raise UnknownOperationError(f"{name} in a recording: {call.arguments[:200]}")

    def created(self, path: str, *, is_folder: bool = False) -> Iterator[Operation]:
        if self.is_ours(path) and path not in self.known:
            self.known.add(path)
            yield Create(path, is_folder)

    def opened(self, call: Call) -> Iterator[Operation]:
        flags = call.arguments.rpartition('"')[2]
        path = (paths(call) or [""])[0]
        if not self.is_ours(path) or "O_DIRECTORY" in flags:
            return
        table = self.families.tables(call.process)[0]
        self.positions[table, call.result] = [None if "O_APPEND" in flags else 0]
        if "O_CREAT" in flags:
            yield from self.created(path)
        if "O_TRUNC" in flags and path not in self.notes:
            yield Truncate(path, 0)

    def position(self, call: Call, number: int) -> list[int | None]:
        """Where the next byte goes, to be moved on; of what was opened before the recording: the end."""
        tables = self.families.tables(call.process)
        return next((self.positions[one, number] for one in tables if (one, number) in self.positions), [None])

    def by_descriptor(self, call: Call) -> Iterator[Operation]:
        number, path = descriptor(call)
        if not self.is_ours(path) or path not in self.known:  # a file without a name is lost at a cut
            return
        at = self.position(call, number)
        match call.name:
            case "fsync" | "fdatasync":
                yield Sync(path)
            case "ftruncate":
                yield Truncate(path, int(call.arguments.rpartition(",")[2]))
            case "lseek":
                if at[0] is not None:
                    at[0] = call.result
            case "pwrite64":
                yield Write(path, int(call.arguments.rpartition(",")[2]), strings(call)[0][: call.result])
            case _:
                data = b"".join(strings(call))[: call.result]
                yield Note(path, data) if path in self.notes else Write(path, at[0], data)
                if at[0] is not None:
                    at[0] += len(data)

    def named(self, call: Call) -> Iterator[Operation]:
        found = paths(call)
        ours = [self.is_ours(path) and path in self.known for path in found[:1]] + [*map(self.is_ours, found[1:])]
        if len(found) == 1:
            if all(ours):
                self.known.discard(found[0])
                yield Remove(found[0])
            return
        path, new = found
        if not any(ours):
            return
        if not all(ours):
            raise UnknownOperationError(f"from one disk to another: {path} {new}")
        self.known.add(new)
        if call.name.startswith("link"):
            yield Link(path, new)
        else:
            self.known.discard(path)
            yield Rename(path, new)


def paths(call: Call) -> list[str]:
    """The paths among the arguments, from the root: ``dirfd<folder>, "name"`` or ``"path"``."""
    found = []
    for folder, name in _PATH.findall(call.arguments):
        base = path_of(folder) if folder else "/"
        found.append(os.path.normpath(os.path.join(base, unquote(name).decode(errors="surrogateescape"))))  # noqa: PTH118
    return found
