"""Everybody of a group in one course: how each stands, in queries and rows that do not grow without end."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from courses.models import Cohort, Course, Enrolment, StepProgress
from courses.outline import Outline, Step, shared_outline
from courses.standing import Facts, Failure, Standing, Status, standing_of
from lms.accounts.directory import people_matching
from lms.accounts.models import SignIn, User

MEMBERS_FOLLOWED = 1000  # of one group; who is beyond them is in its files


class FailedStep(NamedTuple):
    """One learner's attempts at a step that were not passed. From the app that knows attempts."""

    enrolment_id: int
    step_key: UUID
    times: int
    first: datetime
    last: datetime


FAILED_STEPS: list[Callable[[QuerySet[Enrolment], int], list[FailedStep]]] = []
"""What was failed and never done, by the enrolments, at most so many. An app above adds its own."""


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One member of the group in one course, as a line."""

    user_id: int
    name: str
    username: str
    standing: Standing
    done: int
    last_act: datetime | None
    enrolment_id: int | None

    @property
    def status(self) -> Status:
        return self.standing.status


@dataclass(frozen=True, slots=True)
class Following:
    """A group in one course."""

    course: Course
    outline: Outline
    people: list[MemberLine]
    size: int  # of the whole group

    @property
    def counts(self) -> dict[Status, int]:
        found = Counter(person.status for person in self.people)
        return {status: found[status] for status in Status}

    @property
    def is_cut(self) -> bool:
        return self.size > len(self.people)


ORDERS: dict[str, Callable[[MemberLine], Any]] = {
    "need": lambda person: (list(Status).index(person.status), person.done),
    "name": lambda person: 0,
    "done": lambda person: -person.done,
    "last": lambda person: -(person.last_act.timestamp() if person.last_act else 0),
}
"""What the lines are sorted by; they come by name, and stay so among equals."""


def follow(cohort: Cohort, course: Course, *, now: datetime | None = None) -> Following | None:
    """None while the course is not published. Two queries, whatever its size."""
    outline = shared_outline(course)
    if outline is None:
        return None
    now = now or timezone.now()
    titles = {step.key: step.title for step in outline.steps}
    everybody = Enrolment.objects.filter(course=course, user__cohort_memberships__cohort=cohort)
    failures = failures_of(everybody, titles)
    rows = list(with_facts(cohort, course, titles)[:MEMBERS_FOLLOWED])
    people = [line_of(row, titles, failures, now) for row in rows]
    size = cohort.members.count() if len(rows) == MEMBERS_FOLLOWED else len(rows)
    return Following(course, outline, people, size)


def with_facts(cohort: Cohort, course: Course, titles: dict[UUID, str]) -> QuerySet[User, dict[str, Any]]:
    """Members by name, each with the enrolment in the course and what is counted of it."""
    done = StepProgress.objects.filter(enrolment=OuterRef("one__pk"))
    number = done.filter(step_key__in=list(titles)).order_by().values("enrolment").annotate(number=Count("pk"))
    seen = SignIn.objects.filter(user=OuterRef("pk")).order_by("-seen_at").values("seen_at")[:1]
    members = User.objects.filter(cohort_memberships__cohort=cohort).order_by("sort_key", "username", "pk")
    members = members.annotate(
        one=FilteredRelation("enrolments", condition=Q(enrolments__course=course)),
        done=Coalesce(Subquery(number.values("number")), 0),
        is_open_done=Exists(done.filter(step_key=OuterRef("one__last_step_key"))),
        seen_at=Subquery(seen),
    )
    return members.values(
        "pk", "full_name", "username", "done", "is_open_done", "seen_at", "one__pk", "one__started_at",
        "one__last_active_at", "one__completed_at", "one__last_step_key",
    )  # fmt: skip


def line_of(row: dict[str, Any], titles: dict[UUID, str], failures: dict[int, Failure], now: datetime) -> MemberLine:
    failure = failures.get(row["one__pk"])
    act = row["one__last_active_at"] if row["one__last_step_key"] or row["done"] else None
    if failure is not None:
        act = max(act, failure.last) if act else failure.last
    open_step = "" if row["is_open_done"] else titles.get(row["one__last_step_key"], "")
    facts = Facts(row["one__started_at"], act, row["one__completed_at"], open_step, row["seen_at"], failure)
    name = row["full_name"] or row["username"]
    return MemberLine(row["pk"], name, row["username"], standing_of(facts, now), row["done"], act, row["one__pk"])


def done_by_step(cohort: Cohort, following: Following) -> list[tuple[Step, int]]:
    """Each step of the course, and how many of the group have done it."""
    everybody = Enrolment.objects.filter(course=following.course, user__cohort_memberships__cohort=cohort)
    done = StepProgress.objects.filter(enrolment__in=everybody).order_by().values("step_key")
    by_key = dict(done.annotate(number=Count("pk")).values_list("step_key", "number"))
    return [(step, by_key.get(step.key, 0)) for step in following.outline.steps]


def failures_of(enrolments: QuerySet[Enrolment], titles: dict[UUID, str]) -> dict[int, Failure]:
    """By enrolment: the step of the course that was failed most often."""
    found: dict[int, Failure] = {}
    for rows in [read(enrolments, MEMBERS_FOLLOWED) for read in FAILED_STEPS]:
        for row in rows:
            before = found.get(row.enrolment_id)
            if row.step_key in titles and (before is None or before.count < row.times):
                found[row.enrolment_id] = Failure(titles[row.step_key], row.times, row.first, row.last)
    return found


def chosen(
    following: Following, cohort: Cohort, *, status: str = "", words: str = "", order: str = ""
) -> list[MemberLine]:
    """The lines that are asked for, in their order."""
    people = [person for person in following.people if not status or person.status == status]
    if words:
        members = User.objects.filter(people_matching(words), cohort_memberships__cohort=cohort)
        found = set(members.values_list("pk", flat=True)[:MEMBERS_FOLLOWED])
        people = [person for person in people if person.user_id in found]
    return sorted(people, key=ORDERS.get(order, ORDERS["need"]))


def strips(following: Following, people: Sequence[MemberLine]) -> dict[int, str]:
    """By person of one page: a square for each step, full where it is done. One text, not an element for each."""
    ids = [person.enrolment_id for person in people if person.enrolment_id]
    done: dict[int, set[UUID]] = {pk: set() for pk in ids}
    for pk, key in StepProgress.objects.filter(enrolment__in=ids).values_list("enrolment", "step_key"):
        done[pk].add(key)
    keys = [step.key for step in following.outline.steps]
    return {
        person.user_id: "".join("■" if key in done.get(person.enrolment_id or 0, ()) else "□" for key in keys)
        for person in people
    }
