"""Assessments that somebody failed and never passed, for the page of a group (``courses.following``)."""

from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet

from assessments.models import Attempt
from courses.following import FailedStep
from courses.models import Enrolment, StepProgress


def failed_steps(enrolments: QuerySet[Enrolment], limit: int) -> list[FailedStep]:
    """By enrolment and step, those that were failed most often first."""
    done = StepProgress.objects.filter(enrolment=OuterRef("enrolment"), step_key=OuterRef("step_key"))
    failed = Attempt.objects.filter(~Exists(done), enrolment__in=enrolments.values("pk"), passed=False).order_by()
    rows = failed.values("enrolment", "step_key").annotate(
        number=Count("pk"), first=Min("submitted_at"), last=Max("submitted_at")
    )
    rows = rows.order_by("-number", "enrolment", "step_key")
    return [FailedStep(*row) for row in rows.values_list("enrolment", "step_key", "number", "first", "last")[:limit]]
