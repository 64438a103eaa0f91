"""How large a name or a title may be set: pure arithmetic on an estimate of its width, no font is opened.

The estimate leans to the wide side, and the places in the layout take a second line, so a wrong guess costs a
little size and never a letter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_PT_PER_MM = 72 / 25.4


def fitted_size(text: str, *, one_line: Sequence[float], two_lines: Sequence[float], width_mm: float) -> float:
    """The largest size in points (both lists falling) that keeps the text on one line, else on two."""
    room, ems = width_mm * _PT_PER_MM, width_in_ems(text)
    fits_one = (size for size in one_line if ems * size <= room)
    # A line of two is never filled to its end: it breaks at a space or a hyphen.
    fits_two = (size for size in two_lines if ems * size <= room * 1.7)
    return next(fits_one, None) or next(fits_two, two_lines[-1])


def width_in_ems(text: str) -> float:
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> float:
    """Widths of a wide book face (DejaVu Serif); other scripts by their widest common letters."""
    category = unicodedata.category(character)
    if category in {"Mn", "Me", "Cf"}:
        return 0.0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.0
    if character.isspace() or character in "ijlI.,:;’'-tfr":
        return 0.42
    if character in "mwMW":
        return 1.0
    if category == "Lu":
        return 0.78
    return 0.61 if ord(character) < 0x250 else 0.75


def direction(text: str) -> str:
    """What dir="auto" means in HTML: the first letter that has a direction decides, "rtl" or "ltr"."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"
