"""Finds words of the wrong language on a page, by the catalogue of translations."""

import re
from functools import cache
from pathlib import Path

import polib

PO = Path(__file__).resolve().parents[2] / "locale" / "fr" / "LC_MESSAGES" / "django.po"
BLANK = re.compile(r"%\(\w+\)[sd]|%[sd]|{\w*}|%%")
OWN_NAMES = {"English", "Français"}  # a language is called by its own name everywhere
LETTERS = re.compile(r"[^\W\d_]")


def pattern(message: str) -> str:
    """A message as a regular expression, its blanks filled in by anything; a space beside a blank stays a space."""
    parts = [re.sub(r"(?:\\?\s)+", r"\\s+", re.escape(part)) for part in BLANK.split(message)]
    return ".+?".join(parts).removeprefix(r"\s+").removesuffix(r"\s+")


def has_words(message: str) -> bool:
    return len(LETTERS.findall(BLANK.sub("", message))) >= 4


@cache
def foreign(language: str) -> re.Pattern[str]:
    """Every text of the other language that would read differently in ``language``."""
    pairs: list[tuple[str, str]] = []
    for entry in polib.pofile(str(PO)):
        if entry.obsolete:
            continue
        texts = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
        originals = [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
        pairs += [(original, text) for original in originals for text in texts if text and original]
    here = {(french if language == "fr" else english) for english, french in pairs}
    there = {(english if language == "fr" else french) for english, french in pairs}
    same = {text.lower() for text in here}
    choices = sorted(
        {pattern(text) for text in there if has_words(text) and text.lower() not in same}, key=len, reverse=True
    )
    return re.compile("|".join(choices) or r"(?!)", re.IGNORECASE)


def leaks(texts: list[tuple[str, str]], language: str) -> list[str]:
    """Texts of the page that are whole messages of the other language; parts marked as another language may be."""
    return [
        text for lang, text in texts if lang == language and text not in OWN_NAMES and foreign(language).fullmatch(text)
    ]
