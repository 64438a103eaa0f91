"""Questions as files know them, before anything is decided about how to store them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from lms.lib.problems import Problem


@dataclass(frozen=True)
class Fault:
    """What is wrong with something, and how to fix it."""

    what: str
    remedy: str


class Pictures(Protocol):
    """Where the pictures of a file of questions are found."""

    def content(self, src: str) -> tuple[str, bytes] | Fault:
        """(name, content) of the picture that a text names, or why it cannot be kept."""

    def named_in(self, text: str) -> dict[str, bytes]:
        """The files beside it that a text of questions names."""


FILED = ("skill", "level", "points", "shuffle", "code", "unit", "decimals")
"""What tags of ours say of a question (``skill:dw.care``), since no file of others has a place for it."""

UNMARKED = ("essay", "description")
"""Kept, so that nothing of a file is lost, but they cannot be marked by a machine."""

ORDER_RULE = "RELATIVE_NEXT_EXCLUDE_LAST"
"""How we mark things put in order, in the words of Moodle's type of question."""


@dataclass(frozen=True)
class Rich:
    """Text and how it is written: `moodle` (plain, perhaps with tags), `html`, `markdown` or `plain`.

    It comes from a stranger's file: clean it before it is shown.
    """

    text: str
    format: str = "moodle"

    def __bool__(self) -> bool:
        return bool(self.text)


NOTHING = Rich("")


@dataclass(frozen=True)
class ImportedAnswer:
    """One option or accepted answer. `credit` is percent of the mark, from -100 to 100.

    A number has `value` and `tolerance` and no text. The text "*" stands for any other answer; in a short answer
    every "*" stands for any characters, and "\\*" for itself. Things to put in order have texts alone.
    """

    text: Rich
    credit: Decimal
    feedback: Rich = NOTHING
    value: Decimal | None = None
    tolerance: Decimal = Decimal(0)


@dataclass(frozen=True)
class ImportedPair:
    """A left side and its partner; an empty left side makes the partner a distractor."""

    left: Rich
    right: str


@dataclass(frozen=True)
class ImportedQuestion:
    type: str  # the name of a question type, or one of UNMARKED
    prompt: Rich
    title: str = ""
    answers: tuple[ImportedAnswer, ...] = ()
    pairs: tuple[ImportedPair, ...] = ()
    truth: bool | None = None
    feedback_true: Rich = NOTHING
    feedback_false: Rich = NOTHING
    feedback: Rich = NOTHING  # general, whatever the answer
    id: str = ""
    tags: tuple[str, ...] = ()
    category: str = ""
    rules: tuple[str, ...] = ()  # how things put in order are marked: Moodle's words
    line: int = field(default=0, compare=False)

    def plain_parts(self) -> Iterator[Rich]:
        """What we store as plain words."""
        for answer in self.answers:
            is_typed = self.type == "short_text" and answer.text.format == "markdown"  # kept as it stands
            yield from ((answer.feedback,) if is_typed else (answer.text, answer.feedback))
        yield from (pair.left for pair in self.pairs)
        yield from (self.feedback_true, self.feedback_false)

    def rich_parts(self) -> Iterator[Rich]:
        """What we store with its markup."""
        yield from (self.prompt, self.feedback)


@dataclass(frozen=True)
class ImportResult:
    questions: tuple[ImportedQuestion, ...]
    problems: tuple[Problem, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadQuestion:
    """One question of a file, with what is wrong with it or lost of it; ``title`` tells it from the others."""

    line: int
    title: str
    question: ImportedQuestion | None
    problems: tuple[Problem, ...] = ()
    category: str = ""
