"""Marking a whole assessment again after a question was mended: look first, then write."""

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from assessments.models import Assessment, Attempt, AttemptItem
from assessments.services.grades import Regraded, grade_items, items_query, mended_contents, regrade
from lms.accounts.models import User
from lms.accounts.visibility import visible_to

AT_ONCE = 500  # attempts read together: their items stay below the parameters that SQLite takes


def try_regrade(*, assessment: Assessment, by: User) -> list[Regraded]:
    """Whose mark would change, of the learners that ``by`` may see. Writes nothing."""
    attempts = (
        Attempt.objects.filter(assessment=assessment, submitted_at__isnull=False, score__isnull=False)
        .filter(enrolment__user__in=visible_to(by))
        .select_related("enrolment__user", "assessment")
        .order_by("enrolment__user__full_name", "number", "pk")
    )
    every = list(attempts)
    parts = (every[start : start + AT_ONCE] for start in range(0, len(every), AT_ONCE))
    return [report for part in parts for report in marked_again(part) if report.changed]


def marked_again(attempts: list[Attempt]) -> Iterator[Regraded]:
    items: dict[UUID, list[AttemptItem]] = defaultdict(list)
    for item in items_query().filter(attempt__in=attempts):
        items[item.attempt_id].append(item)
    contents = mended_contents([item for group in items.values() for item in group])
    for attempt in attempts:
        if attempt.score is not None:
            result = grade_items(attempt, items[attempt.pk], contents)
            yield Regraded(attempt, attempt.score, bool(attempt.passed), result, applied=False)


def regrade_all(*, assessment: Assessment, by: User, may_lower: bool = False) -> list[Regraded]:
    """Write what ``try_regrade`` finds, each attempt in its own transaction; returns those whose grade was written."""
    reports = try_regrade(assessment=assessment, by=by)
    written = (
        regrade(attempt=report.attempt, by=by, may_lower=may_lower)
        for report in reports
        if may_lower or not report.lowered
    )
    return [report for report in written if report.applied]
