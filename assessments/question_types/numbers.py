"""Numbers as people type them: "1 250,50", "1.250,50", "1,250.50", "٣٫٥", "-3 FCFA".

A space or an apostrophe between groups of three digits is always a separator of thousands. When both a
dot and a comma are there, the last one is the decimal mark. One dot or comma alone is the decimal mark,
unless exactly three digits follow: "1,250" may be one thousand two hundred and fifty or one and a quarter,
and rather than guess we ask, except where the author has said how many decimals they want.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from django.utils.translation import gettext as _

from .base import InvalidResponse

LONGEST = 40  # characters; nobody types more, and Decimal would happily take a million digits

_SIGNS = dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-") | {"\uff0b": "+"}
_MARKS = {"\u066b": ",", "\u066c": " ", "\u060c": ",", "’": "'", "‘": "'", "ʼ": "'", "_": " "}
_WRITTEN = re.compile(r"(?P<before>[^\d+\-.,]*)(?P<number>[+-]?\s*[\d.,][\d.,' ]*)(?P<after>.*)", re.DOTALL)
_GROUPS = re.compile(r"\d{1,3}(?:(?P<mark>[.,' ])\d{3})(?:(?P=mark)\d{3})*")


def parse_number(text: str, *, unit: str = "", decimals: int | None = None) -> Decimal:
    """The number written in `text`, with or without its unit. Raises InvalidResponse, with what to do."""
    written = _WRITTEN.fullmatch(_plain(text)) if len(text) <= LONGEST else None
    if written is None or not any(character.isdigit() for character in written["number"]):
        raise _not_a_number(text)
    _check_unit(text, written["before"], written["after"], unit)
    sign = "-" if written["number"].startswith("-") else ""
    digits = _digits(text, written["number"].lstrip("+-").strip(), decimals)
    return Decimal(sign + digits) + 0  # + 0 turns -0 into 0


def split_unit(text: str) -> tuple[str, str]:
    """(the number as typed, its unit squeezed): the unit may stand on either side. Raises InvalidResponse."""
    written = _WRITTEN.fullmatch(_plain(text)) if len(text) <= LONGEST else None
    if written is None or not any(character.isdigit() for character in written["number"]):
        raise _not_a_number(text)
    before, after = without_spaces(written["before"]), without_spaces(written["after"])
    if before and after:
        raise _not_a_number(text)
    return written["number"], before or after


def _plain(text: str) -> str:
    """The same text with ASCII digits, signs and spaces."""
    folded = (_SIGNS.get(character, _MARKS.get(character, character)) for character in text)
    spaced = (" " if character.isspace() else character for character in folded)
    ascii_digits = (str(unicodedata.decimal(character)) if character.isdecimal() else character for character in spaced)
    return "".join(character for character in ascii_digits if unicodedata.category(character) != "Cf").strip()


def _check_unit(text: str, before: str, after: str, unit: str) -> None:
    around = [without_spaces(part) for part in (before, after) if without_spaces(part)]
    if not around or around == [without_spaces(unit)]:
        return
    if unit:
        raise InvalidResponse(
            _("“%(text)s” is not a number in %(unit)s. Type only the number.") % {"text": text, "unit": unit}
        )
    raise _not_a_number(text)


def without_spaces(unit: str) -> str:
    """A unit without spaces, dots and case: "F CFA" and "fcfa" are one."""
    plain = unicodedata.normalize("NFKC", unit).casefold()
    return "".join(character for character in plain if not character.isspace() and character != ".")


def _digits(text: str, number: str, decimals: int | None) -> str:
    """`number` in the form Decimal reads."""
    number = re.sub(r"\s+", " ", number)
    if "." in number and "," in number:
        decimal_mark = max(".,", key=number.rindex)
    else:
        decimal_mark = _lone_mark(text, number, decimals)
    whole, _mark, after = number.rpartition(decimal_mark) if decimal_mark else (number, "", "")
    whole = whole.strip()
    well_formed = whole == "" or whole.isdigit() or _GROUPS.fullmatch(whole)
    if not well_formed or not (after.isdigit() or after == "") or not (whole + after):
        raise _not_a_number(text)
    integer = re.sub("[^0-9]", "", whole) or "0"
    return f"{integer}.{after}" if after else integer


def _lone_mark(text: str, number: str, decimals: int | None) -> str:
    """The decimal mark of a number that has dots only, commas only, or neither; "" for none."""
    mark = "." if "." in number else ","
    if number.count(mark) != 1:
        return ""
    whole, _mark, after = number.partition(mark)
    could_be_thousands = len(after) == 3 and whole.isdigit() and len(whole) <= 3 and whole[0] != "0"
    if not could_be_thousands:
        return mark
    if decimals is None:
        raise InvalidResponse(
            _("“%(text)s” can be read in two ways. Write %(whole)s or %(decimal)s.")
            % {"text": text, "whole": whole + after, "decimal": f"{whole}{mark}{after}0"}
        )
    return mark if decimals else ""


def _not_a_number(text: str) -> InvalidResponse:
    return InvalidResponse(
        _("“%(text)s” is not a number we can read. Type only digits, for example 1250 or 12,5.")
        % {"text": text[:LONGEST]}
    )
