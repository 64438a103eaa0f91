"""What happens by itself with time: proposals end, silent employers are reminded, silence is closed at sixty
days, people at work are asked how it goes."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from lms.accounts.models import OutboundMessage
from placement.enums import WAITING_FOR_EMPLOYER, By, OpportunityState
from placement.enums import ReferralState as S
from placement.models import Opportunity, Referral
from placement.querysets import ReferralQuerySet
from placement.services import follow_up, notices, opportunities
from placement.services.moves import WITH_EMPLOYER_NOW, MoveError, move

REMINDERS = (7, 15)  # days after sending
SILENCE = timedelta(days=60)
BATCH = 500


def run(*, now: datetime | None = None) -> dict[str, int]:
    """Everything that is due; how many of each. Safe to run at any time, twice."""
    now = now or timezone.now()
    return {
        "expired": expire(now),
        "reminded": sum(remind(now, days) for days in REMINDERS),
        "closed": close_silence(now),
        "ended": close_opportunities(now),
        "carried": follow_up.carry_on(now),
        "asked": follow_up.ask_all(now),
        "scrubbed": scrub_links(now),
    }


def move_all(rows: Iterable[Referral], to: S, note: str = "") -> int:
    count = 0
    for referral in rows:
        try:
            move(referral=referral, to=to, by=By.CLOCK, note=note)
        except MoveError:  # she or the employer was faster
            continue
        count += 1
    return count


def ended(now: datetime) -> ReferralQuerySet:
    """Proposals whose days are over."""
    return Referral.objects.told().filter(state=S.PROPOSED, expires_at__lte=now)


def expire(now: datetime) -> int:
    return move_all(ended(now)[:BATCH], S.EXPIRED)


def remind(now: datetime, days: int) -> int:
    """A reminder to each employer who has not answered after ``days``, once."""
    due = now - timedelta(days=days)
    since_due = Q(reminded_at=None) | Q(reminded_at__lt=Coalesce("forwarded_at", now) + timedelta(days=days))
    rows = Referral.objects.told().filter(since_due, state__in=WAITING_FOR_EMPLOYER, forwarded_at__lte=due)[:BATCH]
    count = 0
    for referral in rows:
        if Referral.objects.filter(pk=referral.pk, state=referral.state).update(reminded_at=now):
            notices.send_to_contacts(referral=referral, key=f"referral:{referral.pk}:reminder:{days}", reminder=True)
            count += 1
    return count


def silent(now: datetime) -> ReferralQuerySet:
    """Sixty days without a word from the employer."""
    rows = Referral.objects.told().alias(last=Coalesce("answered_at", "forwarded_at"))
    states = [s for s in WITH_EMPLOYER_NOW if s != S.OFFER]
    return rows.filter(state__in=states, last__lte=now - SILENCE)


def close_silence(now: datetime) -> int:
    """Close silence with a kind text."""
    return move_all(silent(now)[:BATCH], S.AUTO_CLOSED)


def close_opportunities(now: datetime) -> int:
    """Opportunities past their last day take no more candidates; what is with the employer goes on."""
    today = timezone.localdate(now)
    ended = Opportunity.objects.filter(state=OpportunityState.OPEN, closes_on__lt=today)
    for opportunity in ended:
        opportunities.close(opportunity=opportunity, state=OpportunityState.CLOSED)
    return len(ended)


def scrub_links(now: datetime) -> int:
    """A reply link that was mailed is taken out of the message's row after a day."""
    kinds = ("referral-forwarded", "referral-reminder", follow_up.KIND)
    old = OutboundMessage.objects.filter(kind__in=kinds, link__startswith="/r/", sent_at__lt=now - timedelta(days=1))
    return old.update(link="")
