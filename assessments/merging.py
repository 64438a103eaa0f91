"""What becomes of attempts when two accounts of one person are merged (``lms.accounts.merging``)."""

from collections.abc import Iterator

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.models import Attempt
from lms.accounts.merge_rules import Caution, Values, register_holding, register_moves, register_stays, register_warning
from lms.accounts.models import User
from lms.lib.percentages import percent


def next_number(attempt: Attempt, enrolment: int) -> Values:
    """Behind the attempts at the same assessment that are there already."""
    there = Attempt.objects.filter(enrolment=enrolment, assessment=attempt.assessment_id)
    return {"number": (there.aggregate(last=Max("number"))["last"] or 0) + 1}


register_moves("assessments.Attempt.enrolment", also=next_number)
register_moves("assessments.Allowance.enrolment")
register_moves("assessments.RegradeRun.by", "assessments.QuestionImportRun.by")
register_stays("the history says who did what", "assessments.Grade.by", "assessments.Correction.by",
               "assessments.Allowance.by", "assessments.Allowance.taken_back_by")  # fmt: skip


def attempts_of(user: User) -> "list[Attempt]":
    rows = Attempt.objects.filter(enrolment__user=user).select_related("assessment")
    return list(rows.order_by("assessment", "number"))


def attempt_lines(user: User) -> Iterator[str]:
    for attempt in attempts_of(user):
        words = {"title": str(attempt.assessment), "number": attempt.number, "percent": percent(attempt.percent)}
        if attempt.submitted_at is None:
            yield _("%(title)s, attempt %(number)d: not handed in") % words
        else:
            yield _("%(title)s, attempt %(number)d: %(percent)s") % words


@register_warning
def both_tried_it(kept: User, merged: User) -> Iterator[Caution]:
    theirs = {attempt.assessment_id: attempt.assessment for attempt in attempts_of(merged)}
    opens = {user.pk: {row.assessment_id for row in attempts_of(user) if row.submitted_at is None}
             for user in (kept, merged)}  # fmt: skip
    for key in dict.fromkeys(attempt.assessment_id for attempt in attempts_of(kept)):
        if key not in theirs:
            continue
        title = {"title": str(theirs[key])}
        text = _("Both accounts have attempts at “%(title)s”: they are numbered together, one after the other.")
        yield Caution(text % title)
        if key in opens[kept.pk] & opens[merged.pk]:
            text = _(
                "Both accounts have an attempt at “%(title)s” that is not handed in. The closed account keeps its own."
            )
            yield Caution(text % title)


register_holding("attempts", gettext_lazy("Attempts"), attempt_lines)
