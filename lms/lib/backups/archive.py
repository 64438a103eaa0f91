"""The file of a backup: a ZIP (with ZIP64) of the database, files and a manifest that says what each member must be.

Its last 64 bytes, the end of the archive's comment, are the SHA-256 of all bytes before them: whatever is cut, flipped
or added is found before anything is read. That proves no origin: who can write the file can write the sum. So the
members are held to the manifest and to ``safe_member`` whoever made it, and nothing is unpacked before.
"""

import hashlib
import json
import os
import re
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from lms.lib.archives import READ_FAULTS
from lms.lib.durable import synchronise

FORMAT = 1
MANIFEST = "manifest.json"
KEYS = "keys.json"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
"""Vendor of the database -> the member that holds it: a copy of the file, or ``pg_dump``'s custom format."""
FOLDERS = {"media": "default", "private": "private"}
"""Folder in the archive -> alias of the storage whose files it holds."""

CHUNK = 1024 * 1024
LARGEST_MANIFEST = 1024**3
_MARK = b"sha256:"
_SUM_LENGTH = 64
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\]")

Progress = Callable[[str], None]


class BackupError(Exception):
    """Why a backup cannot be made, read or restored, and what to do: for whoever typed the command."""


@dataclass
class Manifest:
    """What a backup holds. ``tables``: name -> [rows, hash]; ``files``: member -> [bytes, SHA-256]."""

    made_at: str  # ISO 8601, UTC
    site: str  # BASE_URL
    version: str
    commit: str
    vendor: str  # of the database: sqlite, postgresql
    database_version: str
    migrations: list[str]
    key: str  # fingerprint of SECRET_KEY
    older_keys: list[str]
    tables: dict[str, list[Any]] = field(default_factory=dict)
    files: dict[str, list[Any]] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)  # named by a row, and in no storage when the backup was made
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(int(rows) for rows, _digest in self.tables.values())

    @property
    def size(self) -> int:
        """Bytes of all members, unpacked."""
        return sum(int(size) for size, _digest in self.files.values())

    @property
    def database(self) -> str:
        return DATABASES[self.vendor]

    def members(self, folder: str) -> list[str]:
        return [name for name in self.files if name.startswith(f"{folder}/")]


# --- writing


class Writer:
    """Members one after the other; ``finish`` writes the manifest and the sum."""

    def __init__(self, path: Path) -> None:
        self.path, self.files = path, {}  # type: Path, dict[str, list[Any]]
        self.zip = zipfile.ZipFile(path, "x", allowZip64=True)
        self.zip.comment = _MARK + b"0" * _SUM_LENGTH

    def add(self, name: str, source: IO[bytes], *, packed: bool) -> None:
        """Copy ``source`` into the member ``name``; ``packed`` for what gets smaller (pictures and PDFs do not)."""
        digest, size = hashlib.sha256(), 0
        with self.zip.open(member(name, packed=packed), "w", force_zip64=True) as target:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
        self.files[name] = [size, digest.hexdigest()]

    def finish(self, manifest: Manifest) -> None:
        manifest.files = self.files
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True).encode()
        self.zip.writestr(member(MANIFEST, packed=True), text)
        self.zip.close()
        seal(self.path)

    def close(self) -> None:
        """Give up: what was written is of no use."""
        if self.zip.fp is not None:
            self.zip.fp.close()
            self.zip.fp = None


def member(name: str, *, packed: bool) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    return info


def seal(path: Path) -> None:
    """Write the sum of a finished file into its last bytes, and wait until the file is on the disk."""
    total = sum_of(path)
    with path.open("r+b") as file:
        file.seek(-_SUM_LENGTH, os.SEEK_END)
        file.write(total.encode())
    synchronise(path)


def sum_of(path: Path) -> str:
    """SHA-256 of all but the last 64 bytes."""
    digest, left = hashlib.sha256(), path.stat().st_size - _SUM_LENGTH
    with path.open("rb") as file:
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            digest.update(chunk)
            left -= len(chunk)
    return digest.hexdigest()


# --- reading


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """The archive and its manifest, after every test that needs no unpacking. Raises BackupError."""
    if not path.is_file():
        raise BackupError(f"There is no file {path}.")
    check_sum(path)
    try:
        file = zipfile.ZipFile(path)
    except READ_FAULTS as error:
        raise BackupError(f"{path} is damaged: it is no archive ({error}). Take another copy of it.") from error
    with file:
        manifest = read_manifest(file)
        check_members(file, manifest, path.stat().st_size)
        yield file, manifest


def check_sum(path: Path) -> None:
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(-min(file.tell(), len(_MARK) + _SUM_LENGTH), os.SEEK_CUR)
        end = file.read()
    if not end.startswith(_MARK) or len(end) != len(_MARK) + _SUM_LENGTH:
        raise BackupError(f"{path} is no backup of Passerelle, or its end is missing. Take another copy of it.")
    if end.removeprefix(_MARK) != sum_of(path).encode():
        raise BackupError(f"{path} is damaged: its bytes do not add up to their sum. Take another copy of it.")


def read_manifest(file: zipfile.ZipFile) -> Manifest:
    try:
        info = file.getinfo(MANIFEST)
        if info.file_size > LARGEST_MANIFEST:
            raise BackupError(f"The manifest of this backup is too large: {info.file_size} bytes.")
        with file.open(info) as source:
            read = json.loads(source.read(LARGEST_MANIFEST + 1))
    except (*READ_FAULTS, RecursionError) as error:
        raise BackupError(f"The manifest of this backup is missing or cannot be read ({error}).") from error
    return manifest_from(read)


def manifest_from(read: Any) -> Manifest:
    """The manifest, each value of the kind it must be. Raises BackupError."""
    if isinstance(read, dict) and isinstance(read.get("format"), int) and read["format"] > FORMAT:
        raise BackupError(
            f"This backup was made by a newer version of Passerelle (format {read['format']}). Use that version."
        )
    shape = {name: one.type for name, one in Manifest.__dataclass_fields__.items()}
    kinds: dict[Any, type] = {str: str, int: int, list[str]: list, dict[str, list[Any]]: dict}
    if not isinstance(read, dict) or read.keys() != shape.keys():
        raise BackupError("The manifest of this backup is not one: entries are missing or unknown.")
    wrong = [name for name, kind in shape.items() if not isinstance(read[name], kinds[kind])]
    wrong += (
        [
            name
            for name, kind in shape.items()
            if kind == list[str] and not all(isinstance(one, str) for one in read[name])
        ]
        if not wrong
        else []
    )
    wrong += [
        name for name in ("tables", "files") if not wrong and not all(is_pair(one) for one in read[name].values())
    ]
    if wrong or read["vendor"] not in DATABASES or read["format"] < 1:
        raise BackupError(f"The manifest of this backup is wrong: {', '.join(wrong) or 'vendor, format'}.")
    return Manifest(**read)


def is_pair(value: Any) -> bool:
    """[number, hash in hex]"""
    return (
        isinstance(value, list)
        and len(value) == 2
        and type(value[0]) is int
        and value[0] >= 0
        and isinstance(value[1], str)
        and re.fullmatch(r"-?[0-9a-f]{1,64}", value[1]) is not None
    )


def safe_member(name: str) -> bool:
    """Whether a name can only ever be a file of its folder."""
    if name in {MANIFEST, KEYS, *DATABASES.values()}:
        return True
    folder, *parts = name.split("/")
    return (
        folder in FOLDERS
        and bool(parts)
        and not _UNSAFE.search(name)
        and all(part not in {"", ".", ".."} and len(part.encode(errors="surrogatepass")) <= 255 for part in parts)
        and not parts[0].startswith(".")
        and not any(0xD800 <= ord(letter) <= 0xDFFF for letter in name)
    )


def check_members(file: zipfile.ZipFile, manifest: Manifest, size: int) -> None:
    """Each member is a plain file with a safe name, and just those of the manifest are there. Raises BackupError."""
    infos = file.infolist()
    names = [info.filename for info in infos]
    for info in infos:
        kind = stat.S_IFMT(info.external_attr >> 16)
        if not safe_member(info.filename) or info.is_dir():
            raise BackupError(f"This backup holds a file that would be written elsewhere: {info.filename!r}.")
        if kind not in {0, stat.S_IFREG}:
            raise BackupError(f"This backup holds a link or a device instead of a file: {info.filename!r}.")
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} or info.flag_bits & 0x1:
            raise BackupError(
                f"This backup holds a file packed in a way that Passerelle never uses: {info.filename!r}."
            )
    wanted = {*manifest.files, MANIFEST}
    if len(names) != len(set(names)) or set(names) != wanted or manifest.database not in wanted:
        missing, more = sorted(wanted - set(names)), sorted(set(names) - wanted)
        raise BackupError(
            f"This backup is not what its manifest says: missing {missing[:3]}, not listed {more[:3]}, "
            f"{len(names) - len(set(names))} names twice."
        )
    if sum(info.compress_size for info in infos) > size:
        raise BackupError("This backup is a trap: its files lie over each other.")
    for info in infos:
        if info.filename != MANIFEST and info.file_size != manifest.files[info.filename][0]:
            raise BackupError(f"{info.filename!r} in this backup has another size than the manifest says.")


def unpack(file: zipfile.ZipFile, manifest: Manifest, name: str, target: IO[bytes] | None) -> None:
    """Copy a member to ``target``, or nowhere, and compare it with the manifest. Raises BackupError."""
    size, wanted = manifest.files[name]
    digest, seen = hashlib.sha256(), 0
    try:
        with file.open(name) as source:
            while chunk := source.read(CHUNK):
                seen += len(chunk)
                if seen > size:
                    break
                digest.update(chunk)
                if target is not None:
                    target.write(chunk)
    except READ_FAULTS as error:
        if isinstance(error, OSError) and error.errno is not None:  # the disk's, not the archive's
            raise
        raise BackupError(f"{name!r} in this backup is damaged ({error}). Take another copy.") from error
    if seen != size or digest.hexdigest() != wanted:
        raise BackupError(f"{name!r} in this backup is not what the manifest says. Take another copy.")


def refuse_without_room(folder: Path, needed: int, what: str) -> None:
    """Raises BackupError when fewer than ``needed`` bytes are free where ``folder`` lies."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupError(
            f"Not enough room for {what} in {folder}: {megabytes(needed)} needed, {megabytes(free)} free. Make room, "
            "or use another disk."
        )


def megabytes(size: int) -> str:
    return f"{size / 1024**2:,.1f} MB"
