"""Gaps in a text as Moodle writes them: “{2:SHORTANSWER:=Dakar~%50%dakkar#Almost}” of embedded answers
(https://docs.moodle.org/en/Embedded_Answers_(Cloze)_question_type), and the numbered gaps of “Select missing words”.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from .interactions import (
    GAP,
    Choices,
    GapsInText,
    ImportedAnswer,
    ImportedGap,
    ImportedNumber,
    TypedNumber,
    TypedText,
)
from .plain import plain_text
from .rich import NOTHING, Rich

_WRITTEN = re.compile(r"\{(\d{0,3}):([A-Z_]{1,30}):((?:[^\\{}]|\\.)*)\}", re.DOTALL)
_BEGUN = re.compile(r"\{\d{0,3}:[A-Z_]{2,30}[:}]")
_ESCAPED = re.compile(r"\\([\\~=#{}\"'|])")
_SHARE = re.compile(r"\s*+%(-?\d{1,3}(?:\.\d{1,9})?)%")
_NUMBERED = re.compile(r"\[\[(\d{1,3})\]\]")
_PRIVATE = 0xF0000

TYPED = {"SHORTANSWER", "SA", "MW"}
TYPED_EXACTLY = {"SHORTANSWER_C", "SAC", "MWC"}
NUMBERS = {"NUMERICAL", "NM"}
CHOSEN = {"MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH"}
CHOSEN_SHUFFLED = {"MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"}
SEVERAL = {"MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH", "MULTIRESPONSE_S", "MRS", "MULTIRESPONSE_HS", "MRHS"}
HEAVIEST = 9


class GapFault(ValueError):  # noqa: N818 - says what it is
    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


def embedded(text: Rich) -> GapsInText:
    """The gaps of embedded answers. Raises GapFault."""
    gaps = [_gap(found[1], found[2], found[3], text.format) for found in _WRITTEN.finditer(text.text)]
    marked = _WRITTEN.sub(GAP, text.text)
    if damaged := _BEGUN.search(marked):
        what = _("The gap “%(text)s” cannot be read.") % {"text": marked[damaged.start() :][:40]}
        raise GapFault(what, _("Correct it in Moodle, and export again."))
    if not gaps:
        raise GapFault(_("The text has no gap."), _("Write one in Moodle, and export again."))
    return GapsInText(Rich(marked, text.format), tuple(gaps))


def numbered(text: Rich, choices: Sequence[tuple[str, str]]) -> GapsInText:
    """[[2]] is a list of all choices of the group of the second, which is right: ``choices`` are (text, group). Raises
    GapFault.
    """
    gaps = []
    for found in _NUMBERED.finditer(text.text):
        right = int(found[1]) - 1
        if not 0 <= right < len(choices):
            raise GapFault(_("Gap [[%(number)s]] has no choice.") % {"number": found[1]}, _("Add it in Moodle."))
        same = [(words, number) for number, (words, group) in enumerate(choices) if group == choices[right][1]]
        answers = (ImportedAnswer(Rich(words), Decimal(100 if number == right else 0)) for words, number in same)
        gaps.append(ImportedGap(Choices(tuple(answers))))
    if not gaps:
        raise GapFault(_("The text has no gap."), _("Write one in Moodle, and export again."))
    return GapsInText(Rich(_NUMBERED.sub(GAP, text.text), text.format), tuple(gaps))


def _gap(weight: str, kind: str, inside: str, written: str) -> ImportedGap:
    rows = [_answer(row, written) for row in _ESCAPED.sub(_hide, inside).split("~")]
    rows = [row for row in rows if row.text]
    counts = min(HEAVIEST, int(weight or 1)) or 1
    if kind in SEVERAL:
        what = _("A gap takes one answer, not several (%(kind)s).") % {"kind": kind}
        raise GapFault(what, _("Make it a question of its own with several right answers."))
    if kind in NUMBERS:
        return ImportedGap(TypedNumber(tuple(_number(row) for row in rows)), counts)
    if kind in TYPED | TYPED_EXACTLY:
        typed = tuple(ImportedAnswer(Rich(plain_text(row.text), "plain"), row.credit, row.feedback) for row in rows)
        return ImportedGap(TypedText(typed, kind in TYPED_EXACTLY), counts)
    if kind in CHOSEN | CHOSEN_SHUFFLED:
        return ImportedGap(Choices(tuple(rows)), counts)
    raise GapFault(
        _("The kind of gap “%(kind)s” is not known here.") % {"kind": kind},
        _("Use SHORTANSWER, NUMERICAL or MULTICHOICE in Moodle."),
    )


def _hide(found: re.Match[str]) -> str:
    return chr(_PRIVATE + ord(found[1]))


def _reveal(text: str) -> str:
    return "".join(chr(ord(c) - _PRIVATE) if _PRIVATE < ord(c) < _PRIVATE + 128 else c for c in text).strip()


def _answer(row: str, written: str) -> ImportedAnswer:
    credit = Decimal(0)
    if share := _SHARE.match(row):
        credit, row = Decimal(share[1]), row[share.end() :]
    elif row.lstrip().startswith("="):
        credit, row = Decimal(100), row.lstrip()[1:]
    text, _mark, feedback = row.partition("#")
    words, told = _reveal(text), _reveal(feedback)
    return ImportedAnswer(Rich(words, written), credit, Rich(told, written) if told else NOTHING)


def _number(row: ImportedAnswer) -> ImportedNumber:
    words = plain_text(row.text)
    if words == "*":
        return ImportedNumber(None, row.credit, row.feedback)
    value, _mark, tolerance = words.partition(":")
    try:
        numbers = [Decimal(part.strip().replace(",", ".")) for part in (value, tolerance or "0")]
    except InvalidOperation:
        numbers = []
    if len(words) > 100 or not numbers or not all(part.is_finite() and abs(part.adjusted()) < 30 for part in numbers):
        what = _("“%(text)s” is not a number.") % {"text": words[:60]}
        raise GapFault(what, _("Correct it in Moodle, and export again."))
    return ImportedNumber(numbers[0], row.credit, row.feedback, abs(numbers[1]))
