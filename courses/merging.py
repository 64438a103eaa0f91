"""What becomes of groups and enrolments when two accounts of one person are merged (``lms.accounts.merging``)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Enrolment
from lms.accounts.merge_rules import (
    Caution,
    Values,
    register_holding,
    register_joins,
    register_moves,
    register_stays,
    register_warning,
)
from lms.accounts.models import User


def one_enrolment(kept: Enrolment, other: Enrolment) -> tuple[Values, Values]:
    """The earlier beginning and end, the later sign of life. The other one asks for no certificate any more."""
    newest = max(kept, other, key=lambda enrolment: (enrolment.last_step_key is not None, enrolment.last_active_at))
    ends = [enrolment.completed_at for enrolment in (kept, other) if enrolment.completed_at]
    for_kept: dict[str, Any] = {
        "started_at": min(kept.started_at, other.started_at),
        "last_active_at": newest.last_active_at,
        "last_step_key": newest.last_step_key,
        "cohort_id": kept.cohort_id or other.cohort_id,
        "completed_at": min(ends, default=None),
    }
    return for_kept, {"completed_at": None}


register_joins("courses.Enrolment.user", one_enrolment)
register_moves("courses.StepProgress.enrolment", "courses.CohortMember.user", "courses.Cohort_trainers.user",
               "courses.CourseRole.user", "courses.MessageRun.by", "courses.LearnerNote.learner")  # fmt: skip
register_stays("the history says who did what", "courses.LearnerNote.author", "courses.LearnerNote.withdrawn_by")


def enrolment_lines(user: User) -> Iterator[str]:
    for enrolment in user.enrolments.select_related("course").order_by("started_at"):
        words = {"course": enrolment.course.title}
        yield _("%(course)s (completed)") % words if enrolment.completed_at else enrolment.course.title


def group_lines(user: User) -> Iterator[str]:
    for member in user.cohort_memberships.select_related("cohort").order_by("joined_at"):
        yield str(member.cohort)


@register_warning
def both_take_it(kept: User, merged: User) -> Iterator[Caution]:
    mine = merged.enrolments.values("course")
    for enrolment in kept.enrolments.filter(course__in=mine).select_related("course"):
        text = _("Both accounts take the course “%(title)s”: the steps done in either count together.")
        yield Caution(text % {"title": enrolment.course.title})


register_holding("enrolments", gettext_lazy("Courses"), enrolment_lines)
register_holding("groups", gettext_lazy("Groups"), group_lines)
