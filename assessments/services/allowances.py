"""One more attempt, or more time, for one learner: given by a trainer with a reason, told to the learner, used once.

More time is added to the attempt that is open, else to the next one. Both are history of the attempt, never of the
certificate: what was passed was passed by the same questions, key and pass mark.
"""

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import AllowanceKind
from assessments.models import Allowance, Assessment, Attempt
from assessments.rules import check_minutes
from courses.models import Enrolment
from lms.accounts.messages import tell
from lms.accounts.models import User
from lms.accounts.recipient import in_language_of
from lms.accounts.services import record
from lms.lib.locks import hold, locked

MOST_ATTEMPTS = 3  # that one learner is given at one assessment
MOST_MINUTES = 240  # in one go


def unused(enrolment: Enrolment, assessment: Assessment) -> list[Allowance]:
    """What they may still use. Nothing is asked where the assessment has no limits."""
    if not (assessment.max_attempts or assessment.time_limit_minutes):
        return []
    rows = Allowance.objects.filter(enrolment=enrolment, assessment=assessment, attempt=None, taken_back_at=None)
    return list(rows)


@transaction.atomic
def give(
    *, enrolment: Enrolment, assessment: Assessment, kind: AllowanceKind, minutes: int, reason: str, key: UUID, by: User
) -> Allowance:
    """A second call with the same key changes nothing. Raises ValidationError when it would be of no use, or too
    much.
    """
    hold(Enrolment.objects.filter(pk=enrolment.pk))
    before = Allowance.objects.filter(enrolment=enrolment, key=key).first()
    if before is not None:
        return before
    attempts = Attempt.objects.filter(enrolment=enrolment, assessment=assessment)
    current = locked(attempts.filter(submitted_at=None)).first()
    check_allowance(enrolment, assessment, kind, minutes)
    found = Allowance(
        enrolment=enrolment, assessment=assessment, kind=kind, reason=reason, key=key, by=by,
        minutes=minutes if kind == AllowanceKind.TIME else 0,
    )  # fmt: skip
    if kind == AllowanceKind.TIME and current is not None and current.deadline_at and not current.is_overdue():
        current.deadline_at += timedelta(minutes=minutes)
        current.save(update_fields=["deadline_at"])
        found.attempt = current
    found.save(force_insert=True)
    record(actor=by, verb=f"give-{kind}", target=found, fields=[f"user:{enrolment.user_id}"])
    tell_given(found)
    return found


def check_allowance(enrolment: Enrolment, assessment: Assessment, kind: AllowanceKind, minutes: int) -> None:
    """Raise ValidationError when it would be of no use to them, or more than is given."""
    attempts = Attempt.objects.filter(enrolment=enrolment, assessment=assessment)
    if attempts.filter(passed=True).exists():
        raise ValidationError(_("Has passed this assessment already."))
    given = Allowance.objects.filter(enrolment=enrolment, assessment=assessment, taken_back_at=None, kind=kind)
    if kind == AllowanceKind.ATTEMPT:
        if not assessment.max_attempts:
            raise ValidationError(_("This assessment may be taken as often as one likes."))
        if attempts.count() < assessment.max_attempts or given.filter(attempt=None).exists():
            raise ValidationError(_("Still has an attempt left."))
        if given.count() >= MOST_ATTEMPTS:
            words = {"count": MOST_ATTEMPTS}
            text = ngettext(
                "Has been given %(count)d more attempt already, which is the most.",
                "Has been given %(count)d more attempts already, which is the most.",
                MOST_ATTEMPTS,
            )
            raise ValidationError(text % words)
        return
    check_minutes(kind=kind, minutes=minutes)
    if not assessment.time_limit_minutes:
        raise ValidationError(_("This assessment has no time limit."))
    latest = attempts.order_by("-number").first()
    of_one = given.filter(attempt=latest if latest is not None and latest.submitted_at is None else None)
    there = of_one.aggregate(sum=Sum("minutes"))["sum"] or 0
    if there + minutes > assessment.time_limit_minutes:
        text = _("At most %(most)d min more in all, as much as the time limit. Given so far: %(there)d min.")
        raise ValidationError(text % {"most": assessment.time_limit_minutes, "there": there})


def use(attempt: Attempt, allowances: list[Allowance], *, beyond_limit: bool) -> None:
    """Write down what a new attempt uses: all of the time, and one attempt where the rules had none left."""
    used = [row for row in allowances if row.kind == AllowanceKind.TIME and attempt.deadline_at is not None]
    if beyond_limit:
        used += [row for row in allowances if row.kind == AllowanceKind.ATTEMPT][:1]
    if used:
        Allowance.objects.filter(pk__in=[row.pk for row in used]).update(attempt=attempt)


@transaction.atomic
def take_back(*, allowance: Allowance, by: User) -> Allowance:
    """Raises ValidationError for one that was used."""
    hold(Enrolment.objects.filter(pk=allowance.enrolment_id))
    fresh = Allowance.objects.select_related("enrolment__user", "enrolment__course", "assessment").get(pk=allowance.pk)
    if fresh.attempt_id is not None:
        raise ValidationError(_("It was used meanwhile, and stays."))
    if fresh.taken_back_at is None:
        fresh.taken_back_at, fresh.taken_back_by = timezone.now(), by
        fresh.save(update_fields=["taken_back_at", "taken_back_by"])
        record(actor=by, verb="take-back-allowance", target=fresh, fields=[f"user:{fresh.enrolment.user_id}"])
        tell_taken_back(fresh)
    return fresh


def what_is_given(allowance: Allowance) -> str:
    """In words for the learner."""
    if allowance.kind == AllowanceKind.ATTEMPT:
        return _("You have one more attempt.")
    if allowance.attempt_id is None:
        text = ngettext(
            "You have %(count)d more minute in your next attempt.",
            "You have %(count)d more minutes in your next attempt.",
            allowance.minutes,
        )  # fmt: skip
    else:
        text = ngettext(
            "You have %(count)d more minute in your attempt.", "You have %(count)d more minutes in your attempt.",
            allowance.minutes,
        )  # fmt: skip
    return text % {"count": allowance.minutes}


def tell_given(allowance: Allowance) -> None:
    with in_language_of(allowance.enrolment.user):
        tell_of(allowance, "given", what_is_given(allowance))


def tell_taken_back(allowance: Allowance) -> None:
    with in_language_of(allowance.enrolment.user):
        if allowance.kind == AllowanceKind.ATTEMPT:
            text = _("The one more attempt that you had was taken back. Ask your trainer why.")
        else:
            text = _("The minutes more that you had were taken back. Ask your trainer why.")
        tell_of(allowance, "taken-back", text)


def tell_of(allowance: Allowance, what: str, text: str) -> None:
    """Wants their language to be active."""
    title = str(allowance.assessment)
    tell(
        user=allowance.enrolment.user,
        key=f"allowance:{allowance.pk}:{what}",
        kind=f"allowance-{what}",
        subject=_("Your assessment: %(title)s") % {"title": title},
        body=_("About “%(title)s”: %(text)s") % {"title": title, "text": text},
        link=reverse("courses:course", args=[allowance.enrolment.course.code]),
    )
