"""What a file is that was given to the wrong reader, told by its content: named, with where it belongs or how to turn
it into what we read. One row of ``KINDS`` for each kind that people have been seen to send.
"""

import io
import re
import zlib
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.lib.archives import READ_FAULTS, open_zip
from lms.lib.comparison import heading_key
from lms.lib.decoding import EncodingError, decode
from lms.lib.parsing import UnreadableFileError

HEAD = 16_000  # characters of a text that are looked at
MOST_NAMES = 20_000  # in an archive
MANIFEST = 200_000  # bytes


@dataclass(frozen=True)
class FileKind:
    """``what`` completes "This is ...": a sentence; ``remedy`` is the next one, whichever reader it was given to."""

    key: str
    what: str | Promise
    remedy: str | Promise


class WrongKindError(UnreadableFileError):
    """A known file given to a reader that does not take it."""

    def __init__(self, kind: FileKind) -> None:
        super().__init__(f"{kind.what} {kind.remedy}")
        self.kind, self.what, self.remedy = kind, str(kind.what), str(kind.remedy)


_AS_TEXT = _("Save it as text (“Save as”, then “Plain text, UTF-8”), or copy what it says and paste it here.")
_SHEETS = _(
    "A list of learners is imported under “Create learners from a list”; questions are imported as a GIFT file."
)
_LIST_OR_GIFT = _("Give a list of learners as CSV or XLSX, and questions as a GIFT file.")

_ROWS: list[tuple[str, str | Promise, str | Promise]] = [
    ("gift", _("This is a file of questions in the GIFT format."), _("Import it under “Import questions”.")),
    ("gift-archive", _("This is an archive with a file of questions in the GIFT format."),
     _("Import it under “Import questions”.")),
    ("documents-archive", _("This is an archive with a table and pictures: a batch of documents to enter."),
     _("Import it under “Import questions”.")),
    ("items-table", _("This is a table of items to classify, with their labels."),
     _("Import it under “Import questions”.")),
    ("aiken", _("This is a file of questions in the Aiken format."), _("Import it under “Import questions”.")),
    ("moodle-xml", _("This is a Moodle XML file of questions."), _("Import it under “Import questions”.")),
    ("moodle-backup", _("This is a backup of a Moodle course (.mbz)."),
     _("Restore it in Moodle. There, export the questions in the GIFT format; lessons are copied into the editor.")),
    ("qti", _("This is a QTI file of questions."),
     _("Import it in the program that wrote it, or in one that also exports GIFT, and import the GIFT file here.")),
    ("common-cartridge", _("This is a Common Cartridge, a whole course from another system."),
     _("Import it in Moodle (“Restore”). There, export the questions in the GIFT format.")),
    ("scorm", _("This is a SCORM package, a course that another program plays."),
     _("It cannot be played here. Copy its texts into the editor, and write its questions in the GIFT format.")),
    ("h5p", _("This is an H5P file."),
     _("It cannot be played here. Copy its texts into the editor, and write its questions in the GIFT format.")),
    ("xlsx", _("This is a spreadsheet (XLSX)."), _SHEETS),
    ("ods", _("This is an OpenDocument spreadsheet (ODS)."),
     _("In your spreadsheet, choose “Save as” and then XLSX or CSV.")),
    ("csv", _("This is a table (CSV)."), _SHEETS),
    ("docx", _("This is a Word document (DOCX)."), _AS_TEXT),
    ("odt", _("This is an OpenDocument text (ODT)."), _AS_TEXT),
    ("rtf", _("This is a formatted text document (RTF)."), _AS_TEXT),
    ("pptx", _("This is a presentation."), _("Copy what it says and paste it here.")),
    ("old-office", _("This is a document from an old Office program (.doc, .xls, .ppt)."),
     _("Open it and choose “Save as”: XLSX or CSV for a table, plain text for questions.")),
    ("pdf", _("This is a PDF, which is made to be printed."),
     _("Ask for the file it was made from. For a table, save that one as XLSX or CSV; for questions, as plain text.")),
    ("image", _("This is a picture."), _("Add pictures in the editor, or under “Images”.")),
    ("media", _("This is a recording."), _("Add sounds and videos under “Sound and video”.")),
    ("html", _("This is a web page (HTML)."),
     _("Copy what it says and paste it here. A table: open it in a spreadsheet and save it as XLSX.")),
    ("xml", _("This is an XML file of a kind that is not known here."), _LIST_OR_GIFT),
    ("json", _("This is a JSON file."), _LIST_OR_GIFT),
    ("contacts", _("This is a file of contacts (vCard)."),
     _("Import it in a spreadsheet or an address book, and save the list as CSV.")),
    ("damaged", _("This file is damaged: it begins like an Office document or an archive, and cannot be opened."),
     _("Open it in the program it comes from, and save it again.")),
    ("archive", _("This is a compressed archive."), _("Unpack it, and give the file that is in it.")),
    ("program", _("This is a program."), _LIST_OR_GIFT),
    ("binary", _("This is not a text file."), _LIST_OR_GIFT),
]  # fmt: skip
KINDS = {key: FileKind(key, what, remedy) for key, what, remedy in _ROWS}


def refuse_known(content: bytes, *, takes: Collection[str]) -> None:
    """Raises WrongKindError for a file that is known to be something else than what this reader ``takes``."""
    kind = recognise(content)
    if kind is not None and kind.key not in takes:
        raise WrongKindError(kind)


def recognise(content: bytes, file: BinaryIO | None = None) -> FileKind | None:
    """What this is; ``None`` for a text without a known shape. ``content`` may be the begin of a long ``file``."""
    key = _by_first_bytes(content, file or io.BytesIO(content)) or _by_text(content)
    return KINDS[key] if key else None


# -- by the first bytes

_SIGNATURES: list[tuple[bytes, str]] = [
    (b"%PDF", "pdf"), (b"\xd0\xcf\x11\xe0", "old-office"), (b"{\\rtf", "rtf"),
    (b"\x89PNG", "image"), (b"\xff\xd8\xff", "image"), (b"GIF8", "image"), (b"BM", "image"), (b"II*\x00", "image"),
    (b"MM\x00*", "image"), (b"8BPS", "image"),
    (b"ID3", "media"), (b"\xff\xfb", "media"), (b"OggS", "media"), (b"fLaC", "media"), (b"\x1a\x45\xdf\xa3", "media"),
    (b"7z\xbc\xaf", "archive"), (b"Rar!", "archive"), (b"BZh", "archive"), (b"\xfd7zXZ", "archive"),
    (b"MZ", "program"), (b"\x7fELF", "program"),
]  # fmt: skip
MIN_SIGNATURE_LENGTH = 4  # letters of a signature: with fewer a text could begin, unless there is a zero in it, too


def _by_first_bytes(content: bytes, file: BinaryIO) -> str:
    head = content[:4096]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(file)
    if head.startswith(b"\x1f\x8b"):
        return _compressed(content)
    if head[257:262] == b"ustar":
        return "moodle-backup" if b"moodle_backup.xml" in content[:HEAD] else "archive"
    if head[:4] == b"RIFF":
        return "image" if head[8:12] == b"WEBP" else "media"
    if head[4:8] == b"ftyp":
        return "image" if head[8:12] in (b"avif", b"avis", b"heic", b"heix", b"mif1") else "media"
    for mark, key in _SIGNATURES:
        if head.startswith(mark) and (len(mark) >= MIN_SIGNATURE_LENGTH or mark[0] >= 0x80 or b"\x00" in head):
            return key
    return ""


def _archive(content: BinaryIO) -> str:
    """By the names in it; nothing is unpacked but a manifest, and that not whole."""
    try:
        with open_zip(content) as archive:
            names = {entry.filename for entry in archive.infolist()[:MOST_NAMES]}
            manifest = ""
            if "imsmanifest.xml" in names:
                with archive.open("imsmanifest.xml") as part:
                    manifest = part.read(MANIFEST).decode("utf-8", "replace").lower()
            if "mimetype" in names:
                with archive.open("mimetype") as part:
                    manifest = part.read(80).decode("ascii", "replace")
    except READ_FAULTS:
        return "damaged"
    return _by_names(names, manifest)


def _by_names(names: set[str], manifest: str) -> str:
    for part, key in (("moodle_backup.xml", "moodle-backup"), ("h5p.json", "h5p"), ("xl/workbook.xml", "xlsx"),
                      ("xl/workbook.bin", "old-office"), ("word/document.xml", "docx"),
                      ("ppt/presentation.xml", "pptx")):  # fmt: skip
        if part in names:
            return key
    if "opendocument" in manifest:
        return "ods" if "spreadsheet" in manifest else "odt" if "text" in manifest else "pptx"
    if "imsccv1" in manifest or "imscc_xmlv1" in manifest:
        return "common-cartridge"
    if "scorm" in manifest or "adlcp" in manifest:
        return "scorm"
    if any(name.lower().endswith(".gift") for name in names):
        return "gift-archive"
    if not manifest and _is_batch(names):
        return "documents-archive"
    return "qti" if "qti" in manifest else "archive"


DOCUMENT_TABLES = (".csv", ".xlsx")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif")


def _is_batch(names: set[str]) -> bool:
    """A table, and pictures of what it tells of."""
    lowered = [name.lower() for name in names]
    return any(name.endswith(DOCUMENT_TABLES) for name in lowered) and any(name.endswith(_PICTURES) for name in lowered)


def _compressed(content: bytes) -> str:
    """A backup of Moodle may be a tar.gz: its first file is an index, or the backup's own description."""
    try:
        begin = zlib.decompressobj(wbits=31).decompress(content[:HEAD], HEAD)
    except zlib.error:
        return "archive"
    return "moodle-backup" if b".ARCHIVE_INDEX" in begin[:512] or b"moodle_backup.xml" in begin else "archive"


# -- by what a text says

_ROOTS = {
    "quiz": "moodle-xml", "moodle_backup": "moodle-backup", "html": "html", "svg": "image", "assessmentitem": "qti",
    "assessmenttest": "qti", "questestinterop": "qti", "qti-assessment-item": "qti", "qti-assessment-test": "qti",
    "manifest": "xml", "workbook": "xml",
}  # fmt: skip
_PROLOG = re.compile(r"\s++|<\?[^>]*+>|<!--(?:[^-]|-(?!->))*-->|<!doctype[^>\[]*+(?:\[[^\]]*+\])?[^>]*+>", re.I)
_ELEMENT = re.compile(r"<(?:\w{1,30}:)?([A-Za-z][\w-]{0,60})")
_GIFT = re.compile(
    r"^[ \t]*+\$CATEGORY:|^::[^:\n]{0,300}::|\{\s*+(?:[=~#]|TRUE\b|FALSE\b|[TF]\s*+[}#]|\})|[=~][^{}=~\n]{0,300}\}",
    re.M,
)
_AIKEN = re.compile(r"^ANSWER:[ \t]{0,5}[A-Z][ \t]{0,5}$", re.M)
_AIKEN_OPTION = re.compile(r"^[A-Z][.)]", re.M)


def _by_text(content: bytes) -> str:
    text = _head_of(content)
    if text is None:
        return "binary" if b"\x00" in content[:4000] else ""
    if "\x00" in text[:4000]:
        return "binary"
    text = text[:HEAD].replace("\r\n", "\n").replace("\r", "\n")
    begin = text.lstrip("\ufeff \t\n")
    if begin[:1] == "<":
        return _markup(begin)
    if begin.startswith("BEGIN:VCARD"):
        return "contacts"
    if re.match(r'[\[{]\s{0,100}(?:["\[{]|\}\s*$)', begin):
        return "json"
    if _is_items(begin):
        return "items-table"
    if _GIFT.search(text):
        return "gift"
    if _AIKEN.search(text) and _AIKEN_OPTION.search(text):
        return "aiken"
    return "csv" if _is_table(begin) else ""


def _head_of(content: bytes) -> str | None:
    """The begin as text; a long file is cut, perhaps within a character, so some bytes may be too many."""
    head = content[: 4 * HEAD]
    for length in range(len(head), len(head) - 4, -1):
        with suppress(EncodingError):
            return decode(head[: max(0, length)])
        if head is content:
            return None
    return None


def _markup(text: str) -> str:
    """By the first element; questions in GIFT may begin with one, so any other element says nothing."""
    place, is_declared = 0, text[:5].lower() == "<?xml"
    while found := _PROLOG.match(text, place):
        if found[0].lower().startswith("<!doctype html"):
            return "html"
        place = found.end()
    element = _ELEMENT.match(text, place)
    key = _ROOTS.get(element[1].lower(), "") if element else ""
    return key or ("xml" if is_declared else "gift" if _GIFT.search(text) else "")


ITEM_COLUMNS = {
    "text": "text", "texte": "text", "item": "text", "label": "label", "etiquette": "label",
    "explanation": "explanation", "explication": "explanation", "task": "task", "tache": "task",
    "guideline": "guideline", "consigne": "guideline",
}  # fmt: skip
"""The columns of a table of items to classify, by their headings."""


def _is_items(text: str) -> bool:
    """The first line names a text and its label."""
    first = text.partition("\n")[0][:2000]
    for mark in ";\t,|":
        cells = (cell.strip(' "').partition("[")[0] for cell in first.split(mark))
        if {"text", "label"} <= {ITEM_COLUMNS.get(heading_key(cell)) for cell in cells}:
            return True
    return False


def _is_table(text: str) -> bool:
    """Several lines with the same number of the same separator, and two at least."""
    lines = [line for line in text.split("\n")[:20] if line.strip()]
    least = {";": 1, "\t": 1, ",": 2}  # prose has commas
    return len(lines) > 1 and any(
        lines[0].count(mark) >= most and len({line.count(mark) for line in lines[: max(2, len(lines) - 1)]}) == 1
        for mark, most in least.items()
    )
