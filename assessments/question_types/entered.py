"""Fields copied from a document: when is what was typed what the document says, and what went wrong when it is not?

Each field has a kind, which says what does not count. A value is right when its normal form is that of the gold value:
exact match after a normaliser, the measure that contracts for data entry use (share of fields keyed exactly; no partial
credit inside a field).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation

import phonenumbers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from phonenumbers import NumberParseException, PhoneNumberFormat

from lms.lib.comparison import comparable, western_digits, without_invisible

from .normalisation import exact_answer

KINDS: dict[str, str | Promise] = {
    "text": gettext_lazy("text: capitals, accents and spaces do not count"),
    "exact": gettext_lazy("exact: every character counts"),
    "date": gettext_lazy("date, day first (05/11/2026)"),
    "date_us": gettext_lazy("date, month first (11/05/2026)"),
    "amount": gettext_lazy("amount: spaces and currency do not count"),
    "phone": gettext_lazy("phone number, with or without the code of the country"),
}
LONGEST_VALUE = 200  # characters

_DATE = re.compile(r"(\d{1,4})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{1,4})|(\d\d)(\d\d)(\d{4})")
_AMOUNT = re.compile(r"[^\d+\-.,']*+([+-]?\s*\d(?:[\d\s.,']*\d)?)[^\d]*")
_GROUPED = re.compile(r"\d{1,3}([\s.,'])\d{3}(?:\1\d{3})*")


def normal_form(kind: str, text: str, country: str = "") -> str:
    """The form in which two values of a field are compared. Of what cannot be read as its kind, the letters."""
    if kind == "exact":
        return exact_answer(text)
    found = ""
    if kind in ("date", "date_us"):
        found = iso_date(text, month_first=kind == "date_us")
    elif kind == "amount":
        found = plain_amount(text)
    elif kind == "phone":
        found = whole_number(text, country)
    return found or comparable(text)


def iso_date(text: str, *, month_first: bool = False) -> str:
    """``05/11/2026``, ``5-11-2026``, ``05112026`` (a phone's digits alone) and ``2026-11-05`` give ``2026-11-05`` (ISO
    8601); what is no day of the calendar, or has a year of two digits, gives "".
    """
    parts = _DATE.fullmatch(western_digits(without_invisible(text)).strip())
    if parts is None:
        return ""
    one, two, three = filter(None, parts.groups())
    year, month, day = (one, two, three) if len(one) == 4 else (three, two, one)
    if month_first and len(one) != 4:
        month, day = day, month
    try:
        return date(int(year), int(month), int(day)).isoformat() if len(year) == 4 else ""
    except ValueError:
        return ""


def plain_amount(text: str) -> str:
    """``12 500 F CFA``, ``12.500`` and ``12500,00`` give ``12500``. One mark before exactly three digits groups them:
    money has no three decimals.
    """
    whole = _AMOUNT.fullmatch(western_digits(unicodedata.normalize("NFKC", without_invisible(text))).strip())
    if whole is None:
        return ""
    number = re.sub(r"^([+-])\s*", r"\1", whole[1])
    sign, digits = (number[0], number[1:]) if number[0] in "+-" else ("", number)
    body, after = digits, ""
    if not _GROUPED.fullmatch(digits) and (mark := max((".,"), key=digits.rfind)) in digits:
        body, _mark, after = digits.rpartition(mark)
        if mark in body or len(after) > 2:
            return ""
    if not (re.fullmatch("[0-9]+", body) or _GROUPED.fullmatch(body)):
        return ""
    try:
        value = Decimal(f"{sign}{re.sub('[^0-9]', '', body)}.{after or 0}")
    except InvalidOperation:
        return ""
    return f"{value.normalize() + 0:f}"


def whole_number(text: str, country: str) -> str:
    """A phone number as E.164 (ITU-T), whether or not anybody has it."""
    try:
        number = phonenumbers.parse(western_digits(without_invisible(text)), country or None)
    except NumberParseException:
        return ""
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def is_right(kind: str, gold: str, typed: str, country: str = "") -> bool:
    return normal_form(kind, typed, country) == normal_form(kind, gold, country)


def slip_in(kind: str, gold: str, typed: str) -> str:
    """What seems to have gone wrong, in words that do not give the value away: for practice."""
    if not typed.strip():
        return _("you left it empty")
    if not gold.strip():
        return _("nothing stands there: leave it empty")
    if kind in ("date", "date_us") and not iso_date(typed, month_first=kind == "date_us"):
        return _("this is not a whole date: day, month and a year of four digits")
    if kind == "amount" and not plain_amount(typed):
        return _("this is not an amount: type digits only")
    one, other = exact_answer(gold), exact_answer(typed)
    if kind == "exact" and comparable(one) == comparable(other):
        return _("capitals, accents or spaces are not as they stand there")
    if kind != "exact":
        one, other = (re.sub(r"\W", "", comparable(text)) for text in (gold, typed))
    if len(one) == len(other):
        places = [place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
        if len(places) == 1:
            return _("one character is another one")
        if len(places) == 2 and places[1] == places[0] + 1 and sorted(one) == sorted(other):
            return _("two neighbouring characters are swapped")
    if is_one_more(other, one):
        return _("there is one character too many")
    if is_one_more(one, other):
        return _("one character is missing")
    return _("the document says something else")


def is_one_more(long: str, short: str) -> bool:
    """``long`` is ``short`` with one character put in."""
    if len(long) != len(short) + 1:
        return False
    place = next((place for place, pair in enumerate(zip(long, short, strict=False)) if pair[0] != pair[1]), len(short))
    return long[place + 1 :] == short[place:]
