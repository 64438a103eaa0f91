"""Pictures that question files name: beside the file in a folder, in one archive with it, or inside the text itself."""

import base64
import binascii
import hashlib
import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from assessments.formats.neutral import Fault, Pictures
from courses.loading.media import collection_of, store_image
from courses.loading.pieces import picture_name
from lms.lib.archives import READ_FAULTS, open_zip
from lms.lib.filetypes import TYPES, extension_of, type_of
from lms.lib.known_files import recognise
from lms.lib.parsing import UnreadableFileError
from lms.lib.picture_check import fault_of_picture

LARGEST = 10 * 1024 * 1024  # bytes of one picture
MOST_NAMES = 2000  # files in an archive
LARGEST_TEXT = 1024 * 1024  # bytes of the questions in an archive
LARGEST_ARCHIVE = 20 * 1024 * 1024  # bytes of questions with their pictures
QUESTIONS = ".gift"
_DATA = re.compile(r"data:image/(png|jpeg|gif|webp);base64,", re.IGNORECASE)

_AROUND_NAMES = re.compile(r"""[/"'=<>\\\n?#:~{}&;]""")
_AROUND_NAMES_AND_SPACES = re.compile(r"""[/"'=<>\\\n?#:~{}&;\s]""")


class InText(Pictures):
    """Only those that stand in the text itself, ``data:image/png;base64,...``."""

    def content(self, src: str) -> tuple[str, bytes] | Fault:
        match = _DATA.match(src)
        if match is None:
            return self.beside(src)
        try:
            content = base64.b64decode(src[match.end() :], validate=False)
        except (binascii.Error, ValueError):
            content = b""
        return self.checked(f"picture.{match[1].lower()}", content, _("in the file itself"))

    def beside(self, src: str) -> tuple[str, bytes] | Fault:
        what = _("The picture %(name)s is not kept.") % {"name": src[:200]}
        return Fault(
            what,
            _("Put the questions and their pictures into one .zip and import that, or add the picture in the editor."),
        )

    def named_in(self, text: str) -> dict[str, bytes]:
        """The files that a text of questions names, by the path from it: those in the text itself need none."""
        return {}

    def checked(self, name: str, content: bytes, called: str) -> tuple[str, bytes] | Fault:
        known = [ending for ending, types in TYPES.items() if any(one.startswith("image") for one in types)]
        is_known = extension_of(name) in known and type_of(name, io.BytesIO(content)) in TYPES[extension_of(name)]
        if len(content) > LARGEST:
            most = LARGEST // 1024 // 1024
            fault = _("it is larger than %(most)s MB") % {"most": most}, _("Save it again as PNG or JPEG, smaller")
        elif not is_known:
            fault = _("this type of file is not accepted"), _("Save it again as PNG or JPEG")
        else:
            found = fault_of_picture(io.BytesIO(content))
            if found is None:
                return name, content
            fault = found
        return Fault(
            _("The picture %(name)s cannot be used: %(fault)s") % {"name": called, "fault": fault[0]}, fault[1]
        )


class InMemory(InText):
    """Those that stood in the file itself, under the names that its reader gave them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files

    def beside(self, src: str) -> tuple[str, bytes] | Fault:
        if src not in self.files:
            return missing(src, _("Add it in Moodle and export again, or add the picture in the editor."))
        name = posixpath.basename(src)
        return self.checked(name, self.files[src], name)


def pack(files: Mapping[str, bytes]) -> bytes:
    """An archive of files, to be opened with ``InArchive``."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


class InFolder(InText):
    """Beside the file, and nowhere else than inside ``folder``."""

    def __init__(self, folder: Path, beside: Path) -> None:
        self.folder, self.place = folder.resolve(), beside.resolve()

    def path(self, src: str) -> Path | None:
        try:
            path = (self.place / picture_name(src)).resolve()
            return path if path.is_relative_to(self.folder) and path.is_file() else None
        except (OSError, ValueError, RuntimeError):  # a name that no file system takes
            return None

    def content(self, src: str) -> tuple[str, bytes] | Fault:
        """A course folder names its pictures: one that stands in the text has no name there."""
        if _DATA.match(src):
            what = _("The picture %(name)s is not kept.") % {"name": _("in the file itself")}
            return Fault(what, _("Put it beside the questions as a file, and name that: <img src=form.png>"))
        return self.beside(src)

    def beside(self, src: str) -> tuple[str, bytes] | Fault:
        path = self.path(src)
        if path is None or is_elsewhere(src):
            return missing(src, _("Put the file beside the questions, or correct its name (case counts)"))
        with path.open("rb") as file:
            return self.checked(path.name, file.read(LARGEST + 1), path.name)


class InArchive(InText):
    """In one .zip with the questions, by the path from their file."""

    def __init__(self, archive: zipfile.ZipFile, beside: str) -> None:
        self.archive, self.place = archive, beside
        self.names = {posixpath.normpath(name.replace("\\", "/")): name for name in archive.namelist()}

    def beside(self, src: str) -> tuple[str, bytes] | Fault:
        name = self.names.get(posixpath.normpath(posixpath.join(self.place, picture_name(src))))
        if name is None or is_elsewhere(src):
            return missing(src, _("Add it to the .zip, or correct its name in the question (case counts)"))
        content = member(self.archive, name, LARGEST, cut=True)
        return self.checked(posixpath.basename(src.partition("?")[0]), content, src[:200])

    def named_in(self, text: str) -> dict[str, bytes]:
        """By the end of each name, as it is or in the form of an address: one too many harms nobody."""
        files: dict[str, bytes] = {}
        left = LARGEST_ARCHIVE
        ends = set(_AROUND_NAMES.split(text)) | set(_AROUND_NAMES_AND_SPACES.split(text))
        for name, stored in self.names.items():
            if is_questions(name) or ends.isdisjoint((end_of(name), end_of(quote(name)))):
                continue
            content = member(self.archive, stored, min(LARGEST, left))
            if content:
                files[posixpath.relpath(name, self.place or ".")] = content
                left -= len(content)
        return files


def end_of(name: str) -> str:
    """What is behind the last sign that may be written in another way in a text of questions."""
    return _AROUND_NAMES.split(name)[-1]


def missing(src: str, remedy: str) -> Fault:
    return Fault(_("There is no picture %(name)s.") % {"name": src[:200]}, remedy)


def is_elsewhere(src: str) -> bool:
    return re.match(r"(?:[a-z][a-z0-9+.-]*:)?//|[a-z][a-z0-9+.-]+:", src, re.IGNORECASE) is not None


def is_archive(content: bytes) -> bool:
    """Questions with their pictures: other archives are named as what they are by who reads texts."""
    kind = recognise(content) if content.startswith(b"PK") else None
    return kind is not None and kind.key == "gift-archive"


def open_archive(content: bytes) -> tuple[bytes, InArchive]:
    """(the questions, their pictures). Raises UnreadableFileError when it is damaged, or has not one file of them."""
    try:
        archive = open_zip(io.BytesIO(content))
        names = [name for name in archive.namelist()[:MOST_NAMES] if is_questions(name)]
        if len(names) != 1:
            what = _("Files of questions (.gift) in the archive: %(count)s.") % {"count": len(names)}
            remedy = _("Put one into it, with its pictures.")
            raise UnreadableFileError(f"{what} {remedy}")
        text = member(archive, names[0], LARGEST_TEXT)
    except READ_FAULTS as error:
        if isinstance(error, UnreadableFileError):
            raise
        raise UnreadableFileError(
            _("This file is damaged: it begins like an archive, and cannot be opened. Make it again.")
        ) from error
    if not text:
        raise UnreadableFileError(_("This file is too large. Split it into files of at most 1 MB."))
    return text, InArchive(archive, posixpath.dirname(names[0].replace("\\", "/")))


def is_questions(name: str) -> bool:
    """Not what macOS adds beside each file."""
    return name.lower().endswith(QUESTIONS) and not posixpath.basename(name).startswith("._")


def member(archive: zipfile.ZipFile, name: str, most: int, *, cut: bool = False) -> bytes:
    """What a file in the archive holds; nothing when that is more than ``most`` bytes, whatever it claims, or one byte
    more than that with ``cut``.
    """
    try:
        with archive.open(name) as file:
            content = file.read(most + 1)
    except READ_FAULTS:
        return b""
    return content if cut or len(content) <= most else b""


def keep_picture(pictures: Pictures, src: str, bank_code: str, *, has: Any = None) -> Any:
    """The picture in the library, stored once for a bank; ``None`` when it is there no longer.

    ``has`` is the picture that the question shows now: it stays when it is the same, wherever it is kept.
    """
    found = pictures.content(src)
    if isinstance(found, Fault):
        return None
    name, content = found
    if has is not None and has.get_file_hash() == hashlib.sha1(content, usedforsecurity=False).hexdigest():
        return has
    return store_image(collection_of(bank_code), name, ContentFile(content))
