"""What is wrong with a file that somebody gave us, or what of it could not be kept: where, what, and how to fix it.

One class for every reader (question files, course folders, foreign HTML), shown by the admin and the commands alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.translation import pgettext


class ProblemKind(StrEnum):
    FAULT = "fault"  # what it stands at cannot be used
    LOST = "lost"  # used, without something that a reader of the source sees
    CHANGED = "changed"  # used, with everything, but not as it was


@dataclass(frozen=True, slots=True)
class Problem:
    """``where`` is a line number or the name of a key; ``remedy`` says what to write instead."""

    file: str
    where: str
    what: str
    remedy: str
    kind: ProblemKind = ProblemKind.FAULT
    line: int = 0  # from 1; 0 where there are no lines

    @property
    def refused(self) -> bool:
        return self.kind is ProblemKind.FAULT

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.file, self.where) if part)
        return f"{place}: {self.what.rstrip('.')}. {self.remedy.rstrip('.')}."


def at_line(line: int, what: str, remedy: str, kind: ProblemKind = ProblemKind.FAULT) -> Problem:
    """A problem of a text whose file the caller knows: see ``in_file``."""
    return Problem("", f"line {line}" if line else "", what, remedy, kind, line)


def in_file(file: str, problems: Iterable[Problem], *, first_line: int = 1) -> list[Problem]:
    """The problems of a part of ``file`` that begins at ``first_line``, each once."""
    moved = []
    for problem in problems:
        line = problem.line + first_line - 1 if problem.line else 0
        where = f"line {line}" if line else problem.where
        moved.append(replace(problem, file=file, line=line, where=where))
    return list(dict.fromkeys(moved))


def lost(problems: Iterable[Problem]) -> list[Problem]:
    """Those that say something of the source is not in what was stored."""
    return [problem for problem in problems if problem.kind is ProblemKind.LOST]


def quoted(texts: Iterable[str]) -> str:
    """“A”, “B”, in the quotation marks of the reader's language."""
    return ", ".join(pgettext("a name in quotation marks", "“%s”") % text for text in texts)
