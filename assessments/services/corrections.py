"""Questions that were wrong: what was decided counts wherever an attempt is marked, at its end or again."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db.models import Max

from assessments.models import AttemptItem, Correction, Question, RegradeRun
from lms.accounts.services import record

Decided = Mapping[int, str]
"""What was decided about items, by their key; nothing for most."""


def decided(assessment: int, items: Collection[AttemptItem]) -> Decided:
    """From the newest correction of each question that is meant. One query."""
    rows = Correction.objects.filter(assessment=assessment, question_key__in={item.question_key for item in items})
    newest = {row.question_key: row for row in rows.order_by("at", "pk")}
    return {
        item.pk: row.decision
        for item in items
        if (row := newest.get(item.question_key)) and item.revision_id <= row.until_revision
    }


def proposed(run: RegradeRun, items: Iterable[AttemptItem]) -> Decided:
    """What the run would decide, before anything is applied."""
    if run.question_key is None:
        return {}
    return {item.pk: run.decision for item in items if item.question_key == run.question_key}


def write_correction(run: RegradeRun) -> None:
    """Once for the run, before the first mark. It means the versions of the question that there are now."""
    if run.question_key is None or Correction.objects.filter(run=run.pk).exists():
        return
    correction = Correction.objects.create(
        assessment_id=run.assessment_id, question_key=run.question_key, decision=run.decision, reason=run.reason,
        by=run.by, run=run.pk, until_revision=newest_revision(run.question_key),
    )  # fmt: skip
    record(actor=run.by, verb="correct-question", target=correction, fields=["decision", "reason"])


def newest_revision(question_key: UUID) -> int:
    """The newest published version, in whatever language."""
    rows = Question.objects.filter(translation_key=question_key)
    shown = AttemptItem.objects.filter(question_key=question_key).aggregate(newest=Max("revision_id"))["newest"]
    live = rows.aggregate(newest=Max("live_revision_id"))["newest"]
    return max(shown or 0, live or 0)
