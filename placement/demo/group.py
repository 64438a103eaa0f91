"""A group of the ``trainer`` account, with somebody at each point of the way."""

import random
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from courses.enums import CourseRoleKind
from courses.models import Cohort, CohortMember, Course, CourseRole, Enrolment, StepProgress
from courses.outline import Step, best_outline
from courses.roles import give_role
from lms.accounts.models import User
from placement.demo.invented_names import HOMES
from placement.demo.people import SEED

NAME, PLACE = "Cohorte de Dakar", "Dakar, Médina"
COURSE = "premiers-pas"
ROLES = {COURSE: CourseRoleKind.AUTHOR, "saisie-qualite": CourseRoleKind.REVIEWER}
FINISHED = 3  # members taken from the candidates who hold the certificate
# The others: the share of the course that is done, and days since the last visit.
PROGRESS = ((0.9, 0), (0.75, 1), (0.6, 1), (0.5, 2), (0.4, 11), (0.3, 3), (0.1, 14), (0.0, None))


@transaction.atomic
def make_group(trainer: User, learner: User) -> Cohort | None:
    """The group, once; none without its course. The ``learner`` account is in it and has not begun."""
    course = Course.objects.filter(code=COURSE).first()
    if course is None:
        return None
    start = timezone.localdate() - timedelta(days=30)
    group, is_new = Cohort.objects.get_or_create(
        name=NAME, is_demo=True, defaults={"place": PLACE, "starts_on": start, "ends_on": start + timedelta(days=60)}
    )
    if is_new:
        group.courses.add(course)
        group.trainers.add(trainer)
        outline = best_outline(course, "fr")
        steps = outline.steps if outline else ()
        members = [learner, *finishers(course, steps), *beginners(course, steps)]
        CohortMember.objects.bulk_create(CohortMember(cohort=group, user=user) for user in members)
    share_out(trainer)
    return group


def share_out(trainer: User) -> None:
    """A trainer who has no role in a course yet writes the first one and reads the second."""
    if not CourseRole.objects.filter(user=trainer).exists():
        for course in Course.objects.filter(code__in=list(ROLES)):
            give_role(course=course, user=trainer, role=ROLES[course.code], by=None)


def finishers(course: Course, steps: tuple[Step, ...]) -> list[User]:
    """Invented candidates who hold the certificate already, with the steps they did for it."""
    done = Enrolment.objects.filter(course=course, completed_at__isnull=False, user__is_demo=True)
    rows = list(done.select_related("user").order_by("-completed_at", "pk")[:FINISHED])
    for row in rows:
        complete_steps(row, steps)
    return [row.user for row in rows]


def beginners(course: Course, steps: tuple[Step, ...]) -> list[User]:
    """New people on their way; nobody of them has finished."""
    dice, now, users = random.Random(SEED + 4), timezone.now(), []  # noqa: S311  (invented people, no secret)
    for number, (share, days) in enumerate(PROGRESS, start=1):
        name = f"{dice.choice(HOMES[0].women)} {dice.choice(HOMES[0].family)}"
        user = User.objects.create(
            username=f"dakar-{number:02d}", full_name=name, country="SN", password=make_password(None), is_demo=True
        )
        users.append(user)
        if days is None:
            continue
        seen = now - timedelta(days=days, hours=number)
        row = Enrolment.objects.create(
            user=user, course=course, started_at=now - timedelta(days=28), last_active_at=seen
        )
        complete_steps(row, steps[: int(len(steps) * share)])
    return users


def complete_steps(enrolment: Enrolment, steps: tuple[Step, ...]) -> None:
    """Rows of the steps as done, on the day of the last visit."""
    StepProgress.objects.bulk_create(
        (
            StepProgress(enrolment=enrolment, step_key=s.key, kind=s.kind, done_at=enrolment.last_active_at)
            for s in steps
        ),
        ignore_conflicts=True,
    )
