"""Figures of placement for the programme: how many referrals stand where, and how employers answer."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.text import capfirst

from placement.conduct import began, rates_of_all, reply_days, reply_totals
from placement.countries import closed_with_people, open_without_all
from placement.enums import TEAM_WORDS, ActorKind
from placement.enums import ReferralState as S
from placement.models import Employer, Opportunity, Outcome, Referral
from placement.services.answers import FOLLOW_UP

ORDER = (
    S.PROPOSED, S.CONSENTED, S.FORWARDED, S.SEEN, S.QUESTION, S.INTERESTED, S.INTERVIEW, S.OFFER, S.ACCEPTED,
    S.STARTED, S.REFUSED, S.OFFER_DECLINED, S.DECLINED, S.EXPIRED, S.WITHDRAWN, S.OBSOLETE, S.AUTO_CLOSED,
)  # fmt: skip
WIDTH = 400  # of the longest bar
NO_ANSWER_AFTER = timedelta(days=7)
LISTED = 20  # outcomes of a kind
MOST_COUNTRIES = 20
MOST_EMPLOYERS = 100


@dataclass(frozen=True)
class Bar:
    label: str
    count: int
    width: int
    y: int


@dataclass(frozen=True)
class Retention:
    """People asked, or known without asking; how many of these answered, and how many of those still work there."""

    label: str
    asked: int
    answered: int
    in_work: int


def overview() -> dict[str, Any]:
    """Three queries for the referrals, whatever their number, two for the follow-up, one each for the others.

    Figures about employers are those of ``placement.conduct``, of the ``MOST_EMPLOYERS`` who answer least.
    """
    states = Counter(dict(Referral.objects.order_by().values_list("state").annotate(Count("pk"))))
    employers = rates_of_all(MOST_EMPLOYERS)
    days = reply_days(row.employer for row in employers)
    of_all = days if len(employers) < MOST_EMPLOYERS else reply_days()
    sent, answered = reply_totals()
    return {
        "bars": bars(states),
        "height": len(ORDER) * 26,
        "total": sum(states.values()),
        "started": began().count(),
        "waiting": Employer.objects.filter(vetting="waiting").count(),
        "opportunities": Opportunity.objects.open().count(),
        "employers": [(row, days.get(row.employer)) for row in employers],
        "most_employers": MOST_EMPLOYERS if len(employers) == MOST_EMPLOYERS else 0,
        "sent": sent,
        "answered": answered,
        "median_days": round(median(of_all.values())) if of_all else None,
        "retention": retention(),
        "silent": silent(),
        "disputed": disputed(),
        "closed_countries": closed_with_people()[:MOST_COUNTRIES],
        "countries_to_complete": open_without_all()[:MOST_COUNTRIES],
    }


def silent() -> list[Outcome]:
    """The oldest of ``unanswered_questions``: the manager may call."""
    return page_of(unanswered_questions(timezone.now()))


def unanswered_questions(now: datetime) -> QuerySet[Outcome]:
    """Follow-up questions that nobody answered in a week."""
    return Outcome.objects.filter(answered_at=None, asked_at__lt=now - NO_ANSWER_AFTER, referral__state=S.STARTED)


def disputed() -> list[Outcome]:
    """The oldest of ``disputes``."""
    return page_of(disputes())


def disputes() -> QuerySet[Outcome]:
    """Days about which the two sides say different things: work or pay. A manager's word settles it."""
    work = Q(told_by_learner=True, told_by_employer=False) | Q(told_by_learner=False, told_by_employer=True)
    pay = Q(paid_by_learner=True, paid_by_employer=False) | Q(paid_by_learner=False, paid_by_employer=True)
    return Outcome.objects.filter(work & ~Q(answered_by=ActorKind.MANAGER) | pay & Q(paid=None))


def page_of(rows: QuerySet[Outcome]) -> list[Outcome]:
    people = rows.select_related("referral__profile", "referral__opportunity__employer")
    return list(people.order_by("due_on", "pk")[:LISTED])


def retention() -> list[Retention]:
    """One line for each day of the follow-up. Silence is counted as unknown, neither as work nor as none."""
    rows = (
        Outcome.objects.filter(Q(asked_at__isnull=False) | Q(in_work__isnull=False))
        .values("mark")
        .order_by()
        .annotate(
            asked=Count("pk"),
            answered=Count("pk", filter=Q(in_work__isnull=False)),
            still=Count("pk", filter=Q(in_work=True)),
        )
    )
    found = {row["mark"]: (row["asked"], row["answered"], row["still"]) for row in rows}
    return [Retention(str(mark.label), *found.get(mark, (0, 0, 0))) for mark in FOLLOW_UP]


def bars(states: Counter[str]) -> list[Bar]:
    longest = max(states.values(), default=1)
    return [
        Bar(
            capfirst(str(TEAM_WORDS.get(state, state.label))),
            states[state],
            round(WIDTH * states[state] / longest),
            number * 26,
        )
        for number, state in enumerate(ORDER)
    ]
