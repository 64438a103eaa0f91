"""What a file is, by its first bytes and never by what its sender says, and the types that files are served with."""

from collections.abc import Callable
from typing import BinaryIO

from lms.lib.archives import READ_FAULTS, open_zip

HEAD_BYTES = 4096
UNKNOWN = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"

TYPES: dict[str, tuple[str, ...]] = {
    "avif": ("image/avif",),
    "gif": ("image/gif",),
    "jpg": ("image/jpeg",),
    "jpeg": ("image/jpeg",),
    "png": ("image/png",),
    "webp": ("image/webp",),
    "mp3": ("audio/mpeg",),
    "ogg": ("audio/ogg",),
    "opus": ("audio/ogg",),
    "m4a": ("audio/mp4", "video/mp4"),  # some recorders write the mark of a video around sound
    "mp4": ("video/mp4",),
    "webm": ("video/webm",),
    "pdf": ("application/pdf",),
    "docx": (f"{_OFFICE}.wordprocessingml.document",),
    "pptx": (f"{_OFFICE}.presentationml.presentation",),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet",),
    "odt": (f"{_OPEN}.text",),
    "ods": (f"{_OPEN}.spreadsheet",),
    "csv": (TEXT,),
    "txt": (TEXT,),
}
"""Every extension that is taken or served -> the types its content may have. Nothing that a browser runs."""

SHOWN = ("image/", "audio/", "video/")
"""What a page shows or plays; anything else is saved by the browser."""


def extension_of(name: str) -> str:
    """``Photo.JPG`` -> ``jpg``; empty when there is none."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def _is_mp3(head: bytes) -> bool:
    """An ID3 tag, or a frame of MPEG audio layer III whose bit rate and sampling rate exist (ISO 11172-3)."""
    if head.startswith(b"ID3") and len(head) >= 10:
        return head[3] in (2, 3, 4) and all(byte < 0x80 for byte in head[6:10])
    return (
        len(head) > 3
        and head[0] == 0xFF
        and head[1] & 0xE6 == 0xE2  # layer III, MPEG 1, 2 or 2.5
        and head[1] & 0x18 != 0x08
        and head[2] >> 4 not in (0, 15)
        and head[2] >> 2 & 3 != 3
    )


def _brand(head: bytes) -> bytes:
    """The major brand of an ISO base media file (ISO 14496-12), else nothing."""
    return head[8:12] if head[4:8] == b"ftyp" and 8 <= int.from_bytes(head[:4], "big") <= 1024 else b""


_PLAIN: list[tuple[str, Callable[[bytes], bool]]] = [
    ("image/gif", lambda head: head[:6] in (b"GIF87a", b"GIF89a")),
    ("image/jpeg", lambda head: head.startswith(b"\xff\xd8\xff")),
    ("image/png", lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    ("image/webp", lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
    ("image/avif", lambda head: _brand(head) in (b"avif", b"avis")),
    ("audio/mp4", lambda head: _brand(head) in (b"M4A ", b"M4B ")),
    (
        "video/mp4",
        lambda head: _brand(head) in (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ",
                                      b"MSNV", b"dash", b"3gp4", b"3gp5", b"3gp6", b"qt  "),
    ),
    ("audio/ogg", lambda head: head.startswith(b"OggS\x00")),
    ("video/webm", lambda head: head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]),
    ("audio/mpeg", _is_mp3),
    ("application/pdf", lambda head: head.startswith(b"%PDF-")),
]  # fmt: skip

_OFFICE_PARTS = {
    "word/document.xml": f"{_OFFICE}.wordprocessingml.document",
    "ppt/presentation.xml": f"{_OFFICE}.presentationml.presentation",
    "xl/workbook.xml": f"{_OFFICE}.spreadsheetml.sheet",
}


def _office_type(file: BinaryIO) -> str:
    """The type of an office document by the names inside it; nothing is unpacked but the 80 bytes of a mark."""
    try:
        with open_zip(file) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size <= 80:
                mark = archive.read("mimetype").decode("ascii", "replace").strip()
                return mark if mark.startswith(_OPEN) else UNKNOWN
    except READ_FAULTS:
        return UNKNOWN
    return next((kind for part, kind in _OFFICE_PARTS.items() if part in names), UNKNOWN)


def _is_text(content: bytes) -> bool:
    """No control characters but tabs and line ends; spreadsheets write Latin-1 or UTF-16 as well as UTF-8."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not any(byte < 0x20 and byte not in b"\t\n\r\f\x1a" for byte in content)


def type_of(name: str, file: BinaryIO) -> str:
    """The media type of a file when its content is what its extension says, else ``UNKNOWN``.

    ``file`` is read from its beginning and left there.
    """
    allowed = TYPES.get(extension_of(name), ())
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if head.startswith(b"PK\x03\x04"):
        found = _office_type(file)
    elif allowed == (TEXT,):
        found = TEXT if _is_text(head) and not any(test(head) for _kind, test in _PLAIN) else UNKNOWN
    else:
        found = next((kind for kind, test in _PLAIN if test(head)), UNKNOWN)
    file.seek(0)
    if found not in allowed:
        return UNKNOWN
    return "audio/mp4" if extension_of(name) == "m4a" else found
