"""Reading attempts, always through their owner: what is not hers does not exist."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from assessments.enums import Answers
from assessments.models import Assessment, Attempt, AttemptItem, Response
from courses.models import Enrolment, Skill
from lms.accounts.models import User


def get_item(user: User, attempt_id: UUID, position: int, code: str = "", *, lock: bool = False) -> AttemptItem:
    """One question of hers, on the course of that code if given; ``lock`` keeps its attempt from being handed in.

    Plain joins: correlated subqueries cost more to build than a second query. Raises AttemptItem.DoesNotExist.
    """
    rows = AttemptItem.objects.filter(attempt_id=attempt_id, position=position, attempt__enrolment__user=user)
    if code:
        rows = rows.filter(attempt__enrolment__course__code=code).select_related("attempt__assessment")
    if lock:
        rows = rows.select_related("attempt").select_for_update(of=("attempt",), no_key=True)
    return rows.get()


def responses_of(item: AttemptItem) -> list[tuple[int, UUID, dict[str, Any]]]:
    """(id, key, answer) of what was saved for this question, newest first. One query."""
    return list(Response.objects.filter(item=item).order_by("-pk").values_list("pk", "key", "answer"))


def get_items(user: User, attempt: Attempt) -> list[Any]:
    """All questions of an attempt of hers, in order, each with ``newest_answer`` (None when nothing was saved)."""
    newest = Response.objects.filter(item=OuterRef("pk")).order_by("-pk")
    rows = AttemptItem.objects.filter(attempt=attempt, attempt__enrolment__user=user)
    return list(rows.annotate(newest_answer=Subquery(newest.values("answer")[:1])).order_by("position"))


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
