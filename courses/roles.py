"""Giving and taking roles in courses. Each change is a line of the audit trail."""

from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet

from cms.rows import has_site_right
from courses.enums import CourseRoleKind
from courses.models import Course, CourseRole
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.services import ALL_COURSES, record


def eligible_trainers(course: Course) -> QuerySet[User]:
    """Trainers who may still get a role in the course. Programme managers need none."""
    trainers = User.objects.filter(role=Role.TRAINER, is_active=True, is_superuser=False)
    return trainers.exclude(course_roles__course=course).order_by("sort_key", "username_key")


@transaction.atomic
def give_role(*, course: Course, user: User, role: CourseRoleKind, by: User | None) -> CourseRole:
    """Make somebody author or reviewer of a course; a second call changes which of both."""
    row, _new = CourseRole.objects.update_or_create(course=course, user=user, defaults={"role": role})
    record(actor=by, verb=f"make-{role}", target=course, fields=[f"user:{user.pk}"])
    return row


@transaction.atomic
def remove_role(*, course: Course, user_id: int, by: User) -> bool:
    """What they wrote stays in the course."""
    removed, _rows = CourseRole.objects.filter(course=course, user_id=user_id).delete()
    if removed:
        record(actor=by, verb="take-course-role", target=course, fields=[f"user:{user_id}"])
    return bool(removed)


@transaction.atomic
def set_all_courses(*, user: User, allowed: bool, by: User | None) -> None:
    """The right to every course, for a trainer who looks after them all."""
    group = Group.objects.get_or_create(name=ALL_COURSES)[0]
    if allowed:
        user.groups.add(group)
    else:
        user.groups.remove(group)
    record(actor=by, verb="give-all-courses" if allowed else "take-all-courses", target=user)


def make_author(*, course: Course, user: Any) -> None:
    """Whoever makes a course writes it; for those who work on all courses there is nothing to give."""
    if not has_site_right(user):
        give_role(course=course, user=user, role=CourseRoleKind.AUTHOR, by=user)
