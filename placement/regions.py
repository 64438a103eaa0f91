"""Regions from a list: the first level of ISO 3166-2, in the reader's language, as ``pycountry`` ships it.

A profile keeps a code (``SN-DK``). What was typed before there was a list counts where it surely is a region of the
country (``listed``), and is shown to its writer alone where it is not.
"""

import gettext
import re
from functools import cache

import pycountry
from django.utils.translation import get_language

from lms.lib.sort_order import by_label
from placement.choices import COUNTRIES, Choices
from placement.matching import region_key

CODE = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}", re.ASCII)
NOTE = re.compile(r"\s*[(\[].*")
FRENCH = {
    "Litoral": "Littoral", "Tananarive": "Antananarivo", "Turinge": "Thuringe", "Bern": "Berne",
    "Murcei, région de": "Murcie, région de", "Extramadoure": "Estrémadure",
    "Trentin- Haut Adige": "Trentin-Haut-Adige",
}  # fmt: skip
"""Slips of the French catalogue."""
ALSO = {
    "CI": {"Abidjan": "CI-AB", "Yamoussoukro": "CI-YM", "Bouaké": "CI-VB", "Korhogo": "CI-SV",
           "San-Pédro": "CI-BS"},
    "CM": {"Douala": "CM-LT", "Yaoundé": "CM-CE", "Bafoussam": "CM-OU", "Garoua": "CM-NO", "Bamenda": "CM-NW"},
    "BJ": {"Cotonou": "BJ-LI", "Porto-Novo": "BJ-OU", "Parakou": "BJ-BO", "Abomey": "BJ-ZO"},
    "FR": {"Paris": "FR-IDF", "Marseille": "FR-PAC", "Roubaix": "FR-HDF", "Lille": "FR-HDF",
           "Lyon": "FR-ARA", "Toulouse": "FR-OCC", "Saint-Étienne": "FR-ARA", "Bordeaux": "FR-NAQ", "Nantes": "FR-PDL"},
}  # fmt: skip
"""Towns that many typed, and the region they are the seat of or surely in; of two towns of one name, none."""


@cache
def codes(country: str) -> tuple[str, ...]:
    """Of a country's regions, those that are no part of another one."""
    rows = pycountry.subdivisions.get(country_code=country) if country else None
    return tuple(row.code for row in rows or () if not row.parent_code)


@cache
def names(code: str) -> tuple[str, str]:
    """In English (as the list writes it) and in French."""
    row = pycountry.subdivisions.get(code=code)
    if row is None:
        return code, code
    return readable_name(row.name), readable_name(FRENCH.get(french := catalogue().gettext(row.name), french))


@cache
def catalogue() -> gettext.NullTranslations:
    return gettext.translation("iso3166-2", pycountry.LOCALES_DIR, ["fr"], fallback=True)


def readable_name(name: str) -> str:
    """``Bruxelles-Capitale, Région de`` -> ``Région de Bruxelles-Capitale``; no notes in brackets."""
    first, comma, last = NOTE.sub("", name).partition(", ")
    joined = f"{last} {first}" if comma else first
    return joined[:1].upper() + joined[1:]


def region_name(code: str) -> str:
    """In the active language; what is no code, as it is."""
    english, french = names(code) if CODE.fullmatch(code) else (code, code)
    return french if (get_language() or "fr").startswith("fr") else english


def region_choices(country: str) -> Choices:
    """A country's regions by their names in the active language."""
    return by_label((code, region_name(code)) for code in codes(country))


def listed(country: str, text: str) -> str:
    """The code of what was chosen, or typed before there was a list; empty where it is not surely one of them."""
    if not country or not text:
        return ""
    return text if text in codes(country) else known(country).get(region_key(text), "")


@cache
def known(country: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for code in codes(country):
        for name in names(code):
            key = region_key(name)
            found[key] = code if found.get(key, code) == code else ""  # two regions of one name are none
    towns = {region_key(town): code for town, code in ALSO.get(country, {}).items()}
    return {**towns, **found}


def listed_anywhere(text: str) -> str:
    """Of an address made before there was a list: ``dakar``, where one country alone has such a region."""
    if CODE.fullmatch(text.upper()):
        return text.upper()
    found = {code for country, _name in COUNTRIES if (code := listed(country, text))}
    return found.pop() if len(found) == 1 else text
