"""The page of one learner, for those who teach them: their courses step by step, and sections of each app."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from courses.models import Enrolment, StepProgress
from courses.outline import shared_outline
from lms.accounts.models import User

COURSES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, and the address that it leads to where the reader may go there."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and lines under named columns."""

    title: str
    columns: list[str]
    lines: list[list[Cell]]
    empty: str  # what stands there without lines
    action: Cell | None = None  # what is done about it


SECTIONS: list[Callable[[User, User], Section | None]] = []
"""A learner and whoever reads -> a section; None where there is nothing for this reader. An app above adds its own."""


@dataclass(frozen=True, slots=True)
class CourseLines:
    """One course, and when each of its steps was done."""

    enrolment: Enrolment
    steps: list[tuple[str, datetime | None]]

    @property
    def done(self) -> int:
        return sum(at is not None for _title, at in self.steps)

    @property
    def last_act(self) -> datetime | None:
        """None: on the course, and never came."""
        return self.enrolment.last_active_at if self.enrolment.last_step_key or self.done else None


def courses_of_learner(learner: User) -> list[CourseLines]:
    """Their courses, the one they were last active in first."""
    rows = Enrolment.objects.filter(user=learner).select_related("course", "cohort")
    enrolments = list(rows.order_by("-last_active_at", "pk")[:COURSES_SHOWN])
    done: dict[int, dict[UUID, Any]] = {row.pk: {} for row in enrolments}
    steps = StepProgress.objects.filter(enrolment__in=enrolments)
    for pk, key, at in steps.values_list("enrolment", "step_key", "done_at"):
        done[pk][key] = at
    return [lines_of(row, done[row.pk]) for row in enrolments]


def lines_of(enrolment: Enrolment, done: dict[UUID, Any]) -> CourseLines:
    outline = shared_outline(enrolment.course)
    return CourseLines(enrolment, [(step.title, done.get(step.key)) for step in (outline.steps if outline else ())])
