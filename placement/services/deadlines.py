"""What happens by itself with time: proposals end, silent employers are reminded, silence is closed at sixty
days, people at work are asked how it goes."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from lms.accounts.models import OutboundMessage
from lms.lib import sweeps
from lms.lib.moments import site_day
from placement.enums import WAITING_FOR_EMPLOYER, ActorKind, OpportunityState, ReviewState
from placement.enums import ReferralState as S
from placement.models import Opportunity, Referral, Review, ThreadMessage
from placement.querysets import ReferralQuerySet
from placement.services import colleagues, follow_up, interview_notices, notices, opportunities
from placement.services.transitions import WITH_EMPLOYER_NOW, TransitionError, change_state

REMINDERS = (7, 15)  # days after sending
AUTO_CLOSE_AFTER = timedelta(days=60)


def run(*, now: datetime | None = None) -> dict[str, int]:
    """Everything that is due; how many of each, by the last word of its name. Safe to run at any time, twice."""
    done: Counter[str] = Counter()
    for name, each in sweeps.rounds(SWEEPS, now=now).items():
        done[name.rpartition(".")[2].partition("-")[0]] += each.done
    return dict(done)


def change_state_of(referral_id: Any, to: S) -> bool:
    try:
        change_state(referral=Referral.objects.with_page_data().get(pk=referral_id), to=to, by=ActorKind.AUTOMATIC)
    except TransitionError:  # the learner or the employer was faster
        return False
    return True


def ended(now: datetime) -> ReferralQuerySet:
    """Proposals whose days are over."""
    return Referral.objects.with_page_data().filter(state=S.PROPOSED, expires_at__lte=now)


def to_remind(now: datetime, days: int) -> ReferralQuerySet:
    """Referrals whose employer has not answered after ``days`` and was not reminded since."""
    due = now - timedelta(days=days)
    since_due = Q(reminded_at=None) | Q(reminded_at__lt=Coalesce("forwarded_at", now) + timedelta(days=days))
    rows = not_held(Referral.objects.with_page_data())
    return rows.filter(since_due, state__in=WAITING_FOR_EMPLOYER, forwarded_at__lte=due)


def not_held(rows: ReferralQuerySet) -> ReferralQuerySet:
    """Without those whose answer is there and waits for the programme: the employer is not silent."""
    held = Review.objects.filter(referral=OuterRef("pk"), state=ReviewState.WAITING)
    return rows.filter(~Exists(held))


def remind(referral_id: Any, now: datetime, days: int) -> bool:
    """A reminder to each contact of the employer, once."""
    referral = Referral.objects.with_page_data().get(pk=referral_id)
    if not to_remind(now, days).filter(pk=referral.pk, state=referral.state).update(reminded_at=now):
        return False
    notices.send_to_contacts(referral=referral, key=f"referral:{referral.pk}:reminder:{days}", reminder=True)
    return True


def silent(now: datetime) -> ReferralQuerySet:
    """Sixty days without a word from either side."""
    rows = not_held(Referral.objects.with_page_data()).alias(last=Coalesce("answered_at", "forwarded_at"))
    states = [s for s in WITH_EMPLOYER_NOW if s != S.OFFER]
    written = ThreadMessage.objects.filter(referral=OuterRef("pk"), at__gt=now - AUTO_CLOSE_AFTER)
    return rows.filter(~Exists(written), state__in=states, last__lte=now - AUTO_CLOSE_AFTER)


def out_of_time(now: datetime) -> QuerySet[Opportunity]:
    """Opportunities past their last day: they take no more candidates; what is with the employer goes on."""
    today = site_day(now)
    return Opportunity.objects.filter(state=OpportunityState.OPEN, closes_on__lt=today)


def end(opportunity_id: Any) -> bool:
    opportunities.close(opportunity=Opportunity.objects.get(pk=opportunity_id), state=OpportunityState.CLOSED)
    return True


def with_old_links(now: datetime) -> QuerySet[OutboundMessage]:
    """Messages whose reply link was mailed more than a day ago: it is taken out of the row."""
    kinds = (*(f"referral-{state}" for state in S), "referral-reminder", follow_up.KIND, notices.MESSAGE,
             *interview_notices.KINDS)  # fmt: skip
    day_ago = now - timedelta(days=1)
    by_link = Q(kind__in=kinds, link__startswith="/r/", sent_at__lt=day_ago)
    return OutboundMessage.objects.filter(by_link | colleagues.with_old_links(now))


CHECK_REFERRAL = gettext_lazy("Look at this referral, its opportunity and the employer’s contacts.")
SWEEPS = [
    sweeps.register(sweep)
    for sweep in (
        sweeps.Sweep(
            name="placement.expired",
            label=gettext_lazy("Proposals to close"),
            remedy=CHECK_REFERRAL,
            rows=lambda now: ended(now).order_by("pk"),
            work=lambda key, now: change_state_of(key, S.EXPIRED),
        ),
        *(
            sweeps.Sweep(
                name=f"placement.reminded-{days}",
                label=gettext_lazy("Employers to remind"),
                remedy=CHECK_REFERRAL,
                rows=lambda now, days=days: to_remind(now, days).order_by("pk"),  # type: ignore[misc]
                work=lambda key, now, days=days: remind(key, now, days),  # type: ignore[misc]
            )
            for days in REMINDERS
        ),
        sweeps.Sweep(
            name="placement.closed",
            label=gettext_lazy("Unanswered referrals to close"),
            remedy=CHECK_REFERRAL,
            rows=lambda now: silent(now).order_by("pk"),
            work=lambda key, now: change_state_of(key, S.AUTO_CLOSED),
        ),
        sweeps.Sweep(
            name="placement.ended",
            label=gettext_lazy("Opportunities to close"),
            remedy=gettext_lazy("Close this opportunity by hand."),
            rows=lambda now: out_of_time(now).order_by("pk"),
            work=lambda key, now: end(key),
        ),
        sweeps.Sweep(
            name="placement.carried",
            label=gettext_lazy("Follow-up answers to carry forward"),
            remedy=gettext_lazy("Look at the follow-up of this referral."),
            rows=lambda now: follow_up.to_carry_forward(now).order_by("pk"),
            work=lambda key, now: follow_up.carry_forward(outcome_id=key, now=now),
        ),
        sweeps.Sweep(
            name="placement.asked",
            label=gettext_lazy("Follow-up questions to ask"),
            remedy=gettext_lazy("Look at the follow-up of this referral and at the employer’s contacts."),
            rows=lambda now: follow_up.due(now).order_by("due_on", "pk"),
            work=lambda key, now: follow_up.ask(outcome_id=key, now=now),
        ),
        sweeps.Sweep(
            name="placement.first-days",
            label=gettext_lazy("First days to ask about"),
            remedy=gettext_lazy("Look at the follow-up of this referral and at the employer’s contacts."),
            rows=lambda now: follow_up.first_days(now).order_by("starts_on", "pk"),
            work=lambda key, now: follow_up.ask_first_day(offer_id=key, now=now),
        ),
        sweeps.Sweep(
            name="placement.scrubbed",
            label=gettext_lazy("Links in e-mails to remove"),
            remedy=gettext_lazy("Nobody is waiting for this: look at the worker’s log."),
            rows=lambda now: with_old_links(now).order_by("pk"),
            work=lambda key, now: OutboundMessage.objects.filter(pk=key).update(link=""),
        ),
    )
]
