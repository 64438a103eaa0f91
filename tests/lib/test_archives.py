"""A zip file with any byte damaged is called damaged, or read, at every door; none of them fails."""

import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.import_entries import read_questions
from cms.uploads import DocumentForm
from lms.lib.archives import MOST_DIRECTORY, READ_FAULTS, open_zip
from lms.lib.backups.archive import BackupError, opened
from lms.lib.filetypes import TYPES, type_of
from lms.lib.known_files import recognise
from lms.lib.parsing import UnreadableFileError
from lms.lib.tables import read_table

PACKINGS = {"stored": zipfile.ZIP_STORED, "deflate": zipfile.ZIP_DEFLATED, "bzip2": zipfile.ZIP_BZIP2,
            "lzma": zipfile.ZIP_LZMA}  # fmt: skip
GIFT = b"Un ? {=a ~b}\n\nDeux ? {=c ~d <img src=a.png>}\n"
KINDS = {
    "odt": {"mimetype": TYPES["odt"][0].encode(), "content.xml": b"<x/>"},
    "ods": {"mimetype": TYPES["ods"][0].encode()},
    "docx": {"word/document.xml": b"<x/>"},
    "pptx": {"ppt/presentation.xml": b"<x/>"},
    "xlsx": {"xl/workbook.xml": b"<x/>"},
    "zip": {"imsmanifest.xml": b"<manifest>scorm</manifest>"},
    "gift.zip": {"q.gift": GIFT, "a.png": b"\x89PNG"},
    "documents.zip": {"values.csv": b"picture;Nom\na.png;SECK\n", "a.png": b"\x89PNG"},
}


def packed(kind: str, packing: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packing) as archive:
        for name, content in KINDS[kind].items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, packing)
    return made.getvalue()


def as_questions(name: str, content: bytes) -> Any:
    with suppress(UnreadableFileError):
        return read_questions(content)


def as_table(name: str, content: bytes) -> Any:
    with suppress(UnreadableFileError):
        return read_table(content)


def as_backup(name: str, content: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(sealed(content))
        file.flush()
        with suppress(BackupError), opened(Path(file.name)):
            pass


def sealed(content: bytes) -> bytes:
    """With the sum behind it that a backup has: what is damaged is found further in, not by its sum."""
    whole = content + b"sha256:"
    return whole + hashlib.sha256(whole).hexdigest().encode()


DOORS: dict[str, Callable[[str, bytes], Any]] = {
    "a document": lambda name, content: type_of(name, io.BytesIO(content)),
    "any file": lambda name, content: recognise(content),
    "questions": as_questions,
    "a table": as_table,
    "a backup": as_backup,
}


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_damaged_byte_makes_a_door_fail(kind, packing):
    whole, faults = packed(kind, PACKINGS[packing]), []
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF if place % 2 else 0x01
        for door, read in DOORS.items():
            if door == "a table" and kind != "xlsx":
                continue
            try:
                read(f"a.{kind}", bytes(damaged))
            except Exception as error:  # noqa: BLE001
                faults.append(f"{door}, byte {place}: {error!r}")
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults[:5])


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_file_makes_no_door_fail(kind):
    whole = packed(kind, zipfile.ZIP_DEFLATED)
    for length in range(0, len(whole), 7):
        for read in DOORS.values():
            read(f"a.{kind}", whole[:length])


def broken(packing: int) -> bytes:
    """Whole but for what stands in the mark, which is packed."""
    content = bytearray(packed("odt", packing))
    begin = content.index(b"mimetype") + len("mimetype")
    content[begin : begin + 12] = b"\xff" * 12
    return bytes(content)


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_document_with_a_broken_part_is_refused_in_a_sentence(packing, manager, client):
    client.force_login(manager)
    file = SimpleUploadedFile("a.odt", broken(PACKINGS[packing]))
    answer = client.post("/cms/documents/add/", {"title": "x", "file": file})
    assert answer.status_code == 200
    assert isinstance(answer.context["form"], DocumentForm)
    assert answer.context["form"].errors["file"]


def with_names(kind: str, bytes_of_names: int) -> bytes:
    """With so many bytes of names that all stand for one file: the list of them is longer than what is in it."""
    whole = packed(kind, zipfile.ZIP_DEFLATED)
    end = whole.rindex(b"PK\x05\x06")
    start = int.from_bytes(whole[end + 16 : end + 20], "little")
    first = whole[start : start + 46]
    name = b"n" * 200
    entry = first[:28] + len(name).to_bytes(2, "little") + bytes(4) + first[34:] + name
    directory = whole[start:end] + entry * (bytes_of_names // len(entry))
    count = (directory.count(b"PK\x01\x02") % 0x10000).to_bytes(2, "little")
    return (
        whole[:start] + directory + whole[end : end + 8] + count * 2 + len(directory).to_bytes(4, "little")
        + start.to_bytes(4, "little") + bytes(2)
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_list_of_names_is_not_read(kind):
    few, many = with_names(kind, MOST_DIRECTORY - 4000), with_names(kind, MOST_DIRECTORY + 4000)
    with open_zip(io.BytesIO(few)) as archive:
        assert len(archive.namelist()) > 4000
    with pytest.raises(READ_FAULTS):
        open_zip(io.BytesIO(many))
    assert recognise(many).key == "damaged"
    if kind in TYPES:
        assert type_of(f"a.{kind}", io.BytesIO(few)) == TYPES[kind][0]
        assert type_of(f"a.{kind}", io.BytesIO(many)) not in TYPES[kind]


def test_the_long_form_of_the_list_is_not_read():
    whole = packed("odt", zipfile.ZIP_STORED)
    end = whole.rindex(b"PK\x05\x06")
    with pytest.raises(READ_FAULTS):
        open_zip(io.BytesIO(whole[:end] + b"PK\x06\x07" + bytes(16) + whole[end:]))
    with pytest.raises(READ_FAULTS):
        open_zip(io.BytesIO(whole[: end + 10]))


def test_every_reader_of_archives_knows_what_they_raise():
    """Of a new one: ``open_zip``, ``except READ_FAULTS``, and its door above."""
    apart = {"lms/lib/tables.py", "assessments/question_imports.py"}  # all that its library raises; one that we packed
    home = "lms/lib/archives.py"
    with_zipfile = r"\bZipFile\((?![^)]*\"w\")"
    readers = {
        path.relative_to(settings.BASE_DIR).as_posix(): path.read_text()
        for app in ("lms", "cms", "courses", "assessments", "certificates", "placement")
        for path in settings.BASE_DIR.joinpath(app).rglob("*.py")
        if re.search(
            rf"{with_zipfile}|\bopen_zip\(|\b(lzma|bz2|tarfile|gzip)\.(open|decompress)|is_zipfile", path.read_text()
        )
    }
    assert {name for name, source in readers.items() if "except READ_FAULTS" not in source} == apart | {home}
    assert set(readers) - apart - {home} == {"lms/lib/filetypes.py", "lms/lib/known_files.py",
                                             "assessments/illustrations.py", "assessments/document_batches.py",
                                             "lms/lib/backups/archive.py"}  # fmt: skip
    without_limit = {name for name, source in readers.items() if re.search(with_zipfile, source)}
    assert without_limit == {home, "lms/lib/backups/archive.py", "assessments/question_imports.py"}  # made by us
