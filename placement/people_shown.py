"""How many people an employer has looked at, and how many it may look at in an hour and in a day.

A catalogue of people is not for the taking: whoever recruits reads some dozens, whoever copies reads all. Counted are
people, not pages: one whom the organisation saw in the last ``KEPT_DAYS``, put on its shortlist or was sent is free.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.lib.sort_order import Alphabetical
from placement.models import Employer, PersonRead

KEPT_DAYS = 30
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class ViewLimit:
    """At most ``amount`` people in any ``span``, for one contact or for the whole organisation."""

    amount: int
    span: timedelta
    by_contact: bool

    @property
    def name(self) -> str:
        return f"{'contact' if self.by_contact else 'employer'}_{'hour' if self.span == HOUR else 'day'}"


def limits() -> list[ViewLimit]:
    return [
        ViewLimit(settings.CONTACT_PEOPLE_PER_HOUR, HOUR, by_contact=True),
        ViewLimit(settings.CONTACT_PEOPLE_PER_DAY, DAY, by_contact=True),
        ViewLimit(settings.EMPLOYER_PEOPLE_PER_HOUR, HOUR, by_contact=False),
        ViewLimit(settings.EMPLOYER_PEOPLE_PER_DAY, DAY, by_contact=False),
    ]


@dataclass(frozen=True)
class LimitUse:
    """How near an employer's contact is to the limit that is nearest."""

    limit: ViewLimit
    count: int

    @property
    def is_near(self) -> bool:
        return self.count * 100 >= self.limit.amount * settings.PEOPLE_WARNING_PERCENT

    @property
    def words(self) -> str:
        """What a page says when it is near."""
        words = {"count": self.count, "limit": self.limit.amount}
        if self.limit.by_contact and self.limit.span == HOUR:
            text = _("People you looked at in the last hour: %(count)d. Pages about other people pause at %(limit)d.")
        elif self.limit.by_contact:
            text = _("People you looked at in 24 hours: %(count)d. Pages about other people pause at %(limit)d.")
        elif self.limit.span == HOUR:
            text = _(
                "People your organisation looked at in the last hour: %(count)d. "
                "Pages about other people pause at %(limit)d."
            )
        else:
            text = _(
                "People your organisation looked at in 24 hours: %(count)d. "
                "Pages about other people pause at %(limit)d."
            )
        return text % words


class ViewLimitReachedError(Exception):
    """Pages about further people stay closed until ``opens_at``."""

    def __init__(self, limit_use: LimitUse, opens_at: datetime) -> None:
        super().__init__(limit_use.limit.name)
        self.limit_use, self.opens_at = limit_use, opens_at


def counted(employer: Employer) -> QuerySet[PersonRead]:
    """What counts today; a manager may have begun a new count."""
    rows = PersonRead.objects.filter(employer=employer, is_counted=True, at__gt=timezone.now() - DAY)
    return rows.filter(at__gt=employer.reading_from) if employer.reading_from else rows


def rows_of(limit: ViewLimit, employer: Employer, user: User | None) -> QuerySet[PersonRead]:
    rows = counted(employer).filter(at__gt=timezone.now() - limit.span)
    return rows.filter(user=user) if limit.by_contact else rows


def counts(employer: Employer, user: User | None) -> dict[str, int]:
    """By the names of the limits. One query."""
    hour, mine = Q(at__gt=timezone.now() - HOUR), Q(user=user)
    found: dict[str, Any] = counted(employer).aggregate(
        contact_hour=Count("pk", filter=mine & hour), contact_day=Count("pk", filter=mine),
        employer_hour=Count("pk", filter=hour), employer_day=Count("pk"),
    )  # fmt: skip
    return found


def nearest_limit(employer: Employer, user: User | None) -> LimitUse:
    found = counts(employer, user)
    every = [LimitUse(limit, found[limit.name]) for limit in limits() if user is not None or not limit.by_contact]
    return max(every, key=lambda each: each.count / max(each.limit.amount, 1))


def check(employer: Employer, user: User, more: int) -> None:
    """Raises ViewLimitReachedError when ``more`` people would pass a limit: with the one that opens last."""
    found, stopped = counts(employer, user), []
    for limit in limits():
        if found[limit.name] + more > limit.amount:
            moments = list(rows_of(limit, employer, user).order_by("at").values_list("at", flat=True))
            place = min(max(len(moments) + more - limit.amount, 1), len(moments))
            opens_at = (moments[place - 1] if moments else timezone.now()) + limit.span
            stopped.append(ViewLimitReachedError(LimitUse(limit, found[limit.name]), opens_at))
    if stopped:
        raise max(stopped, key=lambda each: each.opens_at)


def whom_to_ask() -> list[str]:
    """Names and addresses of programme managers."""
    managers = User.objects.filter(role=Role.MANAGER, is_active=True).exclude(email="").order_by("pk")
    return [f"{person.get_full_name()} <{person.email}>" for person in managers[:3]]


def stopped_lately(now: datetime) -> QuerySet[Employer]:
    """Employers that reached a limit within a day, and not opened again since."""
    rows: QuerySet[Employer] = Employer.objects.filter(reading_stopped_at__gt=now - DAY)
    return rows.filter(Q(reading_from=None) | Q(reading_from__lt=F("reading_stopped_at"))).order_by(
        Alphabetical("name")
    )


def expired_rows(now: datetime) -> QuerySet[PersonRead]:
    return PersonRead.objects.filter(at__lt=now - timedelta(days=KEPT_DAYS))
