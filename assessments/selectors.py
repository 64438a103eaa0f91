"""Reading attempts, always through their owner: what is not theirs does not exist."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import get_language

from assessments.enums import AllowanceKind, Purpose, ShowAnswers
from assessments.models import Allowance, Assessment, AssessmentSection, Attempt, AttemptItem, Question, Response
from assessments.pace import Pace, pace_of
from courses.models import Enrolment, Skill
from lms.accounts.models import User
from lms.lib.locks import locked
from lms.lib.seams.compiled_queries import CompiledQuery


def item_rows(user: int, attempt: UUID, position: int) -> QuerySet[AttemptItem]:
    return AttemptItem.objects.filter(attempt_id=attempt, position=position, attempt__enrolment__user_id=user)


def item_of_course(user: int, attempt: UUID, position: int, code: str) -> QuerySet[AttemptItem]:
    return item_rows(user, attempt, position).filter(attempt__enrolment__course__code=code).select_related(*RULES)


def locked_item(user: int, attempt: UUID, position: int) -> QuerySet[AttemptItem]:
    rows = item_rows(user, attempt, position).select_related("attempt")
    return locked(rows, via="attempt")


def newest_response(item: int) -> Any:
    """The newest key has the highest id: rows are added in the order of their keys (``saving``)."""
    return Response.objects.filter(item_id=item).order_by("-pk").values_list("pk", "key", "answer")[:1]


NEWEST_ATTEMPTS = 50  # of one learner, read together
RULES = ("attempt", "attempt__assessment")
ITEM_OF_COURSE: CompiledQuery[AttemptItem] = CompiledQuery(
    item_of_course, user=int, attempt=UUID, position=int, code=str
)
LOCKED_ITEM: CompiledQuery[AttemptItem] = CompiledQuery(locked_item, user=int, attempt=UUID, position=int)
NEWEST_RESPONSE: CompiledQuery[tuple[int, UUID, dict[str, Any]]] = CompiledQuery(newest_response, item=int)


class AttemptNotFoundError(LookupError):
    """There is no such attempt or question, or it is another person's: a page answers 404."""


def get_item(user: User, attempt_id: UUID, position: int, code: str) -> AttemptItem:
    """One question of theirs on the course of that code, with the rules. Raises AttemptNotFoundError."""
    return found(ITEM_OF_COURSE.first(user=user.pk, attempt=attempt_id, position=position, code=code))


def get_locked_item(user: User, attempt_id: UUID, position: int) -> AttemptItem:
    """One question of theirs; its attempt cannot be handed in meanwhile. Raises AttemptNotFoundError."""
    return found(LOCKED_ITEM.first(user=user.pk, attempt=attempt_id, position=position))


def found(item: AttemptItem | None) -> AttemptItem:
    if item is None:
        raise AttemptNotFoundError
    return item


def newest_of(item: AttemptItem) -> tuple[int | None, UUID | None, dict[str, Any]]:
    """(id, key, answer) of what counts for this question. One query."""
    return NEWEST_RESPONSE.first(item=item.pk) or (None, None, {})


def get_items(user: User, attempt: Attempt) -> list[Any]:
    """All questions of an attempt of theirs, in order, each with ``newest_answer`` (None when nothing was saved)."""
    newest = Response.objects.filter(item=OuterRef("pk")).order_by("-pk")
    rows = AttemptItem.objects.filter(attempt=attempt, attempt__enrolment__user=user)
    return list(rows.annotate(newest_answer=Subquery(newest.values("answer")[:1])).order_by("position"))


MOST_SAVES = 1000  # of one attempt, looked at for its pace


def pace_on(attempt: Attempt) -> Pace:
    """How fast they work on an attempt: pieces saved, and the time spent on them. One query."""
    rows = Response.objects.filter(item__attempt=attempt).exclude(answer={})
    saves = list(rows.order_by("-saved_at").values_list("saved_at", "item_id")[:MOST_SAVES])[::-1]
    return pace_of(attempt.started_at, [at for at, _item in saves], len({item for _at, item in saves}))


def get_attempt(user: User, code: str, attempt_id: UUID) -> Attempt:
    """An attempt of theirs on the course of that code. Raises AttemptNotFoundError."""
    rows = Attempt.objects.select_related("assessment", "enrolment__course")
    attempt = rows.filter(pk=attempt_id, enrolment__user=user, enrolment__course__code=code).first()
    if attempt is None:
        raise AttemptNotFoundError
    return attempt


def attempts_on(enrolment: Enrolment, assessment: Assessment) -> list[Attempt]:
    """Theirs in their order: the newest ``NEWEST_ATTEMPTS``, or as many as the assessment allows where that is more."""
    rows = Attempt.objects.filter(enrolment=enrolment, assessment=assessment).order_by("-number")
    return list(rows[: max(NEWEST_ATTEMPTS, assessment.max_attempts + 1)])[::-1]


def has_passed(attempts: Collection[Attempt]) -> bool:
    """Of all attempts on an assessment: those that ``attempts_on`` left out are asked for only where it matters."""
    if any(attempt.passed for attempt in attempts):
        return True
    one = next(iter(attempts), None)
    if one is None or len(attempts) < NEWEST_ATTEMPTS:
        return False
    return Attempt.objects.filter(enrolment=one.enrolment_id, assessment=one.assessment_id, passed=True).exists()


def may_see_answers(attempt: Attempt) -> bool:
    """The rule of the assessment: never, once they have passed it, or as soon as this attempt is handed in.

    What certifies shows no key to whoever failed and may try again: its questions may return.
    """
    if attempt.submitted_at is None:
        return False
    rules = attempt.assessment
    rule = rules.show_answers
    if rule == ShowAnswers.SUBMITTED and not rules.is_practice:
        ended = Attempt.objects.filter(
            enrolment=attempt.enrolment_id, assessment=attempt.assessment_id, submitted_at__isnull=False
        )
        if rules.max_attempts and ended.count() >= rules.max_attempts and not may_try_again(attempt):
            return True
        rule = str(ShowAnswers.PASSED)
    if rule == ShowAnswers.PASSED:
        return Attempt.objects.filter(
            enrolment=attempt.enrolment_id, assessment=attempt.assessment_id, passed=True
        ).exists()
    return rule == ShowAnswers.SUBMITTED


def may_try_again(attempt: Attempt) -> bool:
    """Beside the rules: an attempt is open, or was given and not begun."""
    same = {"enrolment": attempt.enrolment_id, "assessment": attempt.assessment_id}
    given = Allowance.objects.filter(**same, kind=AllowanceKind.ATTEMPT, attempt=None, taken_back_at=None)
    return given.exists() or Attempt.objects.filter(**same, submitted_at=None).exists()


def may_certify(question: Question) -> bool:
    """It may come, in whatever language, in an assessment that certifies."""
    sections = AssessmentSection.objects.filter(assessment__purpose=Purpose.CERTIFYING)
    skill, level = Q(skill=None) | Q(skill=question.skill_id), Q(difficulty=None) | Q(difficulty=question.difficulty)
    drawn = sections.filter(skill, level, bank=question.bank_id, draw__gt=0)
    return drawn.exists() or sections.filter(named__question__translation_key=question.translation_key).exists()


def public_sample(assessment: Assessment) -> Question | None:
    """The published sample in the active language, or in another; none that may certify."""
    if assessment.sample is None:
        return None
    rows = Question.objects.filter(translation_key=assessment.sample.translation_key, live=True)
    order = {get_language(): 0, settings.LANGUAGE_CODE: 1}
    versions = sorted(rows.select_related("locale"), key=lambda row: order.get(row.locale.language_code, 2))
    return versions[0] if versions and not any(may_certify(row) for row in versions) else None


def skill_names(codes: Iterable[str]) -> dict[str, str]:
    """Names in the active language, by code."""
    return {skill.code: skill.name for skill in Skill.objects.filter(code__in=list(codes))}
