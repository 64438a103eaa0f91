"""Reading attempts, always through their owner: what is not hers does not exist."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery

from assessments.enums import Answers
from assessments.models import Assessment, Attempt, AttemptItem, Response
from courses.models import Enrolment, Skill
from lms.accounts.models import User


def items_of(user: User) -> Any:
    """Her items, each with ``newest_id``, ``newest_key``, ``newest_answer`` (None when nothing was saved) and
    ``total``, the number of questions of its attempt.
    """
    siblings = AttemptItem.objects.filter(attempt=OuterRef("attempt")).order_by()
    total = siblings.values("attempt").annotate(count=Count("pk")).values("count")
    newest = Response.objects.filter(item=OuterRef("pk")).order_by("-pk")
    return (
        AttemptItem.objects.filter(attempt__enrolment__user=user)
        .select_related("attempt")
        .annotate(
            newest_id=Subquery(newest.values("pk")[:1]),
            newest_key=Subquery(newest.values("key")[:1]),
            newest_answer=Subquery(newest.values("answer")[:1]),
            total=Subquery(total, output_field=IntegerField()),
        )
    )


def get_item(user: User, code: str, attempt_id: UUID, position: int) -> Any:
    """One question of hers, in one query. Raises AttemptItem.DoesNotExist."""
    rows = items_of(user).select_related("attempt__assessment")
    return rows.get(attempt_id=attempt_id, position=position, attempt__enrolment__course__code=code)


def get_items(user: User, attempt: Attempt) -> list[Any]:
    """All questions of an attempt of hers, in order, with ``newest_answer``."""
    return list(items_of(user).filter(attempt=attempt).order_by("position"))


def get_attempt(user: User, code: str, attempt_id: UUID) -> Attempt:
    """An attempt of hers on the course of that code. Raises Attempt.DoesNotExist."""
    rows = Attempt.objects.select_related("assessment", "enrolment__course")
    return rows.get(pk=attempt_id, enrolment__user=user, enrolment__course__code=code)


def attempts_on(enrolment: Enrolment, assessment: Assessment) -> QuerySet[Attempt]:
    return Attempt.objects.filter(enrolment=enrolment, assessment=assessment).order_by("number")


def may_see_answers(attempt: Attempt) -> bool:
    """The rule of the assessment: never, once she has passed it, or as soon as this attempt is handed in."""
    if attempt.submitted_at is None:
        return False
    rule = attempt.assessment.show_answers
    if rule == Answers.PASSED:
        return Attempt.objects.filter(
            enrolment=attempt.enrolment_id, assessment=attempt.assessment_id, passed=True
        ).exists()
    return rule == Answers.SUBMITTED


def skill_names(codes: Iterable[str]) -> dict[str, str]:
    """Names in the active language, by code."""
    return {skill.code: skill.name for skill in Skill.objects.filter(code__in=list(codes))}
