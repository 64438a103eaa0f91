"""Write questions as GIFT. See `gift`."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from .entities import protect_entities
from .gift_blocks import escape
from .neutral import ImportedAnswer, ImportedPair, ImportedQuestion, Rich


def dumps(questions: Iterable[ImportedQuestion]) -> str:
    """A GIFT file that `loads` reads back as the same questions."""
    parts = []
    category = ""
    for question in questions:
        if question.category != category:
            category = question.category
            parts.append(f"$CATEGORY: {escape(category)}\n")
        parts.append(_question(question))
    return "\n".join(parts)


def _question(question: ImportedQuestion) -> str:
    base = question.prompt.format
    notes = [f"[id:{_bracketed(question.id)}]"] if question.id else []
    notes += [f"[tag:{_bracketed(tag)}]" for tag in question.tags]
    comment = f"// {' '.join(notes)}\n" if notes else ""
    title = f"::{escape(protect_entities(question.title))}::" if question.title else ""
    body = "" if question.type == "description" else _braces(question, base)
    return f"{comment}{title}{_text(question.prompt, 'moodle')}{body}\n"


def _bracketed(value: str) -> str:
    return escape(value).replace("]", "\\]")


def _braces(question: ImportedQuestion, base: str) -> str:
    lines = {"true_false": _true_false, "matching": _pairs, "numeric": _numbers, "ordering": _items}.get(
        question.type, _answers
    )(question, base)
    if question.feedback:
        lines.append(f"####{_text(question.feedback, base)}")
    if len(lines) <= 1 and question.type in ("true_false", "essay"):
        return f" {{{''.join(lines)}}}"
    return " {" + "".join(f"\n\t{line}" for line in lines) + "\n}"


def _answers(question: ImportedQuestion, base: str) -> list[str]:
    lines = [
        _marker(question, answer) + _text(answer.text, base) + _feedback(answer, base) for answer in question.answers
    ]
    if question.type == "single" and lines and all(line.startswith("=") for line in lines):
        lines[-1] = f"~%100%{lines[-1].removeprefix('=').removeprefix('%100%')}"  # "=" alone makes a short answer
    return [_without_arrows(line) for line in lines] if question.type == "short_text" else lines


def _without_arrows(text: str) -> str:
    """An arrow makes a pair of an answer or ends the side of one, and GIFT cannot escape it: a typographic one."""
    return text.replace("->", "→")


def _marker(question: ImportedQuestion, answer: ImportedAnswer) -> str:
    """ "=" for what is right, "~" for the other options, with a weight where those two do not say all."""
    if question.type == "short_text":
        sign, plain = "=", answer.credit == 100
    else:
        sign = "=" if answer.credit == 100 and question.type == "single" else "~"
        plain = answer.credit == 0 or sign == "="
    return sign if plain and not answer.text.text.startswith("%") else f"{sign}%{_number(answer.credit)}%"


def _numbers(question: ImportedQuestion, base: str) -> list[str]:
    return ["#", *(_one_number(answer, base) for answer in question.answers)]


def _one_number(answer: ImportedAnswer, base: str) -> str:
    weight = "=" if answer.credit == 100 else f"=%{_number(answer.credit)}%"
    if answer.value is None:
        return f"{weight}*{_feedback(answer, base)}"
    tolerance = f":{_number(answer.tolerance)}" if answer.tolerance else ""
    return f"{weight}{_number(answer.value)}{tolerance}{_feedback(answer, base)}"


def _true_false(question: ImportedQuestion, base: str) -> list[str]:
    right, wrong = question.feedback_false, question.feedback_true
    if question.truth:
        right, wrong = wrong, right
    line = "TRUE" if question.truth else "FALSE"
    if wrong or right:
        line += f"#{_text(wrong, base)}"
    if right:
        line += f"#{_text(right, base)}"
    return [line]


def _pairs(question: ImportedQuestion, base: str) -> list[str]:
    return [_pair(pair, base) for pair in question.pairs]


def _pair(pair: ImportedPair, base: str) -> str:
    left, right = map(_without_arrows, (_text(pair.left, base), escape(protect_entities(pair.right))))
    return f"={left} -> {right}"


def _items(question: ImportedQuestion, base: str) -> list[str]:
    return [f">{' '.join(question.rules)}", *(_text(answer.text, base) for answer in question.answers)]


def _feedback(answer: ImportedAnswer, base: str) -> str:
    return f"#{_text(answer.feedback, base)}" if answer.feedback else ""


def _text(rich: Rich, base: str) -> str:
    """The format is written where it is not the expected one, or where the text could be taken for a sign."""
    if not rich:
        return ""
    ambiguous = rich.text.startswith(("[", "//"))
    return f"[{rich.format}]{escape(rich.text)}" if rich.format != base or ambiguous else escape(rich.text)


def _number(number: Decimal) -> str:
    return f"{number.normalize():f}"
