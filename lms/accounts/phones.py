"""Phone numbers: typed in any national habit, kept as E.164, shown as people write them."""

import re
from functools import lru_cache

import phonenumbers
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from phonenumbers import NumberParseException, PhoneNumberFormat
from phonenumbers.timezone import time_zones_for_number

from lms.lib.comparison import comparable, western_digits, without_invisible
from lms.lib.sort_order import by_label

SHORTENED = gettext_lazy("The spreadsheet shortened this number. Format the column as text and type it again.")
_SCIENTIFIC = re.compile(r"(\d+)(?:[.,](\d+))?E\+?(\d{1,2})", re.IGNORECASE)


def countries() -> list[str]:
    """Codes of the countries offered, the site's own first."""
    return list(dict.fromkeys([settings.DEFAULT_COUNTRY, *settings.PHONE_COUNTRIES]))


def country_name(code: str, language: str | None = None) -> str:
    """Name of a country in the active language, from the data that comes with ``phonenumbers``."""
    from phonenumbers.geodata.locale import LOCALE_DATA

    names = LOCALE_DATA.get(code, {})
    name: str = names.get((language or get_language() or "en")[:2]) or names.get("en", code)
    found = str(names.get(name[1:], code)) if name.startswith("*") else name  # "*fr" means: as in French
    return "Bénin" if (code, language or get_language()) == ("BJ", "fr") else found.replace("'", "’")


def country_choices() -> list[tuple[str, str]]:
    """``[("SN", "Sénégal +221"), ...]``: the site's own, then the others by name."""
    own, *others = [(c, f"{country_name(c)} +{phonenumbers.country_code_for_region(c)}") for c in countries()]
    return [own, *by_label(others)]


def to_e164(text: str, country: str = "") -> str:
    """``+221771234567``, or "" when the text is no number of that country (default: the site's).

    Read as people and spreadsheets leave it: with or without the sign, the country's code or the leading zero, and in
    the form it had before the country made its numbers longer.
    """
    return next(iter(readings(text, country)), "")


def readings(text: str, country: str = "") -> list[str]:
    """What a text may be as a number of one country, likeliest first; all the same when it says its own country."""
    typed = tidy(text)
    if is_shortened(typed):
        return []  # its digits would make a number that is somebody else's
    region = country or settings.DEFAULT_COUNTRY
    code = phonenumbers.country_code_for_region(region)
    digits = re.sub(r"\D", "", typed)
    tries = [typed]
    if not typed.lstrip("( ").startswith("+") and digits:
        tries += [f"+{digits}"] if digits.startswith(str(code)) else []
        tries += [f"0{digits}"]  # a spreadsheet drops the zero
        tries += [f"+{digits}"] if starts_with_code(digits) else []
    if "(0)" in typed:
        tries.append(typed.replace("(0)", " "))  # +221 (0)77: a zero that is dialled within the country only
    found = [number for each in tries for number in valid(each, region)]
    return list(dict.fromkeys(found))


def tidy(text: str) -> str:
    """Digits of any script as 0-9, without what cannot be seen, and without the words around a number."""
    plain = re.sub(r"[\s_]+", " ", western_digits(without_invisible(text))).strip()
    if whole := _SCIENTIFIC.fullmatch(plain.replace(" ", "")):
        first, rest, power = whole[1], whole[2] or "", int(whole[3])
        if len(rest) >= power and not rest[power:].strip("0"):  # 7.01020304E+8: no digit is lost
            plain = first + rest[:power]
    plain = re.sub(r"(?<=\d{6})[.,]0+$", "", plain)  # 771234567.0: a number for a spreadsheet
    plain = re.sub(r"(?<=\d)\s+\(?[^\W\d][^\d]*$", "", plain)  # 77 123 45 67 (Orange Money)
    return re.sub(r"^(?:t[eé]l(?:[eé]phone)?|phone|mobile|whatsapp|n°)\s*[.:]*\s*", "", plain, flags=re.IGNORECASE)


def valid(text: str, region: str) -> list[str]:
    """The number, when it is one, else what it became when its country renumbered."""
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return []
    written = str(phonenumbers.format_number(number, PhoneNumberFormat.E164))
    return [written] if phonenumbers.is_valid_number(number) else [n for n in [renumbered(written)] if n]


def starts_with_code(digits: str) -> bool:
    """Whether a number without its sign begins with the code of a country that is offered."""
    return any(digits.startswith(str(phonenumbers.country_code_for_region(code))) for code in countries())


def renumbered(e164: str) -> str:
    """The number of today for one of before, "" when it is none.

    Côte d'Ivoire, 31 January 2021 (ARTCI): 8 digits got two more in front, by operator, which the second digit of a
    mobile number told (0-3 Moov 01, 4-6 MTN 05, 7-9 Orange 07) and the first three of a fixed one (208, 218, 228, 238
    Moov 21; a 0 as the third MTN 25; else Orange 27). What was no prefix then is none now.
    Benin, 30 November 2024 (ARCEP): 8 digits, mobile and fixed, got 01 in front.
    """
    fresh = ""
    if re.fullmatch(r"\+229[2-9]\d{7}", e164):
        fresh = f"+22901{e164[4:]}"
    elif re.fullmatch(r"\+225(?:2[0-4]|3[0-6])\d{6}", e164):
        old = e164[4:]
        fresh = f"+225{'21' if re.match('2[0-3]8', old) else '25' if old[2] == '0' else '27'}{old}"
    elif re.fullmatch(r"\+225(?:0[1-9]|[4-9]\d)\d{6}", e164):
        old = e164[4:]
        fresh = f"+225{'01' if old[1] in '0123' else '05' if old[1] in '456' else '07'}{old}"
    if not fresh or not phonenumbers.is_valid_number(phonenumbers.parse(fresh)):
        return ""
    return fresh


def typed_otherwise(text: str, e164: str) -> str:
    """What was typed, where its digits are not those of the number we keep: nothing that was written is lost."""
    typed = re.sub(r"\D", "", tidy(text))
    return text.strip()[:40] if typed and typed not in {e164[1:], f"00{e164[1:]}"} else ""


def is_shortened(text: str) -> bool:
    """``2,25E+12``: a spreadsheet left the last digits out, and nobody can bring them back."""
    return bool(_SCIENTIFIC.fullmatch(tidy(text).replace(" ", "")))


def country_from(text: str) -> str:
    """The country that a cell names: its code ("CI"), its name in any of our languages, or its dialling code."""
    wanted = comparable(text).strip(".")
    if not wanted:
        return ""
    return country_names().get(wanted, "") or country_names().get(wanted.lstrip("+").removeprefix("00"), "")


@lru_cache(maxsize=1)
def country_names() -> dict[str, str]:
    names = {}
    for code in sorted(phonenumbers.SUPPORTED_REGIONS, reverse=True):
        names[code.casefold()] = code
        for language, _name in settings.LANGUAGES:
            names[comparable(country_name(code, language))] = code
    for code in reversed(countries()):
        names[str(phonenumbers.country_code_for_region(code))] = code
    return names | {"cote d'ivoire": "CI", "cote divoire": "CI", "ivory coast": "CI", "rci": "CI", "rdc": "CD",
                    "drc": "CD", "usa": "US", "uk": "GB"}  # fmt: skip


def zone_of(e164: str | None, country: str = "") -> str:
    """The first time zone of a number, else of a country (its first mobile number's); "" when neither tells."""
    text = e164 or (example(country) if country else "")
    try:
        zones = time_zones_for_number(phonenumbers.parse(text))
    except NumberParseException:
        return ""
    return "" if zones[0] == "Etc/Unknown" else str(zones[0])


def looks_like_number(text: str) -> bool:
    """Digits with the marks that people put between them, and no letter."""
    plain = tidy(text)
    return sum(c.isdigit() for c in plain) >= 6 and not any(c.isalpha() for c in plain)


def candidates(text: str) -> list[str]:
    """What a number typed without its country may be, likeliest first. One country's number only when it has a +."""
    found = [readings(text, code) for code in countries()]
    first = [numbers[0] for numbers in found if numbers]
    return list(dict.fromkeys([*first, *(number for numbers in found for number in numbers)]))


def for_people(e164: str | None) -> str:
    """``+221 77 123 45 67``"""
    if not e164:
        return ""
    try:
        return str(phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.INTERNATIONAL))
    except NumberParseException:
        return e164


def country_of(e164: str) -> str:
    """The country of a number, "" when it has none (satellite, toll-free)."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(e164)) or ""
    except NumberParseException:
        return ""


def example(country: str = "") -> str:
    """How a mobile number of the country looks when it is written in full."""
    code = country or settings.DEFAULT_COUNTRY
    number = phonenumbers.example_number_for_type(code, phonenumbers.PhoneNumberType.MOBILE)
    return "" if number is None else str(phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL))
