"""Asking whether the work began, and after 30, 90, 180 and 365 days whether they still work there, paid as agreed: the
learner, and the employer by an e-mail, each for itself.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts.enums import Channel
from lms.accounts.messages import queue_message, tell
from lms.accounts.recipient import in_language_of
from lms.lib.locks import hold
from lms.lib.moments import site_day
from placement.enums import ActorKind, OutcomeMark, ReferralState, Vetting
from placement.models import Offer, Outcome, OutcomeAnswer, Referral
from placement.offer_enums import OfferAnswer
from placement.services import answers, link_secrets, mailing
from placement.services.disclosure import agreed, of_referral
from placement.services.notices import contacts_of, write_to_contacts

TOO_LATE = timedelta(days=30)  # a first day noted long after: nobody is asked about days long gone
KIND = "outcome-asked"


def due(now: datetime) -> QuerySet[Outcome]:
    """Whose day has come, whom nobody asked, and of whom a side has not spoken yet."""
    today = site_day(now)
    rows = Outcome.objects.filter(Q(told_by_learner=None) | Q(told_by_employer=None)).exclude(
        answered_by__in=answers.FOR_GOOD
    )
    return rows.filter(
        asked_at=None, due_on__lte=today, due_on__gt=today - TOO_LATE, referral__state=ReferralState.STARTED,
    )  # fmt: skip


def unasked(now: datetime) -> QuerySet[Outcome]:
    """Questions whose day passed without being asked: deadlines are looked at every hour."""
    return due(now).filter(due_on__lt=site_day(now))


def to_carry_forward(now: datetime) -> QuerySet[Outcome]:
    """Later days of who said last that the work ended: nobody is asked again, that answer counts, each on its day."""
    earlier = Outcome.objects.filter(referral=OuterRef("referral"), due_on__lt=OuterRef("due_on"))
    last = earlier.exclude(answered_at=None).order_by("-due_on").values("in_work")[:1]
    return Outcome.objects.alias(was_in_work=Subquery(last)).filter(
        was_in_work=False, answered_at=None, due_on__lte=site_day(now)
    )


@transaction.atomic
def carry_forward(*, outcome_id: Any, now: datetime) -> bool:
    """Write the answer that ``to_carry_forward`` says, unless the day before is being corrected at this moment."""
    hold(Outcome.objects.filter(referral__in=Outcome.objects.filter(pk=outcome_id).values("referral")))
    if not to_carry_forward(now).filter(pk=outcome_id).exists():  # read again: it may be corrected by now
        return False
    Outcome.objects.filter(pk=outcome_id).update(in_work=False, answered_at=now, answered_by=ActorKind.AUTOMATIC)
    OutcomeAnswer.objects.create(outcome_id=outcome_id, at=now, by=ActorKind.AUTOMATIC, in_work=False)
    return True


@transaction.atomic
def ask(*, outcome_id: int, now: datetime) -> bool:
    """True when this call asked. The row is claimed, and the messages written, in one transaction."""
    rows = due(now).filter(pk=outcome_id)
    if not Outcome.objects.filter(pk__in=rows.values("pk"), asked_at=None).update(asked_at=now):
        return False
    outcome = Outcome.objects.select_related(
        "referral__opportunity__employer", "referral__profile__user", "referral__consent"
    ).get(pk=outcome_id)
    Outcome.objects.filter(pk=outcome_id).update(reply_hash=link_secrets.hash_of(link_secrets.outcome_secret(outcome)))
    if outcome.told_by_learner is None:
        ask_learner(outcome)
    if outcome.told_by_employer is None:
        ask_employer(outcome)
    return True


def ask_learner(outcome: Outcome) -> None:
    user = outcome.referral.profile.user
    if not user.is_active:
        return
    with in_language_of(user):
        words = {"employer": outcome.referral.opportunity.employer.name, "days": outcome.get_mark_display()}
        subject = _("Do you still work there?")
        body = _("%(days)s after your first day at %(employer)s: do you still work there? One tap is enough to answer.")
        if outcome.mark == OutcomeMark.STARTED:
            subject = _("Did your work begin?")
            body = _("%(employer)s says that your work has begun. Is it so? One tap is enough to answer.")
        rows = tell(user=user, key=f"outcome:{outcome.pk}", kind=KIND, subject=subject, body=body % words,
                    link=reverse("opportunities:detail", args=[outcome.referral_id]))  # fmt: skip
        mailing.settle(rows, user=user, pace=mailing.pace_of(user))


def ask_employer(outcome: Outcome) -> None:
    """An e-mail with a link. Its words hold no name: the page behind the link shows it while their yes stands."""
    referral = outcome.referral
    if agreed(referral) is None or referral.opportunity.employer.vetting != Vetting.VETTED:
        return
    for contact in contacts_of(referral):
        with in_language_of(contact.user):
            words = {
                "name": of_referral(referral).code_name,
                "title": referral.opportunity.title,
                "days": outcome.get_mark_display(),
            }
            body = _("%(name)s started “%(title)s” with you %(days)s ago. Still at work? Yes or no is enough, in one"
                     " click, without an account.") % words  # fmt: skip
            subject = _("Still at work? “%(title)s”, %(days)s") % words
            if outcome.mark == OutcomeMark.STARTED:
                subject = _("Did the work begin? “%(title)s”") % words
                body = _("%(name)s says that the work on “%(title)s” has begun. Yes or no is enough, in one click,"
                         " without an account.") % words  # fmt: skip
            letter = queue_message(
                key=f"outcome:{outcome.pk}:contact:{contact.pk}", user=contact.user, channel=Channel.EMAIL, kind=KIND,
                subject=subject, body=body,
                link=link_secrets.outcome_path(outcome, contact),
            )  # fmt: skip
            mailing.settle([letter], user=contact.user, pace=contact.mails)


def first_days(now: datetime) -> QuerySet[Offer]:
    """Accepted, with a first day that has passed, and nobody noted that the work began."""
    today = site_day(now)
    return Offer.objects.filter(
        answer=OfferAnswer.ACCEPTED, start_asked_at=None, starts_on__lt=today, starts_on__gt=today - TOO_LATE,
        referral__state=ReferralState.ACCEPTED,
    )  # fmt: skip


@transaction.atomic
def ask_first_day(*, offer_id: Any, now: datetime) -> bool:
    """A first day of an offer is a plan: once it has passed both are asked whether it came true."""
    if not Offer.objects.filter(pk__in=first_days(now).filter(pk=offer_id).values("pk")).update(start_asked_at=now):
        return False
    referral = Referral.objects.with_page_data().get(offers=offer_id)
    user = referral.profile.user
    if user.is_active:
        with in_language_of(user):
            words = {"employer": referral.opportunity.employer.name}
            rows = tell(
                user=user, key=f"first-day:{offer_id}", kind=KIND, subject=_("Did your work begin?"),
                body=_("Your first day at %(employer)s has passed. Tell us when you began, or write to them.") % words,
                link=reverse("opportunities:detail", args=[referral.pk]),
            )  # fmt: skip
            mailing.settle(rows, user=user, pace=mailing.pace_of(user))
    if agreed(referral) is not None and referral.opportunity.employer.vetting == Vetting.VETTED:
        write_to_contacts(
            referral=referral, key=f"first-day:{offer_id}", kind=KIND,
            sentence=gettext_lazy("Did %(name)s begin the work on “%(title)s”? Note the first day."),
        )  # fmt: skip
    return True
