"""Closing attempts and saying what they are worth. Grades are only ever added; the newest one counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.content import QuestionContent, content_of
from assessments.enums import Decision, GradeReason
from assessments.grading import AttemptResult, GradedItemInput, PassRule, grade_attempt
from assessments.models import Attempt, AttemptItem, Grade, ItemMark, Response
from assessments.services.corrections import Decided, decided
from courses.enums import StepKind
from courses.models import Enrolment
from courses.services import mark_step_done
from lms.accounts.messages import tell
from lms.accounts.models import User
from lms.accounts.recipient import in_language_of
from lms.accounts.services import record
from lms.lib import clock, sweeps
from lms.lib.leases import database_now
from lms.lib.locks import hold, locked
from lms.lib.moments import timestamp
from lms.lib.percentages import percent

LONGEST_REASON = 200  # letters kept of why an answer could not be marked
SHORTEST = timedelta(minutes=10)  # that an attempt opened again lasts


@dataclass(frozen=True, slots=True)
class Regraded:
    """Before and after. ``applied`` is False in a dry run, and when the mark would fall and that was not asked for."""

    attempt: Attempt
    old_score: Decimal
    old_passed: bool
    result: AttemptResult
    applied: bool

    @property
    def changed(self) -> bool:
        return (self.old_score, self.old_passed) != (self.result.score, self.result.passed)

    @property
    def lowered(self) -> bool:
        return self.result.score < self.old_score or (self.old_passed and not self.result.passed)


@transaction.atomic
def submit(*, attempt: Attempt) -> Attempt:
    """Close and grade an attempt with what was saved; a passed one finishes its step.

    Repeating it changes nothing: the row is locked and closed once. Past its deadline it counts as closed then.
    """
    fresh = lock(attempt)
    if fresh.submitted_at is not None:
        return fresh
    reason, ended_at = how_it_ends(fresh)
    items = items_with_answers(fresh)
    decisions = decided(fresh.assessment_id, items)
    contents = content_of(item.revision_id for item in items)
    contents |= corrected_contents([item for item in items if decisions.get(item.pk) == Decision.KEY])
    result = grade_items(fresh, items, contents, decisions)
    fresh.submitted_at = ended_at
    return record_grade(fresh, items, result, reason)


def lock(attempt: Attempt) -> Attempt:
    """The attempt, and before it its enrolment: handing in may complete the course, and ``start`` locks that first.

    The attempt may have moved since it was read, when two accounts became one: the enrolment is the one it has now.
    The one that it had is let go of first, for a lower key may not be locked behind a higher one.
    """
    rows = locked(Attempt.objects.select_related("enrolment", "assessment").filter(pk=attempt.pk))
    enrolment = attempt.enrolment_id
    while True:
        before = transaction.savepoint()
        hold(Enrolment.objects.filter(pk=enrolment))
        fresh = rows.filter(enrolment=enrolment).first()
        if fresh is not None:
            transaction.savepoint_commit(before)
            return fresh
        transaction.savepoint_rollback(before)  # the lock goes with it
        enrolment = Attempt.objects.values_list("enrolment_id", flat=True).get(pk=attempt.pk)


def how_it_ends(attempt: Attempt) -> tuple[GradeReason, datetime]:
    """(why, when)"""
    if attempt.deadline_at is not None and attempt.is_overdue():
        return GradeReason.TIME_OVER, attempt.deadline_at
    return GradeReason.SUBMITTED, timezone.now()


def items_query() -> QuerySet[AttemptItem]:
    """Items in order, each with ``saved``: its answers, oldest first."""
    saved = Prefetch("responses", Response.objects.order_by("pk"), to_attr="saved")
    return AttemptItem.objects.select_related("question__skill").order_by("position").prefetch_related(saved)


def items_with_answers(attempt: Attempt) -> list[AttemptItem]:
    return list(items_query().filter(attempt=attempt))


def newest_answer(item: AttemptItem) -> dict[str, object]:
    """Of an item that ``items_query`` read."""
    saved: list[Response] = item.saved  # type: ignore[attr-defined]
    return saved[-1].answer if saved else {}


def grade_items(
    attempt: Attempt, items: Iterable[AttemptItem], contents: dict[int, QuestionContent], decisions: Decided
) -> AttemptResult:
    """Mark the items by the contents of the revisions they name, and by what was decided about wrong questions."""
    inputs = [
        GradedItemInput(
            type=contents[item.revision_id].type,
            spec=contents[item.revision_id].spec,
            response=newest_answer(item),
            points=Decimal(item.points),
            skills=(item.question.skill.code,),
            decision=decisions.get(item.pk, ""),
        )
        for item in items
    ]
    rules = attempt.assessment
    return grade_attempt(inputs, PassRule(Decimal(rules.pass_mark), Decimal(rules.skill_pass_mark)))


def record_grade(
    attempt: Attempt, items: list[AttemptItem], result: AttemptResult, reason: GradeReason, by: User | None = None
) -> Attempt:
    """Add the grade with a mark for each item, write it on the attempt, tell the course. Wants the attempt locked."""
    grade = Grade.objects.create(
        attempt=attempt,
        reason=reason,
        by=by,
        grader_version=result.grader_version,
        score=result.score,
        passed=result.passed,
        detail=result.as_json(),
    )
    ItemMark.objects.bulk_create(
        ItemMark(
            grade=grade, item=item, fraction=mark.fraction, answered=mark.answered, reason=mark.reason[:LONGEST_REASON]
        )
        for item, mark in zip(items, result.items, strict=True)
    )
    attempt.score, attempt.passed = result.score, result.passed
    attempt.save(update_fields=["score", "passed", "submitted_at"])
    if result.passed:
        mark_step_done(
            enrolment=attempt.enrolment, step_key=attempt.step_key, kind=StepKind.ASSESSMENT, by_learner=by is None
        )
    return attempt


def overdue(now: datetime) -> QuerySet[Attempt]:
    """Open attempts whose time is over; none while the time is doubted."""
    believed = clock.believed_now()
    rows = Attempt.objects.filter(submitted_at=None)
    return rows.none() if believed is None else rows.filter(deadline_at__lt=min(now, believed) - Attempt.GRACE)


def close_overdue(attempt_id: UUID, now: datetime) -> bool:
    """Close an attempt whose time is over; False when it was handed in or opened again meanwhile."""
    attempt = Attempt.objects.get(pk=attempt_id)
    if attempt.submitted_at is not None or not attempt.is_overdue():
        return False
    submit(attempt=attempt)
    return True


@transaction.atomic
def reopen(*, attempt: Attempt, by: User | None) -> Attempt:
    """Open an attempt again that was closed by its time wrongly: answers stay, and the time that was left at the last
    sign of life (the last answer, else the start) runs from now, ten minutes at least. The grade stays in its history.

    Raises ValidationError for one that was handed in, has passed, or has a later one beside it.
    """
    fresh = lock(attempt)
    newest = fresh.grades.last()
    if fresh.submitted_at is None or newest is None or newest.reason != GradeReason.TIME_OVER:
        raise ValidationError(_("Only an attempt whose time ran out can be opened again."))
    if fresh.passed:
        raise ValidationError(_("This attempt has passed: there is nothing to open again."))
    later = Attempt.objects.filter(enrolment=fresh.enrolment_id, assessment=fresh.assessment_id)
    if later.filter(number__gt=fresh.number).exists():
        raise ValidationError(_("A later attempt was begun: this one stays closed."))
    last = Response.objects.filter(item__attempt=fresh, saved_at__lt=fresh.deadline_at).aggregate(at=Max("saved_at"))
    left = max((fresh.deadline_at or fresh.started_at) - (last["at"] or fresh.started_at), SHORTEST)
    fresh.submitted_at = fresh.score = fresh.passed = None
    fresh.deadline_at = database_now() + left
    fresh.save(update_fields=["submitted_at", "score", "passed", "deadline_at"])
    record(actor=by, verb="reopen-attempt", target=fresh, fields=["submitted_at", "deadline_at"])
    tell_reopened(fresh)
    return fresh


def tell_reopened(attempt: Attempt) -> None:
    user = attempt.enrolment.user
    with in_language_of(user):
        text = _("“%(title)s” was closed too early, through our fault. It is open again. Hand it in before: %(time)s.")
        words = {"title": str(attempt.assessment), "time": timestamp(attempt.deadline_at or attempt.started_at)}
        tell(
            user=user,
            key=f"attempt:{attempt.pk}:reopened:{attempt.grades.count()}",
            kind="attempt-reopened",
            subject=_("Your assessment is open again"),
            body=text % words,
            link=reverse("courses:course", args=[attempt.enrolment.course.code]),
        )


def closed_by_time(since: datetime) -> QuerySet[Attempt]:
    """Attempts that nobody handed in and that did not pass, graded since that moment: what ``reopen`` is for."""
    grades = Grade.objects.filter(reason=GradeReason.TIME_OVER, at__gte=since)
    return Attempt.objects.filter(pk__in=grades.values("attempt"), passed=False).order_by("pk")


CLOSE = sweeps.register(
    sweeps.Sweep(
        name="assessments.close",
        label=gettext_lazy("Attempts to close"),
        remedy=gettext_lazy("Open the assessment of this attempt and check each of its questions."),
        rows=lambda now: overdue(now).order_by("deadline_at"),
        work=close_overdue,
    )
)


@transaction.atomic
def regrade(*, attempt: Attempt, by: User, dry_run: bool = False, may_lower: bool = False) -> Regraded:
    """Mark a submitted attempt again by today's rules and today's live version of each question.

    A question that has changed its type, or is withdrawn, is marked by the version they saw. A mark never falls
    unless ``may_lower``; the report says what would happen. Raises ValueError for an attempt that is still open.
    """
    fresh = lock(attempt)
    if fresh.submitted_at is None or fresh.score is None:
        raise ValueError("an open attempt has no grade yet")
    items = items_with_answers(fresh)
    result = grade_items(fresh, items, corrected_contents(items), decided(fresh.assessment_id, items))
    report = Regraded(fresh, fresh.score, bool(fresh.passed), result, applied=False)
    if dry_run or not report.changed or (report.lowered and not may_lower):
        return report
    record_grade(fresh, items, result, GradeReason.REGRADED, by)
    tell_regraded(report)
    return Regraded(fresh, report.old_score, report.old_passed, result, applied=True)


def tell_regraded(report: Regraded) -> None:
    """The mark and the pass before and after, in their language; one message for each grade that was added."""
    attempt, user = report.attempt, report.attempt.enrolment.user
    with in_language_of(user):
        passed, lost = report.result.passed and not report.old_passed, report.old_passed and not report.result.passed
        words = {
            "title": str(attempt.assessment),
            "old": percent(int(report.old_score)),
            "new": percent(attempt.percent),
        }
        text = _("“%(title)s” was marked again after a correction. Your mark was %(old)s; it is now %(new)s.")
        more = _("You have passed.") if passed else _("This attempt no longer counts as passed.") if lost else ""
        tell(
            user=user,
            key=f"attempt:{attempt.pk}:regraded:{attempt.grades.count()}",
            kind="attempt-regraded",
            subject=_("Your mark has changed"),
            body=f"{text % words} {more}".strip(),
            link=reverse("courses:course", args=[attempt.enrolment.course.code]),
        )


def corrected_contents(items: list[AttemptItem]) -> dict[int, QuestionContent]:
    """By the revision they saw: the live version of that question, or what they saw where the two do not fit."""
    live = {item.revision_id: item.question.live_revision_id for item in items}
    contents = content_of({*live, *(pk for pk in live.values() if pk)})
    corrected = {}
    for shown, now in live.items():
        new = contents.get(now) if now else None
        corrected[shown] = new if new is not None and new.type == contents[shown].type else contents[shown]
    return corrected
