"""Zip files of strangers: what opening or reading a damaged one may raise, said once for every reader."""

import lzma
import struct
import zipfile
import zlib

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
