"""Zip files of strangers: opened within a limit, and what opening or reading a damaged one may raise, said once for
every reader.
"""

import lzma
import struct
import zipfile
import zlib
from typing import IO

READ_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    LookupError,  # a name that is listed and is not there
    NotImplementedError,  # of a newer program, or packed in another way
    OSError,  # bzip2 raises it, too
    OverflowError,
    RuntimeError,  # it asks for a password
    ValueError,
)
"""Whatever the library raises; it names only the first."""

MOST_DIRECTORY = 1024 * 1024
"""Bytes of the list of what is in an archive, some ten thousand names. All of it is read and kept in memory when an
archive is opened, and its entries may share one file: 20 MB hold 340,000 of them.
"""
_END = struct.Struct("<4s4H2LH")
_LOCATOR_BYTES = 20


def open_zip(file: IO[bytes]) -> zipfile.ZipFile:
    """An archive to be read. Raises one of ``READ_FAULTS``, also for one whose list of names is too long."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END.size - 0xFFFF - _LOCATOR_BYTES))
    tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place >= 0:
        has_long_form = tail[max(0, place - _LOCATOR_BYTES) : place].startswith(b"PK\x06\x07")
        if has_long_form or _END.unpack_from(tail, place)[5] > MOST_DIRECTORY:
            raise zipfile.BadZipFile("more names than are read")
    file.seek(0)
    return zipfile.ZipFile(file)
