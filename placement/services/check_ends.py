"""Telling an employer's people that the check of their organisation ends or has ended: one message at each step."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts.messages import ask_before_sending, tell
from lms.accounts.models import OutboundMessage
from lms.accounts.recipient import in_language_of
from lms.lib import sweeps
from lms.lib.moments import site_day
from placement.employer_checks import WARN_BEFORE, checks_of, ending
from placement.models import Employer, EmployerContact
from placement.people_shown import whom_to_ask
from placement.services import mailing

KIND = "employer-check-ends"
LAST_WEEK = timedelta(days=7)
OVER = 0
STEPS = (WARN_BEFORE.days, LAST_WEEK.days)  # days before the last one


def to_tell(now: datetime) -> QuerySet[Any]:
    """Employers whose people do not know yet that their check ends, ends within the week, or has ended."""
    today = site_day(now)
    rows = ending(today).filter(ends_on__lte=today + WARN_BEFORE)
    of_another_day = Q(check_end_told=None) | ~Q(check_end_told=F("ends_on"))
    next_step = Q(ends_on__lte=today + LAST_WEEK, check_end_told_days__gt=LAST_WEEK.days)
    return rows.filter(of_another_day | next_step | Q(ends_on__lt=today, check_end_told_days__gt=OVER))


def step_of(ends_on: date, today: date) -> int:
    """How many days before its end people are told of today."""
    if ends_on < today:
        return OVER
    return min(days for days in STEPS if ends_on <= today + timedelta(days=days))


@transaction.atomic
def tell_contacts(employer_id: Any, now: datetime) -> bool:
    """False when there is nothing to tell any more. One that was found wrong hears it from a manager, not from here."""
    employer = to_tell(now).filter(pk=employer_id).first()
    if employer is None:
        return False
    ends_on: date = employer.ends_on
    step = step_of(ends_on, site_day(now))
    Employer.objects.filter(pk=employer.pk).update(check_end_told=ends_on, check_end_told_days=step)
    if not checks_of(employer.pk).is_wrong:
        contacts = EmployerContact.objects.filter(employer=employer, user__is_active=True)
        for contact in contacts.select_related("user", "employer"):
            tell_contact(contact, ends_on=ends_on, step=step)
    return True


def tell_contact(contact: EmployerContact, *, ends_on: date, step: int) -> None:
    user = contact.user
    with in_language_of(user):
        words = {"employer": contact.employer.name, "day": date_format(ends_on, "j F Y")}
        if step == OVER:
            subject = _("The check of your organisation has ended")
            body = _(
                "Our check of %(employer)s ended on %(day)s. Until we have checked again, we read each new opportunity "
                "before candidates do. What is open stays open."
            )
        else:
            subject = _("The check of your organisation ends on %(day)s")
            body = _(
                "Our check of %(employer)s ends on %(day)s. After that day, until we have checked again, we read each "
                "new opportunity before candidates do. What is open stays open."
            )
        if people := whom_to_ask():
            words["people"] = ", ".join(people)
            body += " " + _("To be checked again, write to %(people)s.")
        rows = tell(
            user=user, key=f"check-end:{contact.employer_id}:{ends_on.isoformat()}:{step}:{user.pk}", kind=KIND,
            subject=subject % words, body=body % words, link=reverse("placement:opportunities"), by_sms=False,
        )  # fmt: skip
        mailing.settle(rows, user=user, pace=contact.mails)


def still_ends(message: OutboundMessage) -> bool:
    """Asked when the e-mail leaves: it may have been checked again."""
    _word, employer_id, ends_on, *_rest = message.key.split(":")
    return ending(site_day()).filter(pk=employer_id, ends_on=ends_on).exists()


ask_before_sending(KIND, is_true=still_ends)

TELL = sweeps.register(
    sweeps.Sweep(
        name="placement.check-ends",
        label=gettext_lazy("Employers to tell that their check ends"),
        remedy=gettext_lazy("Look at the checks of this employer, and at the addresses of its people."),
        rows=lambda now: to_tell(now).order_by("pk"),
        work=tell_contacts,
    )
)
