"""What the programme knows of an employer: opportunities, referrals, how it answers, cases."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from placement.case_enums import CaseState, EntryKind
from placement.conduct import Conduct, conduct_of
from placement.enums import ReferralState as S
from placement.models import Case, Employer, Referral

LEFT_ALONE_AFTER = timedelta(days=7)
EARLIER = 20  # closed cases on the page of an employer


@dataclass(frozen=True)
class History:
    opportunities: int
    open_opportunities: int
    sent: int
    hired: int
    conduct: Conduct
    cases: list[Case]  # the newest


def history_of(employer: Employer, *, without: Case | None = None) -> History:
    """Seven queries."""
    offered = employer.opportunities.aggregate(all=Count("pk"), open=Count("pk", filter=Q(state="open")))
    people = Referral.objects.filter(opportunity__employer=employer).aggregate(
        sent=Count("pk", filter=Q(forwarded_at__isnull=False)), hired=Count("pk", filter=Q(state=S.STARTED))
    )
    rows = with_counts(Case.objects.filter(employer=employer)).order_by("-opened_at")
    rows = rows.exclude(pk=without.pk) if without else rows
    return History(
        offered["all"], offered["open"], people["sent"], people["hired"],
        conduct_of(employer.pk), list(rows[:EARLIER]),
    )  # fmt: skip


def with_counts(rows: QuerySet[Case]) -> QuerySet[Case]:
    """With the number of reports and the moment of the last."""
    is_report = Q(entries__kind=EntryKind.REPORT)
    return rows.annotate(
        reports=Count("entries", filter=is_report), reported_at=Max("entries__at", filter=is_report)
    ).select_related("employer")


def to_work_at() -> QuerySet[Case]:
    """Oldest first."""
    return Case.objects.exclude(state=CaseState.CLOSED).order_by("opened_at", "pk")


def left_alone(now: datetime) -> QuerySet[Case]:
    """Nobody of the programme has done anything for a week."""
    return to_work_at().filter(acted_at__lt=now - LEFT_ALONE_AFTER)
