"""Aiken, the plainest format of choices: https://docs.moodle.org/en/Aiken_format.

How much is two and two?
A) 3
B. 4
ANSWER: B
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from lms.lib.problems import at_line

from .interactions import Choices, ImportedAnswer
from .neutral import ImportedQuestion, ReadQuestion
from .rich import Rich

_OPTION = re.compile(r"([A-Z])[.)]\s*+(.*+)")
_ANSWER = re.compile(r"ANSWER:\s*+(.*+)")


@dataclass
class _Draft:
    line: int = 0
    words: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_begun(self) -> bool:
        return bool(self.words or self.options)


def loads(text: str) -> list[ReadQuestion]:
    """Every question of the file, with what is wrong with it."""
    return list(_questions(text.removeprefix("\ufeff")))


def _questions(text: str) -> Iterator[ReadQuestion]:
    draft = _Draft()
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if not words:
            continue
        if draft.options and not _OPTION.match(words) and not _ANSWER.match(words):  # another question begins
            yield _read(draft, None)
            draft = _Draft()
        draft.line = draft.line or number
        if answer := _ANSWER.match(words):
            yield _read(draft, answer[1].strip())
            draft = _Draft()
        elif option := _OPTION.match(words):
            draft.options.append((option[1], option[2].strip()))
        else:
            draft.words.append(words)
    if draft.is_begun:
        yield _read(draft, None)


def _read(draft: _Draft, letter: str | None) -> ReadQuestion:
    letters = [name for name, _text in draft.options]
    fault: tuple[str, str] | None = None
    if not draft.is_begun:
        fault = (
            _("No question is above this line."),
            _("Delete it, or write the question and its answers above it."),
        )
    elif not draft.words:
        fault = _("The question has no text."), _("Write the question in the line above “A)”.")
    elif len(draft.options) < 2:
        fault = _("There is only one answer to choose from."), _("Add at least one more answer.")
    elif not all(text for _name, text in draft.options):
        fault = _("An answer is empty."), _("Write its text, or delete its line.")
    elif letter is None:
        fault = _("No answer is marked as right."), _("Add a line “ANSWER: A” with the letter of the right answer.")
    elif letters.count(letter) != 1:
        what = _("The right answer “%(letter)s” is not one of the answers.") % {"letter": letter[:40]}
        fault = what, _("Write the letter of one of them: ANSWER: A")
    title = " ".join(draft.words)
    answers = tuple(
        ImportedAnswer(Rich(text, "plain"), Decimal(100 if name == letter else 0)) for name, text in draft.options
    )
    prompt = Rich("\n".join(draft.words) or "?", "plain")
    question = ImportedQuestion(Choices(answers), prompt, line=draft.line)
    problems = (at_line(draft.line, *fault),) if fault else ()
    return ReadQuestion(draft.line, title or "?", question, problems)
