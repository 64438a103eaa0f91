"""Whether the check of an employer holds, by one definition: its opportunities, the desk and learners read it here.

Of each kind of check the latest counts (by its day, then by when it was written down). The check of an employer
**holds** on a day while one of these is in order and valid until that day or later, and none of them found something
wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from lms.lib.moments import site_day
from placement.check_enums import CheckKind, CheckResult
from placement.models import Employer, EmployerCheck

WARN_BEFORE = timedelta(days=30)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """One kind of check of an employer, done or not."""

    label: str
    latest: EmployerCheck | None
    today: date

    @property
    def is_over(self) -> bool:
        return bool(self.latest and self.latest.valid_until and self.latest.valid_until < self.today)

    @property
    def holds(self) -> bool:
        return bool(self.latest and self.latest.result == CheckResult.GOOD and not self.is_over)


@dataclass(frozen=True)
class Checks:
    """What was checked of one employer."""

    lines: list[Line]  # each kind, in its order

    @property
    def done(self) -> list[Line]:
        """In order when they were done: what learners read."""
        return [line for line in self.lines if line.latest and line.latest.result == CheckResult.GOOD]

    @property
    def is_wrong(self) -> bool:
        return any(line.latest and line.latest.result == CheckResult.WRONG for line in self.lines)

    @property
    def holds(self) -> bool:
        return not self.is_wrong and any(line.holds for line in self.lines)

    @property
    def ends_on(self) -> date | None:
        """The last day on which it holds, of a check that ends."""
        days = [line.latest.valid_until for line in self.done if line.latest and line.latest.valid_until]
        return max(days, default=None)


@dataclass(frozen=True)
class CheckEnd:
    """That the check of an employer ends soon, or does not hold."""

    is_over: bool
    ends_on: date | None  # none where nothing was found in order


def check_end_of(employer_id: int) -> CheckEnd | None:
    """What its own people read; None while it holds for longer. Of what a manager found wrong it says no day."""
    if not not_holding_on(site_day() + WARN_BEFORE + DAY).filter(pk=employer_id).exists():
        return None
    checks = checks_of(employer_id)
    return CheckEnd(is_over=not checks.holds, ends_on=None if checks.is_wrong else checks.ends_on)


def checks_of(employer_id: int) -> Checks:
    """One query."""
    return checks_of_all([employer_id])[employer_id]


def checks_of_all(employer_ids: Iterable[int]) -> dict[int, Checks]:
    """Of a page of employers: one query."""
    today = site_day()
    latest: dict[int, dict[str, EmployerCheck]] = {key: {} for key in employer_ids}
    rows = EmployerCheck.objects.filter(without_later(), employer__in=latest).select_related("actor")
    for row in rows:
        latest[row.employer_id][row.kind] = row
    return {
        key: Checks([
            Line(str(kind.label), found.get(kind), today)
            for kind in CheckKind if kind != CheckKind.EARLIER or kind in found
        ])
        for key, found in latest.items()
    }  # fmt: skip


def without_later() -> Q:
    """The latest of its kind."""
    later = EmployerCheck.objects.filter(employer=OuterRef("employer"), kind=OuterRef("kind")).filter(
        Q(done_on__gt=OuterRef("done_on")) | Q(done_on=OuterRef("done_on"), pk__gt=OuterRef("pk"))
    )
    return Q(~Exists(later))


def not_holding_on(day: date) -> QuerySet[Employer]:
    """Employers in good standing whose check does not hold on this day. Nobody's ends where ``VETTING_DAYS`` is 0."""
    if not settings.VETTING_DAYS:
        return Employer.objects.none()
    latest = EmployerCheck.objects.filter(without_later(), employer=OuterRef("pk"))
    good = latest.filter(result=CheckResult.GOOD, valid_until__gte=day)
    rows: QuerySet[Employer] = Employer.objects.vetted().filter(
        ~Exists(good) | Exists(latest.filter(result=CheckResult.WRONG))
    )
    return rows


def ending(today: date) -> QuerySet[Any]:
    """Those whose check was never written down, has ended, or ends within ``WARN_BEFORE``, in this order."""
    dated = EmployerCheck.objects.filter(
        without_later(), employer=OuterRef("pk"), result=CheckResult.GOOD, valid_until__isnull=False
    )
    last_day = Subquery(dated.order_by("-valid_until").values("valid_until")[:1])
    rows = not_holding_on(today + WARN_BEFORE + DAY).annotate(ends_on=last_day)
    return rows.order_by(F("ends_on").asc(nulls_first=True), "pk")


def not_holding_among(employer_ids: Iterable[int]) -> set[int]:
    """One query."""
    return set(not_holding_on(site_day()).filter(pk__in=set(employer_ids)).values_list("pk", flat=True))
