"""How many parts a picture is made of, before anything decodes it: time that its size in pixels does not tell.

Each scan of a progressive JPEG passes over all of its pixels (ITU-T T.81, G.1), so 40 kB could hold a decoder for
minutes; each chunk of a PNG (ISO/IEC 15948, 5.3) costs a step of the reader.
"""

import re
from typing import BinaryIO

MAX_SCANS = 100  # of a JPEG: encoders write one, or about ten
MAX_SEGMENTS = 2_000  # of a JPEG beside its scans: a colour profile has up to 255
MAX_CHUNKS = 10_000  # of a PNG: 8 kB each make 80 MB

_PNG = b"\x89PNG\r\n\x1a\n"
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length: TEM, RST0 to RST7, SOI
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # what ends the entropy-coded data of a scan (T.81, B.1.1.5)


def has_too_many_parts(file: BinaryIO) -> bool:
    """Of a JPEG or a PNG; False for whatever else. ``file`` is read from where it stands, and is not put back."""
    head = file.read(8)
    if head == _PNG:
        return _too_many_chunks(file)
    if head.startswith(b"\xff\xd8\xff"):
        return _too_many_segments(head[2:] + file.read())
    return False


def _too_many_chunks(file: BinaryIO) -> bool:
    for _chunk in range(MAX_CHUNKS):
        head = file.read(8)
        if len(head) < 8 or head[4:] == b"IEND":
            return False
        file.seek(int.from_bytes(head[:4], "big") + 4, 1)  # and its checksum
    return True


def _too_many_segments(data: bytes) -> bool:
    """``data`` begins at the first marker behind SOI. What stands behind the end of the picture is not looked at."""
    scans = segments = at = 0
    while at + 1 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == _END_OF_IMAGE:
            return False
        segments += 1
        at += 2 if marker in _ALONE else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _START_OF_SCAN:
            scans += 1
            found = _MARKER.search(data, at)
            at = found.start() if found else len(data)
        if scans > MAX_SCANS or segments > MAX_SEGMENTS + MAX_SCANS:
            return True
    return False
