"""When are two typed answers the same? As texts are (``lms/lib/comparison.py``), and what ends or encloses an answer
does not count either.
"""

from __future__ import annotations

import re

from lms.lib.comparison import comparable

_END_PUNCTUATION = " \t.,;:!?…«»“”„\"'¿¡،؛؟۔"
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")


def comparable_answer(text: str) -> str:
    """A form equal for all spellings that count as one answer. Of such a form it is the same again."""
    while (changed := _comparable_once(text)) != text:
        text = changed
    return text


def _comparable_once(text: str) -> str:
    text = comparable(_HYPHEN.sub(" ", comparable(text)))
    text = re.sub(r" ?' ?", "'", text)
    text = text.strip(_END_PUNCTUATION) or text.strip()
    bracketed = _IN_BRACKETS.fullmatch(text)
    return bracketed[1] if bracketed else text
