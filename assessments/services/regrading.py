"""Marking a whole assessment again after a question was corrected: a run that looks first, and writes when told so."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet

from assessments.enums import MarkOutcome
from assessments.models import Assessment, Attempt, AttemptItem, Question, RegradedMark, RegradeRun
from assessments.services.corrections import decided, proposed, write_correction
from assessments.services.grades import Regraded, corrected_contents, grade_items, items_query, regrade
from cms.rows import rows_for
from lms.accounts.models import User
from lms.accounts.visibility import visible_to
from lms.lib import runs
from lms.lib.runs import RunKind, RunState

logger = logging.getLogger(__name__)

CHECKED_AT_ONCE = 100  # attempts read together; each writes one row at most
MARKED_AT_ONCE = 20  # marks written before the run looks whether it was stopped: each is its own transaction
PAGE = 50


def start_regrade(
    *, assessment: Assessment, by: User, question_key: UUID | None = None, decision: str = "", reason: str = ""
) -> RegradeRun:
    """The same run of this person that has not ended, or a new one. With a question: what it would change to decide so
    about it, and nothing is decided before the run is confirmed.
    """
    asked = {"question_key": question_key, "decision": decision, "reason": reason}
    under_way = RegradeRun.objects.filter(assessment=assessment, by=by, **asked).exclude(state__in=runs.ENDED).first()
    return under_way or runs.start(RegradeRun(assessment=assessment, by=by, **asked))


def gradable(run: RegradeRun) -> QuerySet[Attempt]:
    """Attempts that were handed in, of the learners that whoever asked may see."""
    return Attempt.objects.filter(
        assessment=run.assessment_id, submitted_at__isnull=False, score__isnull=False,
        enrolment__user__in=visible_to(run.by),
    )  # fmt: skip


class Regrading(RunKind):
    model = RegradeRun
    template = "assessments/admin/regrade_run.html"

    def may(self, user: User) -> bool:
        return user.is_team and user.has_perm("assessments.change_assessment")

    def may_still(self, run: RegradeRun) -> bool:
        return rows_for(run.by, "change", Assessment).filter(pk=run.assessment_id).exists()

    def check(self, run: RegradeRun) -> None:
        """Whose mark would change. Memory and queries are those of one slice, however many attempts there are."""
        if run.last_checked is None and not run.total:
            with run.advance(total=gradable(run).count()):
                pass
        left = gradable(run) if run.last_checked is None else gradable(run).filter(pk__gt=run.last_checked)
        attempts = list(left.select_related("assessment").order_by("pk")[:CHECKED_AT_ONCE])
        if not attempts:
            found = run.rows.filter(outcome=MarkOutcome.WAITING).count()
            if found:
                with run.advance(state=RunState.READY, position=0, total=found):
                    pass
            else:
                run.end(RunState.DONE)
            return
        rows = [row for row in (row_of(run, *marked) for marked in marked_again(run, attempts)) if row is not None]
        with run.advance(position=run.position + len(attempts), last_checked=attempts[-1].pk):
            RegradedMark.objects.bulk_create(rows)

    def work(self, run: RegradeRun) -> None:
        write_correction(run)
        rows = run.rows.filter(outcome=MarkOutcome.WAITING).select_related("attempt__enrolment").order_by("pk")
        some = list(rows[:MARKED_AT_ONCE])
        if not some:
            run.end(RunState.DONE)
            return
        theirs = {row.attempt.enrolment.user_id for row in some}
        seen = set(visible_to(run.by).filter(pk__in=theirs).values_list("pk", flat=True))
        for row in some:
            try:
                with run.advance(position=run.position + 1):
                    row.outcome = mark(run, row) if row.attempt.enrolment.user_id in seen else MarkOutcome.FAILED
                    row.save(update_fields=["outcome"])
            except runs.PASSING:
                raise
            except Exception:
                logger.exception("not marked again: %s", row.attempt_id)
                with run.advance(position=run.position + 1):
                    run.rows.filter(pk=row.pk).update(outcome=MarkOutcome.FAILED)

    def options(self, data: Any) -> dict[str, Any]:
        return {"may_lower": "lower" in data}

    def context(self, run: RegradeRun, page: str) -> dict[str, Any]:
        rows = run.rows.select_related("attempt__enrolment__user").order_by("attempt__enrolment__user__sort_key", "pk")
        counts = run.rows.aggregate(
            lowered=Count("pk", filter=Q(is_lowered=True) & ~Q(outcome=MarkOutcome.FAILED)),
            raised=Count("pk", filter=Q(is_lowered=False) & ~Q(outcome=MarkOutcome.FAILED)),
            won=Count("pk", filter=Q(old_passed=False, new_passed=True)),
            lost=Count("pk", filter=Q(old_passed=True, new_passed=False)),
            **{value: Count("pk", filter=Q(outcome=value)) for value in MarkOutcome.values},
        )
        question = Question.objects.filter(translation_key=run.question_key).first() if run.question_key else None
        return {
            "page_obj": Paginator(rows, PAGE).get_page(page),
            "counts": counts,
            "assessment": run.assessment,
            "question": question,
        }


def mark(run: RegradeRun, row: RegradedMark) -> MarkOutcome:
    report = regrade(attempt=row.attempt, by=run.by, may_lower=run.may_lower)
    if report.applied:
        return MarkOutcome.CHANGED
    return MarkOutcome.KEPT if report.changed else MarkOutcome.SAME


def row_of(run: RegradeRun, attempt: Attempt, report: Regraded | None) -> RegradedMark | None:
    """What the run keeps of an attempt: nothing when its mark stays, an outcome when it cannot be marked."""
    old_score, old_passed = attempt.score or 0, bool(attempt.passed)
    row = RegradedMark(
        run=run, attempt=attempt, old_score=old_score, old_passed=old_passed, new_score=old_score,
        new_passed=old_passed, is_lowered=False, outcome=MarkOutcome.FAILED,
    )  # fmt: skip
    if report is not None:
        row.new_score, row.new_passed, row.is_lowered = report.result.score, report.result.passed, report.lowered
        row.outcome = MarkOutcome.WAITING
    return row if report is None or report.changed else None


def marked_again(run: RegradeRun, attempts: Sequence[Attempt]) -> list[tuple[Attempt, Regraded | None]]:
    """Each attempt with what it would be worth; None where it cannot be marked. Writes nothing."""
    try:
        return list(zip(attempts, graded(run, attempts), strict=True))
    except runs.PASSING:
        raise
    except Exception:  # one of them is damaged: it says so in its row, and the others are looked at
        if len(attempts) == 1:
            logger.exception("cannot be marked again: %s", attempts[0].pk)
            return [(attempts[0], None)]
        return [pair for attempt in attempts for pair in marked_again(run, [attempt])]


def graded(run: RegradeRun, attempts: Sequence[Attempt]) -> Iterator[Regraded]:
    items: dict[UUID, list[AttemptItem]] = defaultdict(list)
    for item in items_query().filter(attempt__in=attempts):
        items[item.attempt_id].append(item)
    everything = [item for group in items.values() for item in group]
    contents = corrected_contents(everything)
    decisions = {**decided(run.assessment_id, everything), **proposed(run, everything)}
    for attempt in attempts:
        if attempt.score is not None:
            result = grade_items(attempt, items[attempt.pk], contents, decisions)
            yield Regraded(attempt, attempt.score, bool(attempt.passed), result, applied=False)


runs.register(Regrading())
