"""Questions as files know them, before anything is decided about how to store them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from assessments.formats.interactions import AnyInteraction
from assessments.formats.rich import NOTHING, Rich
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


FILED = ("skill", "level", "points", "shuffle", "code", "unit", "decimals", "exact")
"""What tags of ours say of a question (``skill:dw.care``), since no file of others has a place for it."""

Payload = TypeVar("Payload")


class CannotHoldError(ValueError):
    """A file cannot say this question at all; the words are for the head of the file."""


@dataclass(frozen=True)
class Coded(Generic[Payload]):
    """What a codec made of a question, what it could not keep of it, and what it made different."""

    payload: Payload
    lost: tuple[Fault, ...] = ()
    changed: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class ImportedQuestion:
    """What is asked, and what the learner does to answer: ``interaction`` has the fields of its kind, and no others."""

    interaction: AnyInteraction
    prompt: Rich
    title: str = ""
    feedback: Rich = NOTHING  # general, whatever the answer
    id: str = ""
    tags: tuple[str, ...] = ()
    category: str = ""
    line: int = field(default=0, compare=False)

    @property
    def type(self) -> str:
        """The name of a question type, or of what a machine cannot mark."""
        return self.interaction.type

    def plain_parts(self) -> Iterator[Rich]:
        """What we store as plain words."""
        yield from self.interaction.texts()

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
