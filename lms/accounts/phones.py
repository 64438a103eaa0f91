"""Phone numbers: typed in any national habit, kept as E.164, shown as people write them."""

import phonenumbers
from django.conf import settings
from django.utils.translation import get_language
from phonenumbers import NumberParseException, PhoneNumberFormat


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
    """``[("SN", "Sénégal +221"), ...]``"""
    return [(code, f"{country_name(code)} +{phonenumbers.country_code_for_region(code)}") for code in countries()]


def to_e164(text: str, country: str = "") -> str:
    """``+221771234567``, or "" when the text is no possible number of that country (default: the site's)."""
    try:
        number = phonenumbers.parse(text, country or settings.DEFAULT_COUNTRY)
    except NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def looks_like_number(text: str) -> bool:
    """Digits with the marks that people put between them, and no letter."""
    digits = [c for c in text if c.isdigit()]
    return len(digits) >= 6 and not any(c.isalpha() for c in text)


def candidates(text: str) -> list[str]:
    """What a number typed without its country may be, likeliest first. One country's number only when it has a +."""
    found = (to_e164(text, code) for code in countries())
    return list(dict.fromkeys(number for number in found if number))


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
