"""Questions as a list or a table, as people paste them: made GIFT of, which the import reads.

A question is a block of lines: the question, then its answers, the right ones with a star before them. One answer alone
is what is to be typed. A row of a spreadsheet is a question too: question, right answer, wrong answers.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

RIGHT = re.compile(r"^\s*(?:\*|\[x\]|☑|✓|✔)\s*", re.IGNORECASE)
OPEN = re.compile(r"^\s*(?:[-–•]|\[ \]|☐)\s+")
SPECIAL = re.compile(r"([\\~=#{}:])")


@dataclass(frozen=True, slots=True)
class Typed:
    line: int
    prompt: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]


class PlainError(ValueError):
    """What is wrong with the list, with its line and what to do."""


def read_plain(text: str) -> list[Typed]:
    """Raises PlainError at the first question that is none."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").split("\n")
    found: list[Typed] = []
    block: list[str] = []
    begun = 1
    for number, line in enumerate([*lines, ""], start=1):
        if "\t" in line and not block:
            found.append(from_cells(number, [cell.strip() for cell in line.split("\t")]))
        elif line.strip():
            begun = begun if block else number
            block.append(line)
        elif block:
            found.append(from_lines(begun, block))
            block = []
    return found


def from_cells(number: int, cells: list[str]) -> Typed:
    prompt, right, *wrong = [*cells, "", ""]
    if not prompt or not right:
        text = _("Line %(line)d: a row needs the question in its first cell and the right answer in the second.")
        raise PlainError(text % {"line": number})
    return Typed(number, prompt, (right,), tuple(cell for cell in wrong if cell))


def from_lines(number: int, block: list[str]) -> Typed:
    prompt, *answers = block
    right = tuple(RIGHT.sub("", line).strip() for line in answers if RIGHT.match(line))
    wrong = tuple(OPEN.sub("", line).strip() for line in answers if not RIGHT.match(line))
    if len(answers) == 1 and not right:
        right, wrong = wrong, ()
    if not right or not all([*right, *wrong]):
        text = _("Line %(line)d: “%(question)s” has no right answer. Put a star (*) before the right answer.")
        raise PlainError(text % {"line": number, "question": prompt.strip()[:60]})
    return Typed(number, prompt.strip(), right, wrong)


def as_gift(questions: list[Typed]) -> str:
    return "\n\n".join(gift_of(question) for question in questions)


def gift_of(question: Typed) -> str:
    if not question.wrong:
        answers = [f"={quoted(text)}" for text in question.right]
    elif len(question.right) == 1:
        answers = [f"={quoted(question.right[0])}", *(f"~{quoted(text)}" for text in question.wrong)]
    else:
        share = f"{100 / len(question.right):.5f}".rstrip("0").rstrip(".")
        answers = [f"~%{share}%{quoted(text)}" for text in question.right]
        answers += [f"~%-100%{quoted(text)}" for text in question.wrong]
    return "\n".join([f"{quoted(question.prompt)} {{", *answers, "}"])


def quoted(text: str) -> str:
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
