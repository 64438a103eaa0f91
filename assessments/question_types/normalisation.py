"""When are two typed answers the same? As texts are (``lms/lib/comparison.py``), and what ends or encloses an answer
does not count either.
"""

from __future__ import annotations

import re
import unicodedata

from lms.lib.comparison import APOSTROPHES, comparable, without_invisible

_END_PUNCTUATION = " \t.,;:!?…«»“”„\"'¿¡،؛؟۔"
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")


_TAGS = re.compile(r"<(/?)(sup|sub)>")
_POWER = re.compile(r"(?<=[\d)])([⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ]++)")
_SIGNED_POWER = re.compile(r"(?<=[a-z])\^(?=\d)", re.IGNORECASE)
_SPACED_POWER = re.compile(r" ?\^ ?")


def flat_superscripts(text: str) -> str:
    """10³ and 10<sup>3</sup> as 10^3, which is never 103; m² and m^2 as m2, as units are typed; H₂O as H2O."""
    text = _TAGS.sub(lambda found: "^" if found[0] == "<sup>" else "", text)
    text = _POWER.sub(r"^\1", text)
    return _SIGNED_POWER.sub("", _SPACED_POWER.sub("^", text))


def comparable_answer(text: str) -> str:
    """A form equal for all spellings that count as one answer. Of such a form it is the same again."""
    while (changed := _comparable_once(text)) != text:
        text = changed
    return text


def exact_answer(text: str) -> str:
    """A form in which letters, capitals, accents and the spaces between them count, and what cannot be seen or chosen
    on a keyboard does not: spaces around it, invisible marks, kinds of space and of apostrophe, forms of Unicode.
    """
    text = without_invisible(unicodedata.normalize("NFC", text)).translate(APOSTROPHES)
    return "".join(" " if character.isspace() else character for character in text.strip())


def _comparable_once(text: str) -> str:
    text = comparable(_HYPHEN.sub(" ", comparable(flat_superscripts(text))))
    text = re.sub(r" ?' ?", "'", text)
    text = text.strip(_END_PUNCTUATION) or text.strip()
    bracketed = _IN_BRACKETS.fullmatch(text)
    return bracketed[1] if bracketed else text
