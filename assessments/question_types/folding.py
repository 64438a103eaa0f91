"""When are two typed answers the same? Case, accents, spaces and the like do not count; letters do.

Latin accents are folded, because a phone keyboard makes them hard to type. In other scripts a mark may be
a vowel or a tone (Devanagari, N'Ko), so it stays. In Arabic the short vowels and the stretching stroke,
which ordinary writing leaves out, are dropped, as search engines do (Lucene's ArabicNormalizer).
"""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = dict.fromkeys(map(ord, "’‘‛ʼ`´′＇"), "'")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_ARABIC_SIGNS = dict.fromkeys([0x0640, 0x0670, *range(0x064B, 0x0653)])
_END_PUNCTUATION = " \t.,;:!?…«»“”„\"'¿¡،؛؟۔"
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")


def fold(text: str) -> str:
    """A form equal for all spellings that count as one answer. Folding twice changes nothing."""
    while (folded := _fold_once(text)) != text:
        text = folded
    return text


def _fold_once(text: str) -> str:
    text = text.translate(_APOSTROPHES | _DASHES)
    text = "".join(character for character in text if not _is_invisible(character))
    text = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    text = _without_marks(text)
    text = re.sub(r"\s+", " ", _HYPHEN.sub(" ", text))
    text = re.sub(r" ?' ?", "'", text)
    text = text.strip(_END_PUNCTUATION) or text.strip()
    bracketed = _IN_BRACKETS.fullmatch(text)
    return bracketed[1] if bracketed else text


def _without_marks(text: str) -> str:
    kept: list[str] = []
    base = ""
    for character in unicodedata.normalize("NFD", text):
        if not unicodedata.combining(character):
            base = character
        elif "LATIN" in unicodedata.name(base or " ", ""):
            continue
        kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept).translate(_ARABIC_SIGNS))


def _is_invisible(character: str) -> bool:
    """Direction marks, soft hyphens and the like; the two joiners, which shape letters, are kept."""
    return unicodedata.category(character) == "Cf" and character not in "\u200c\u200d"
