"""How an employer behaves, by one definition everywhere: learners, managers and the overview read it here.

**Reply rate**: of the people sent to it within a year and two weeks ago or earlier, how many got an answer within two
weeks of being sent. Whoever withdrew, or was hired elsewhere, before an answer and within these two weeks is left out.
**Time to reply**: the median of days from sending to the first answer, of those people who got one, however late.
**Interviews**: of those whose time came within a year and of which it is known what became of them, at how many the
employer was there. **At work**: whoever began there at any time, unless one side denies it.

A figure about fewer than ``MIN_SENT`` people (``MIN_PEOPLE`` for interviews and work) says nothing, and is not shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from placement.enums import OutcomeMark
from placement.enums import ReferralState as S
from placement.interview_enums import InterviewEnd
from placement.models import Interview, Outcome, Referral, ReferralEvent

PERIOD = timedelta(days=365)
TIME_TO_ANSWER = timedelta(days=14)
MIN_SENT = 3
MIN_PEOPLE = 5
NEWEST = 2000  # answers that a median is made of


@dataclass(frozen=True)
class ReplyRate:
    sent: int = 0
    answered: int = 0  # within two weeks

    @property
    def is_known(self) -> bool:
        return self.sent >= MIN_SENT

    @property
    def percent(self) -> int:
        return round(100 * self.answered / self.sent) if self.sent else 0


@dataclass(frozen=True)
class Conduct:
    rate: ReplyRate
    days: int | None  # median; None where too few were answered
    interviews: int  # of known end; 0 where too few
    kept: int  # the employer was there
    at_work: int  # 0 where too few

    @property
    def is_known(self) -> bool:
        return bool(self.rate.is_known or self.interviews or self.at_work)


def counted(now: datetime) -> QuerySet[Referral]:
    """The referrals that a reply rate is made of."""
    left = ReferralEvent.objects.filter(
        referral=OuterRef("pk"), after__in=[S.WITHDRAWN, S.OBSOLETE], at__lt=OuterRef("forwarded_at") + TIME_TO_ANSWER
    )
    rows: QuerySet[Referral] = Referral.objects.filter(
        forwarded_at__gt=now - PERIOD, forwarded_at__lt=now - TIME_TO_ANSWER
    )
    return rows.filter(~Q(state__in=[S.WITHDRAWN, S.OBSOLETE]) | Q(answered_at__isnull=False) | ~Exists(left))


IN_TIME = Q(answered_at__lt=F("forwarded_at") + TIME_TO_ANSWER)


def reply_rates(employer_ids: Iterable[int]) -> dict[int, ReplyRate]:
    """One query for any number of employers."""
    rows = (
        counted(timezone.now())
        .filter(opportunity__employer__in=set(employer_ids))
        .values("opportunity__employer")
        .order_by()
        .annotate(sent=Count("pk"), answered=Count("pk", filter=IN_TIME))
    )
    return {row["opportunity__employer"]: ReplyRate(row["sent"], row["answered"]) for row in rows}


@dataclass(frozen=True)
class NamedRate:
    employer: int
    name: str
    rate: ReplyRate


def rates_of_all(most: int) -> list[NamedRate]:
    """Of the employers to whom anybody was sent, those who answer least first. One query."""
    rows = (
        counted(timezone.now())
        .values("opportunity__employer", "opportunity__employer__name")
        .order_by()
        .annotate(sent=Count("pk"), answered=Count("pk", filter=IN_TIME))
        .order_by(F("answered") * 1.0 / F("sent"), "-sent", "opportunity__employer")
    )
    return [
        NamedRate(row["opportunity__employer"], row["opportunity__employer__name"],
                  ReplyRate(row["sent"], row["answered"]))
        for row in rows[:most]
    ]  # fmt: skip


def reply_totals() -> tuple[int, int]:
    """Of all employers together: sent, answered."""
    found = counted(timezone.now()).aggregate(sent=Count("pk"), answered=Count("pk", filter=IN_TIME))
    return found["sent"], found["answered"]


def reply_days(employer_ids: Iterable[int] | None = None) -> dict[int, int]:
    """The time to reply of those (of all) with ``MIN_SENT`` answers or more: of the newest ``NEWEST`` together. One
    query.
    """
    rows = counted(timezone.now()).filter(answered_at__isnull=False)
    if employer_ids is not None:
        rows = rows.filter(opportunity__employer__in=set(employer_ids))
    waits: dict[int, list[int]] = {}
    for key, sent, answered in rows.order_by("-forwarded_at").values_list(
        "opportunity__employer", "forwarded_at", "answered_at"
    )[:NEWEST]:
        if sent and answered:
            waits.setdefault(key, []).append((answered - sent).days)
    return {key: round(median(days)) for key, days in waits.items() if len(days) >= MIN_SENT}


def conduct_of(employer_id: int) -> Conduct:
    """Four queries."""
    now = timezone.now()
    ends = Interview.objects.filter(
        referral__opportunity__employer=employer_id, starts_at__gt=now - PERIOD, starts_at__lte=now,
        ended_as__in=[InterviewEnd.HELD, InterviewEnd.LEARNER_MISSED, InterviewEnd.EMPLOYER_MISSED],
    ).aggregate(all=Count("pk"), kept=Count("pk", filter=~Q(ended_as=InterviewEnd.EMPLOYER_MISSED)))  # fmt: skip
    working = began().filter(opportunity__employer=employer_id).count()
    is_told = ends["all"] >= MIN_PEOPLE
    return Conduct(
        rate=reply_rates([employer_id]).get(employer_id, ReplyRate()),
        days=reply_days([employer_id]).get(employer_id),
        interviews=ends["all"] if is_told else 0,
        kept=ends["kept"] if is_told else 0,
        at_work=working if working >= MIN_PEOPLE else 0,
    )


def began() -> QuerySet[Referral]:
    """People whose work began; not those of whom one side says that it did not, until a manager has decided."""
    doubtful = Outcome.objects.filter(referral=OuterRef("pk"), mark=OutcomeMark.STARTED).exclude(in_work=True)
    rows: QuerySet[Referral] = Referral.objects.filter(~Exists(doubtful), state=S.STARTED)
    return rows
