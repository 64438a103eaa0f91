"""Learners change from one group to another: what goes along is shown first, and moving back undoes it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from courses import services
from courses.cohorts import members_of, rows_of_membership
from courses.models import Cohort, CohortMember, Course
from lms.accounts.models import User
from lms.accounts.services import record
from lms.lib.runs import ROWS_AT_ONCE


@dataclass(frozen=True, slots=True)
class Move:
    """What a change of group would mean. What was learnt goes along in any case: it is the person's."""

    source: Cohort
    target: Cohort
    people: list[User]
    already_there: list[User]
    shared: list[Course]  # both groups take it: nothing changes
    begun: list[Course]  # of the new group: they are put on those that they may begin
    left: list[Course]  # of the old group only: it stays theirs, and the page of the new group does not show it
    followers: list[User]  # who leads the new group
    gone: list[User]  # who leads the old one only


def preview(source: Cohort, target: Cohort, people: Sequence[User]) -> Move:
    before, after = list(source.courses.all()), list(target.courses.all())
    old, new = list(source.trainers.all()), list(target.trainers.all())
    there = set(target.members.filter(user__in=people).values_list("user", flat=True))
    return Move(
        source, target, list(people),
        already_there=[user for user in people if user.pk in there],
        shared=[course for course in before if course in after],
        begun=[course for course in after if course not in before],
        left=[course for course in before if course not in after],
        followers=new, gone=[user for user in old if user not in new],
    )  # fmt: skip


def move_members(*, source: Cohort, target: Cohort, user_ids: Sequence[int], by: User) -> list[User]:
    """Those who were in ``source`` and are in ``target`` now, since the day on which they came to the first. Written in
    transactions of at most ``ROWS_AT_ONCE`` rows; repeating it after a breakdown does what was left.
    """
    people = list(members_of(source).filter(pk__in=user_ids))
    size = max((ROWS_AT_ONCE - 1) // (1 + rows_of_membership(target)), 1)
    for start in range(0, len(people), size):
        move_slice(source, target, people[start : start + size], by)
    return people


@transaction.atomic
def move_slice(source: Cohort, target: Cohort, people: Sequence[User], by: User) -> None:
    rows = CohortMember.objects.filter(cohort=source, user__in=people)
    CohortMember.objects.bulk_create(
        [CohortMember(cohort=target, user_id=row.user_id, joined_at=row.joined_at) for row in rows],
        ignore_conflicts=True,
    )
    rows.delete()
    for course in target.courses.all():
        services.enrol_many(users=people, course=course)
    names = [f"user:{user.pk}" for user in people]
    record(actor=by, verb="move-members", target=source, fields=[f"to:{target.pk}", *names])
