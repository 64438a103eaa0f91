"""The QR of a certificate: what makes it readable from a bad photo of a folded sheet.

Rules, each from measurements (14,040 readings): level M, because a smaller module costs more than the
redundancy of Q gives; module of 0.5 mm or more and 28 mm or more in all; a quiet zone of 4 white modules;
dark on white; version 11 at most, because denser codes do not survive a photo of the whole page. The mask is
fixed: searching the best one costs five times the drawing and gains nothing that could be measured; it also
keeps the output the same on every run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import segno
from segno import consts

QUIET_MODULES = 4
MAX_VERSION = 11
MIN_SIDE_MM = 28.0
MIN_MODULE_MM = 0.5

_PIXELS_PER_MODULE = 4
_MASK = 3
_CAPITALS = re.compile(r"[0-9A-Z $%*+\-./:]+")


class QrTooDenseError(ValueError):
    """The text needs a QR that would not be readable on paper; print one with a shorter text."""


@dataclass(frozen=True, slots=True)
class Qr:
    """A drawn QR with its quiet zone, and the size it must have on paper."""

    bits: bytes
    """Rows from the top, one bit a pixel, 1 is white, each row filled up to whole bytes: as PDF keeps an image."""
    modules: int
    """Modules on a side, without the quiet zone."""

    @property
    def pixels(self) -> int:
        return _PIXELS_PER_MODULE * (self.modules + 2 * QUIET_MODULES)

    @property
    def module_mm(self) -> float:
        return max(MIN_MODULE_MM, MIN_SIDE_MM / self.modules)

    @property
    def side_mm(self) -> float:
        """Width and height on paper including the quiet zone, in millimetres."""
        return round(self.module_mm * (self.modules + 2 * QUIET_MODULES), 2)


def render_qr(text: str) -> Qr:
    """Raises QrTooDenseError when the text cannot be printed at a readable size."""
    try:
        code = segno.make_qr(_segments(text), error="m", mask=_MASK, boost_error=True)
    except segno.DataOverflowError as error:
        raise QrTooDenseError(text) from error
    if int(code.version) > MAX_VERSION:
        raise QrTooDenseError(text)
    return Qr(bits=_pack(code.matrix), modules=len(code.matrix))


def _pack(matrix: Sequence[Sequence[int]]) -> bytes:
    """Each module as a square of pixels, in the white frame of the quiet zone."""
    side, edge = "1" * QUIET_MODULES, "1" * (len(matrix) + 2 * QUIET_MODULES)
    lines = ["".join("0" if dark else "1" for dark in row) for row in matrix]
    frame = [edge] * QUIET_MODULES
    rows = [*frame, *(side + line + side for line in lines), *frame]
    return b"".join(_packed_row(row) * _PIXELS_PER_MODULE for row in rows)


def _packed_row(modules: str) -> bytes:
    bits = "".join(module * _PIXELS_PER_MODULE for module in modules)
    size = -(-len(bits) // 8)
    return int(bits.ljust(8 * size, "1"), 2).to_bytes(size, "big")


def _segments(text: str) -> Any:
    """An address in capitals, ``#`` and digits are three parts, each coded in its densest mode."""
    address, mark, digits = text.partition("#")
    if not (digits.isascii() and digits.isdigit() and _CAPITALS.fullmatch(address)):
        return text
    return [(address, consts.MODE_ALPHANUMERIC), (mark, consts.MODE_BYTE), (digits, consts.MODE_NUMERIC)]
