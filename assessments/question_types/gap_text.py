r"""A text with gaps as authors write it, read into its parts and written again.

    Dakar est la capitale du [[Sénégal|=Senegal|Mali#C’est son voisin]].   typed: the first answer is right
    Le total se calcule avec [[?=SOMME(A1:A3)|=MAX(A1:A3)#…]].             a list to choose from
    Il a [[#12,5:0,5|13#Arrondissez.|*#Recomptez.]] m².                    a number, with what may be between
    Recopiez : [[!SO-1070]]{2}                                             typed exactly; it counts twice

Answers stand between "|"; what is said to one follows its "#". The first is right; of the others those with "=" are
right too, those with "%50%" earn a part, and the rest are mistakes that the author expects; "*" is any other answer. A
backslash takes from a sign its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

MOST_GAPS = 30
MOST_ANSWERS = 20
LONGEST_TEXT = 8000
HEAVIEST = 9

KINDS = {"?": "single", "#": "numeric", "!": "short_text"}
SIGNS = {"single": "?", "numeric": "#", "short_text": ""}

_ESCAPED = re.compile(r"\\([\\|#\[\]{}?!%=])")
_PRIVATE = 0xF0000
_GAP = re.compile(r"\[\[([^\[\]]*+)\]\](?:\{([1-9])\})?")
_SHARE = re.compile(r"%([0-9]{1,3}(?:\.[0-9]{1,5})?)%")


class BadGap(ValueError):  # noqa: N818 - says what it is
    """A gap that cannot be read; ``what`` and ``remedy`` are for the author."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


@dataclass(frozen=True)
class Gap:
    """``kind`` is the name of the type that reads, marks and explains it by ``spec``."""

    kind: str
    spec: dict[str, Any]
    weight: int = 1


@dataclass(frozen=True)
class GapText:
    """One text more than there are gaps: each gap stands between two."""

    texts: tuple[str, ...]
    gaps: tuple[Gap, ...]


# -- reading


@lru_cache(maxsize=300)
def parse(source: str) -> GapText:
    """Raises BadGap."""
    if len(source) > LONGEST_TEXT:
        raise BadGap(
            _("The text is too long. Characters at most: %(most)s.") % {"most": LONGEST_TEXT},
            _("Make several questions."),
        )
    texts, gaps = [], []
    place = 0
    hidden = _hide(source)
    for found in _GAP.finditer(hidden):
        texts.append(_text(hidden[place : found.start()]))
        gaps.append(_gap(found[1], int(found[2] or 1)))
        place = found.end()
    texts.append(_text(hidden[place:]))
    if not gaps:
        raise BadGap(_("The text has no gap."), _("Write the right answer between [[ and ]]."))
    if len(gaps) > MOST_GAPS:
        raise BadGap(_("The text has more than %(most)s gaps.") % {"most": MOST_GAPS}, _("Make several questions."))
    return GapText(tuple(texts), tuple(gaps))


def _hide(text: str) -> str:
    """Escaped signs as stand-ins of a private plane."""
    return _ESCAPED.sub(lambda found: chr(_PRIVATE + ord(found[1])), text)


def _reveal(text: str) -> str:
    return "".join(chr(ord(c) - _PRIVATE) if _PRIVATE < ord(c) < _PRIVATE + 128 else c for c in text)


def _text(hidden: str) -> str:
    if "[[" in hidden or "]]" in hidden:
        shown = _reveal(hidden)
        at = max(0, (shown.find("[[") if "[[" in shown else shown.find("]]")) - 10)
        raise BadGap(
            _("A gap is not closed, or was not opened: “%(text)s”.") % {"text": shown[at : at + 40]},
            _("Write [[answer]], or \\[\\[ for the brackets themselves."),
        )
    return _reveal(hidden)


def _gap(inside: str, weight: int) -> Gap:
    sign = inside[:1]
    kind = KINDS.get(sign, "short_text")
    answers = [_answer(row, first=number == 0) for number, row in enumerate(_rows(inside[sign in KINDS :]))]
    answers = [answer for answer in answers if answer["text"] or answer["feedback"] or answer["credit"] is not None]
    answers = [{**answer, "credit": answer["credit"] or 0} for answer in answers]
    if not answers:
        raise BadGap(_("A gap is empty."), _("Write the right answer between [[ and ]]."))
    if len(answers) > MOST_ANSWERS:
        what = _("A gap has too many answers. At most: %(most)s.") % {"most": MOST_ANSWERS}
        raise BadGap(what, _("Delete some of them."))
    make = {"single": _choice, "numeric": _number, "short_text": _typed}[kind]
    return Gap(kind, {**make(answers), **({"exact": True} if sign == "!" else {})}, weight)


def _rows(inside: str) -> list[str]:
    return inside.split("|")


def _answer(row: str, *, first: bool) -> dict[str, Any]:
    credit: Decimal | None = None
    if not first and row.startswith("="):
        credit, row = Decimal(100), row[1:]
    elif not first and (share := _SHARE.match(row)):
        credit, row = Decimal(share[1]), row[share.end() :]
    text, _mark, feedback = row.partition("#")
    text, feedback = _reveal(text).strip(), _reveal(feedback).strip()
    if first and text:
        credit = Decimal(100)
    return {"text": text, "feedback": feedback, "credit": credit}


def _typed(answers: list[dict[str, Any]]) -> dict[str, Any]:
    rows, otherwise = _without_any(answers)
    stars = any("*" in row["text"].replace("\\*", "") for row in rows)
    accepted = [_row(row, text=row["text"] if stars else row["text"].replace("\\*", "*")) for row in rows]
    return {"accepted": accepted, "wildcards": stars, **otherwise}


def _number(answers: list[dict[str, Any]]) -> dict[str, Any]:
    rows, otherwise = _without_any(answers)
    numbers = []
    for row in rows:
        value, _mark, tolerance = row["text"].replace(",", ".").partition(":")
        numbers.append(_row(row, answer=value.strip(), tolerance=tolerance.strip() or "0"))
    key = next((row for row in numbers if row["credit"] == 100), None)
    if key is None:
        raise BadGap(_("A gap has no right answer."), _("Write it first, or put “=” before it."))
    others = [row for row in numbers if row is not key]
    return {**{name: part for name, part in key.items() if name != "credit"}, "others": others, **otherwise}


def _choice(answers: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "options": [
            {
                "id": str(number),
                "text": row["text"],
                "correct": row["credit"] == 100,
                **({"feedback": row["feedback"]} if row["feedback"] else {}),
                **({"credit": str(row["credit"])} if 0 < row["credit"] < 100 else {}),
            }
            for number, row in enumerate(answers, 1)
        ]
    }


def _row(row: dict[str, Any], **fields: Any) -> dict[str, Any]:
    more = {"feedback": row["feedback"]} if row["feedback"] else {}
    return {**fields, "credit": round(row["credit"]), **more}


def _without_any(answers: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """(the answers, what is said to any other one)"""
    last = answers[-1]
    if last["text"] == "*" and last["credit"] == 0:
        return answers[:-1], {"otherwise": last["feedback"]} if last["feedback"] else {}
    return answers, {}


# -- writing


def write(texts: Sequence[str], gaps: Sequence[Gap]) -> str:
    """The source that `parse` reads as these parts."""
    parts = [re.sub(r"[\\\[\]]", r"\\\g<0>", text) for text in texts]
    parts = [re.sub(r"^\{", r"\\{", text) if number else text for number, text in enumerate(parts)]
    return parts[0] + "".join(write_gap(gap) + text for gap, text in zip(gaps, parts[1:], strict=True))


def write_gap(gap: Gap) -> str:
    sign = "!" if gap.spec.get("exact") else SIGNS[gap.kind]
    rows = list(_rows_of(gap))
    begin = "" if rows and rows[0][1] == 100 else "|"
    lines = [_written(*row, first=number == 0 and not begin) for number, row in enumerate(rows)]
    if begin == "" and lines and sign == "" and lines[0][:1] in KINDS:
        lines[0] = f"\\{lines[0]}"
    return f"[[{sign}{begin}{'|'.join(lines)}]]" + (f"{{{gap.weight}}}" if gap.weight > 1 else "")


def _rows_of(gap: Gap) -> Iterator[tuple[str, Decimal, str]]:
    spec = gap.spec
    if gap.kind == "single":
        for option in spec["options"]:
            credit = Decimal(option.get("credit") or (100 if option["correct"] else 0))
            yield option["text"], max(Decimal(0), credit), option.get("feedback", "")
        return
    if gap.kind == "numeric":
        for row in ({**spec, "credit": 100}, *spec.get("others", [])):
            tolerance = f":{row['tolerance']}" if Decimal(row.get("tolerance") or 0) else ""
            yield f"{row['answer']}{tolerance}", Decimal(row.get("credit", 0)), row.get("feedback", "")
    else:
        for row in spec["accepted"]:
            text = row["text"] if spec.get("wildcards") else row["text"].replace("*", "\\*")
            yield text, Decimal(row.get("credit", 100)), row.get("feedback", "")
    if spec.get("otherwise"):
        yield "*", Decimal(0), spec["otherwise"]


def _written(text: str, credit: Decimal, feedback: str, *, first: bool) -> str:
    mark = "" if first or credit == 0 else "=" if credit == 100 else f"{credit.normalize():f}".join("%%")
    safe = _escape(text)
    if not first and not mark and safe[:1] in ("=", "%"):
        safe = f"\\{safe}"
    return f"{mark}{safe}" + (f"#{_escape(feedback)}" if feedback else "")


def _escape(text: str) -> str:
    return re.sub(r"[\\|#\[\]]", r"\\\g<0>", text)
