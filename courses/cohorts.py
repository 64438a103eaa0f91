"""Groups of learners: who may see which, who is in, and how far everybody is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet

from courses import services
from courses.models import Cohort, CohortMember, Course, Enrolment, StepProgress
from courses.outline import Outline, shared_outline
from lms.accounts.directory import find_person
from lms.accounts.models import User
from lms.accounts.services import record
from lms.accounts.visibility import visible_to
from lms.lib.runs import ROWS_AT_ONCE
from lms.lib.sort_order import Alphabetical


def cohorts_of(user: User) -> "QuerySet[Cohort]":
    """The groups this person may see: a trainer's own, all of them for programme managers, none for others."""
    if not user.is_team:
        return Cohort.objects.none()
    mine = Cohort.objects.all() if user.is_manager else Cohort.objects.filter(trainers=user)
    counted = mine.annotate(size=Count("members", distinct=True))  # which forgets the order of the model
    return counted.order_by("-starts_on", Alphabetical("name"), "pk")


def add_members(*, cohort: Cohort, names: list[str], by: User) -> tuple[list[User], list[str]]:
    """Put learners into the group by user name or phone number, and on its open courses.

    Returns those who are in now and the names that were not found. Only learners whom ``by`` may see are found. Written
    in transactions of at most ``ROWS_AT_ONCE`` rows; repeating it after a breakdown does what was left.
    """
    found: dict[int, User] = {}
    unknown: list[str] = []
    allowed = visible_to(by)
    for name in names:
        user = find_person(allowed, name)
        if user is None:
            unknown.append(name)
        else:
            found[user.pk] = user
    people = list(found.values())
    size = max((ROWS_AT_ONCE - 1) // rows_of_membership(cohort), 1)
    for start in range(0, len(people), size):
        with transaction.atomic():
            join_many(people[start : start + size], cohort)
            record(actor=by, verb="add-members", target=cohort, fields=["members"])
    return people, unknown


@transaction.atomic
def join_many(users: Sequence[User], cohort: Cohort) -> None:
    """Into the group and on those of its courses that they may begin, in a number of queries that does not grow with
    theirs. Repeating it changes nothing.
    """
    CohortMember.objects.bulk_create([CohortMember(cohort=cohort, user=user) for user in users], ignore_conflicts=True)
    for course in cohort.courses.all():
        services.enrol_many(users=users, course=course)


def enrol_members(*, cohort: Cohort, courses: Sequence[Course]) -> None:
    """Put everybody of the group on courses that it takes from now on, those they may begin. Written in transactions of
    at most ``ROWS_AT_ONCE`` rows; repeating it after a breakdown does what was left.
    """
    people = list(members_of(cohort)) if courses else []
    for start in range(0, len(people), ROWS_AT_ONCE):
        for course in courses:
            services.enrol_many(users=people[start : start + ROWS_AT_ONCE], course=course)


def rows_of_membership(cohort: Cohort) -> int:
    """How many rows putting one learner into the group writes at most: the place in it, and its courses."""
    return 1 + cohort.courses.count()


@transaction.atomic
def remove_members(*, cohort: Cohort, user_ids: Sequence[int], by: User) -> list[User]:
    """Take learners out of the group; those who were in it. Their courses and what they have done stay theirs."""
    gone = list(members_of(cohort).filter(pk__in=user_ids))
    CohortMember.objects.filter(cohort=cohort, user__in=gone).delete()
    if gone:
        record(actor=by, verb="remove-member", target=cohort, fields=[f"user:{user.pk}" for user in gone])
    return gone


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """One learner in the table of a course: ``marks`` says for each step whether it is done."""

    user: User
    enrolment: Enrolment | None
    marks: tuple[bool, ...]
    last_act: datetime | None  # None: put on the course, and never came

    @property
    def done(self) -> int:
        return sum(self.marks)


@dataclass(frozen=True, slots=True)
class Table:
    course: Course
    outline: Outline
    lines: list[ProgressRow]
    total: int  # of the whole group, of which ``lines`` may be a page
    finished: int
    by_step: list[int]  # how many of the whole group have done each step


def members_of(cohort: Cohort | OuterRef) -> QuerySet[User]:
    return User.objects.filter(cohort_memberships__cohort=cohort).order_by("sort_key", "username")


def progress_table(cohort: Cohort, course: Course, members: Sequence[User]) -> Table | None:
    """Who of ``members`` has done what in one course of the group, and sums over all of it; None while the course is
    not published. Its queries and rows are those of one page, however large the group is.
    """
    outline = shared_outline(course)
    if outline is None:
        return None
    everybody = Enrolment.objects.filter(course=course, user__cohort_memberships__cohort=cohort)
    done = StepProgress.objects.filter(enrolment__in=everybody).order_by().values("step_key")
    by_key = dict(done.annotate(number=Count("pk")).values_list("step_key", "number"))
    enrolments = {
        row.user_id: row for row in Enrolment.objects.filter(course=course, user__in=members).prefetch_related("steps")
    }
    keys = [step.key for step in outline.steps]
    lines = [progress_of(user, enrolments.get(user.pk), keys) for user in members]
    finished = everybody.filter(completed_at__isnull=False).count()
    return Table(course, outline, lines, cohort.members.count(), finished, [by_key.get(key, 0) for key in keys])


def progress_of(user: User, enrolment: Enrolment | None, keys: list[UUID]) -> ProgressRow:
    done = {step.step_key for step in enrolment.steps.all()} if enrolment else set()
    has_come = enrolment is not None and bool(enrolment.last_step_key or done)
    last_act = enrolment.last_active_at if enrolment is not None and has_come else None
    return ProgressRow(user, enrolment, tuple(key in done for key in keys), last_act)
