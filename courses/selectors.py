"""Reading that joins several tables: a learner's place in a course, in one query."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from courses.models import Course, Enrolment, LessonPage
from courses.outline import Outline, Step
from lms.accounts.enums import Channel
from lms.accounts.messages import still_news
from lms.accounts.models import OutboundMessage, User
from lms.lib.seams.compiled_queries import CompiledQuery

ENROLMENT = [field.attname for field in Enrolment._meta.concrete_fields]
COURSE = [field.attname for field in Course._meta.concrete_fields]
COLUMNS = [*ENROLMENT, *(f"course__{name}" for name in COURSE), "steps__step_key"]


def learning_rows(user: int, code: str) -> Any:
    return Enrolment.objects.filter(user_id=user, course__code=code).values_list(*COLUMNS)


LEARNING_ROWS: CompiledQuery[tuple[Any, ...]] = CompiledQuery(learning_rows, user=int, code=str)


@dataclass(frozen=True, slots=True)
class Learning:
    """One person's enrolment with its course, and the language-neutral keys of the steps they have done."""

    enrolment: Enrolment
    done: frozenset[UUID]

    @property
    def course(self) -> Course:
        return self.enrolment.course


def get_learning(user: User, code: str) -> Learning | None:
    """Their place in the course, or None when they are not enrolled. One query: a row for each step done."""
    rows = LEARNING_ROWS.all(user=user.pk, code=code)
    if not rows:
        return None
    enrolment = Enrolment.from_db("default", ENROLMENT, rows[0][: len(ENROLMENT)])
    enrolment.course = Course.from_db("default", COURSE, rows[0][len(ENROLMENT) : -1])
    enrolment.user = user
    return Learning(enrolment, frozenset(row[-1] for row in rows if row[-1] is not None))


def get_learnings(user: User) -> list[Learning]:
    """All their courses, the one they were last active in first; finished ones at the end. Two queries."""
    enrolments = (
        Enrolment.objects.filter(user=user)
        .select_related("course")
        .prefetch_related("steps")
        .order_by("-last_active_at")
    )
    learnings = [Learning(row, frozenset(step.step_key for step in row.steps.all())) for row in enrolments]
    return sorted(learnings, key=lambda learning: learning.enrolment.completed_at is not None)


NEWS_LAST = timedelta(days=60)
NEWS_READ, NEWS_SHOWN = 20, 5


def unread_news(user: User) -> list[OutboundMessage]:
    """Their newest messages on the site that they have not opened and that still hold."""
    rows = OutboundMessage.objects.filter(user=user, channel=Channel.APP, read_at=None, stopped="")
    rows = rows.filter(created_at__gt=timezone.now() - NEWS_LAST)
    return still_news(list(rows.order_by("-created_at")[:NEWS_READ]))[:NEWS_SHOWN]


def lessons_by_skill(outline: Outline, codes: Collection[str]) -> dict[str, list[Step]]:
    """The lessons of this outline that teach each of these skills, in the order of the course. One query at most."""
    if not codes:
        return {}
    pages = [step.page_id for step in outline.steps if step.is_lesson]
    links = LessonPage.skills.through.objects.filter(lessonpage__in=pages, skill__code__in=codes)
    taught = set(links.values_list("skill__code", "lessonpage"))
    return {code: [step for step in outline.steps if (code, step.page_id) in taught] for code in codes}
