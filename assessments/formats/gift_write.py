"""Write questions as GIFT. See `gift`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from .entities import protect_entities
from .gift_blocks import escape
from .interactions import (
    Choices,
    ImportedAnswer,
    ImportedNumber,
    Interaction,
    Ordered,
    Pairs,
    Truth,
    TypedNumber,
    TypedText,
    Unmarked,
)
from .neutral import CannotHoldError, Coded, Fault, ImportedQuestion
from .rich import Rich

Lines = Coded[list[str]]
LEFT_OUT = frozenset({"cloze", "data_entry", "classify"})
"""The types that GIFT has no way to write."""


def dumps(questions: Iterable[ImportedQuestion]) -> str:
    """A GIFT file that `loads` reads back as the same questions. Raises CannotHoldError."""
    parts = []
    category = ""
    for question in questions:
        if question.category != category:
            category = question.category
            parts.append(f"$CATEGORY: {escape(category)}\n")
        parts.append(encode(question).payload)
    return "\n".join(parts)


def encode(question: ImportedQuestion) -> Coded[str]:
    """The text of one question, and what of it GIFT cannot say. Raises CannotHoldError."""
    base = question.prompt.format
    notes = [f"[id:{_bracketed(question.id)}]"] if question.id else []
    notes += [f"[tag:{_bracketed(tag)}]" for tag in question.tags]
    comment = f"// {' '.join(notes)}\n" if notes else ""
    title = f"::{escape(protect_entities(question.title))}::" if question.title else ""
    if question.type in LEFT_OUT:
        raise CannotHoldError(_("Left out: GIFT has no such question"))
    coded = WRITERS[type(question.interaction)](question.interaction, base)
    body = "" if question.type == "description" else _braces(question, coded.payload, base)
    return Coded(f"{comment}{title}{_text(question.prompt, 'moodle')}{body}\n", coded.lost)


def _bracketed(value: str) -> str:
    return escape(value).replace("]", "\\]")


def _braces(question: ImportedQuestion, lines: list[str], base: str) -> str:
    lines = [*lines, f"####{_text(question.feedback, base)}"] if question.feedback else lines
    if len(lines) <= 1 and question.type in ("true_false", "essay"):
        return f" {{{''.join(lines)}}}"
    return " {" + "".join(f"\n\t{line}" for line in lines) + "\n}"


def _choices(choices: Choices, base: str) -> Lines:
    one = choices.type == "single"
    lines = [_marker(answer, one) + _answer(answer, base) for answer in choices.answers]
    if one and lines and all(line.startswith("=") for line in lines):
        lines[-1] = f"~%100%{lines[-1].removeprefix('=').removeprefix('%100%')}"  # "=" alone makes a short answer
    return Coded(lines)


def _marker(answer: ImportedAnswer, one: bool) -> str:
    """ "=" for what is right, "~" for the other options, with a weight where those two do not say all."""
    sign = "=" if answer.credit == 100 and one else "~"
    return _weighted(sign, answer, plain=answer.credit == 0 or sign == "=")


def _typed(typed: TypedText, base: str) -> Lines:
    lines = [_weighted("=", row, plain=row.credit == 100) + _answer(row, base) for row in typed.answers]
    coded = _told_of_arrows(lines, [answer.text.text for answer in typed.answers])
    if not typed.exact:
        return coded
    what = _("Without its rule that capitals, accents and spaces count, which only an import here keeps")
    return Coded(coded.payload, (*coded.lost, Fault(what, "")))


def _weighted(sign: str, answer: ImportedAnswer, *, plain: bool) -> str:
    return sign if plain and not answer.text.text.startswith("%") else f"{sign}%{_number(answer.credit)}%"


def _told_of_arrows(lines: list[str], texts: Iterable[str]) -> Lines:
    lost = (Fault(_("With “→” instead of “->” in its answers"), ""),) if any("->" in text for text in texts) else ()
    return Coded([_without_arrows(line) for line in lines], lost)


def _without_arrows(text: str) -> str:
    """An arrow makes a pair of an answer or ends the side of one, and GIFT cannot escape it: a typographic one."""
    return text.replace("->", "→")


def _numbers(number: TypedNumber, base: str) -> Lines:
    return Coded(["#", *(_one_number(answer, base) for answer in number.answers)])


def _one_number(answer: ImportedNumber, base: str) -> str:
    weight = "=" if answer.credit == 100 else f"=%{_number(answer.credit)}%"
    if answer.value is None:
        return f"{weight}*{_feedback(answer, base)}"
    tolerance = f":{_number(answer.tolerance)}" if answer.tolerance else ""
    return f"{weight}{_number(answer.value)}{tolerance}{_feedback(answer, base)}"


def _true_false(judged: Truth, base: str) -> Lines:
    right, wrong = judged.feedback_false, judged.feedback_true
    if judged.truth:
        right, wrong = wrong, right
    line = "TRUE" if judged.truth else "FALSE"
    if wrong or right:
        line += f"#{_text(wrong, base)}"
    if right:
        line += f"#{_text(right, base)}"
    return Coded([line])


def _pairs(pairs: Pairs, base: str) -> Lines:
    lines = [(_text(pair.left, base), escape(protect_entities(pair.right))) for pair in pairs.pairs]
    told = _told_of_arrows([], (text for pair in pairs.pairs for text in (pair.left.text, pair.right)))
    return Coded([f"={_without_arrows(left)} -> {_without_arrows(right)}" for left, right in lines], told.lost)


def _items(order: Ordered, base: str) -> Lines:
    return Coded([f">{' '.join(order.rules)}", *(_text(item, base) for item in order.items)])


def _answer(answer: ImportedAnswer, base: str) -> str:
    return _text(answer.text, base) + _feedback(answer, base)


def _feedback(answer: ImportedAnswer | ImportedNumber, base: str) -> str:
    return f"#{_text(answer.feedback, base)}" if answer.feedback else ""


def _text(rich: Rich, base: str) -> str:
    """The format is written where it is not the expected one, or where the text could be taken for a sign."""
    if not rich:
        return ""
    ambiguous = rich.text.startswith(("[", "//"))
    return f"[{rich.format}]{escape(rich.text)}" if rich.format != base or ambiguous else escape(rich.text)


def _number(number: Decimal) -> str:
    return f"{number.normalize():f}"


WRITERS: dict[type[Interaction], Callable[[Any, str], Lines]] = {
    Choices: _choices,
    TypedText: _typed,
    TypedNumber: _numbers,
    Truth: _true_false,
    Pairs: _pairs,
    Ordered: _items,
    Unmarked: lambda unmarked, base: Coded([]),
}
"""The lines between the braces, for each kind of interaction that GIFT has."""
