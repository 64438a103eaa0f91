"""What waits for the programme today: on the first page of the admin, each kind of work with its number, its oldest row
and the page where it is done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from lms.accounts.messages import given_up
from lms.accounts.models import User
from lms.lib import sweeps
from lms.lib.moments import site_day
from placement.employer_checks import ending
from placement.employer_history import to_work_at
from placement.enums import WAITING_FOR_EMPLOYER, ReferralState, ReviewState, Vetting
from placement.models import Employer, Referral, Review
from placement.overview import disputes, unanswered_questions
from placement.services.deadlines import REMINDERS, not_held

SILENT, LONG_SILENT = (timedelta(days=days) for days in REMINDERS)
"""An employer that has not answered is reminded by mail at both ages, and a person calls it at the latter."""
ENDING = timedelta(days=3)


@dataclass(frozen=True)
class Task:
    """One kind of work, when there is any."""

    title: str
    count: int
    oldest: datetime | None
    url: str


@dataclass(frozen=True)
class TaskKind:
    title: str | Promise
    may: Callable[[User], bool]
    rows: Callable[[datetime], QuerySet[Any]]
    since: str  # the field that says since when a row waits; "" where no date says it
    url: Callable[[], str]


def tasks_of(user: User, now: datetime) -> list[Task]:
    """What the reader may do something about, in the order in which it presses. One query for each kind."""
    found = []
    for kind in KINDS:
        if not kind.may(user):
            continue
        wanted: dict[str, Any] = {"count": Count("pk")} | ({"oldest": Min(kind.since)} if kind.since else {})
        row = kind.rows(now).order_by().aggregate(**wanted)
        if row["count"]:
            found.append(Task(str(kind.title), row["count"], row.get("oldest"), kind.url()))
    return found


def has_desk(user: User | AnonymousUser) -> bool:
    return user.is_authenticated and any(kind.may(user) for kind in KINDS)


def silent_employers(now: datetime, *, age: timedelta = SILENT) -> QuerySet[Referral]:
    """People sent to an employer that has said nothing about them for ``age``, the longest wait first.

    An answer that waits for the programme's check is an answer.
    """
    rows = Referral.objects.filter(state__in=WAITING_FOR_EMPLOYER, forwarded_at__lte=now - age)
    return not_held(rows).order_by("forwarded_at", "pk")


def ending_proposals(now: datetime) -> QuerySet[Referral]:
    return Referral.objects.filter(state=ReferralState.PROPOSED, expires_at__gt=now, expires_at__lte=now + ENDING)


def holder_of(permission: str) -> Callable[[User], bool]:
    return lambda user: user.has_perm(permission)


KINDS = (
    TaskKind(
        gettext_lazy("Texts of employers to check"), holder_of("placement.change_opportunity"),
        lambda now: Review.objects.filter(state=ReviewState.WAITING), "asked_at",
        lambda: reverse("placement_reviews"),
    ),
    TaskKind(
        gettext_lazy("Reported employers"), holder_of("placement.change_employer"),
        lambda now: to_work_at(), "opened_at", lambda: reverse("placement_cases"),
    ),
    TaskKind(
        gettext_lazy("Employers that ask to join"), holder_of("placement.change_employer"),
        lambda now: Employer.objects.filter(vetting=Vetting.WAITING), "created_at",
        lambda: reverse("wagtailsnippets_placement_employer:list") + "?vetting=waiting",
    ),
    TaskKind(
        gettext_lazy("Employers whose check has ended, or ends within 30 days"), holder_of("placement.change_employer"),
        lambda now: ending(site_day(now)), "", lambda: reverse("placement_checks"),
    ),
    TaskKind(
        gettext_lazy("People about whom an employer has said nothing for 7 days"), holder_of("placement.view_referral"),
        silent_employers, "forwarded_at", lambda: reverse("placement_silent"),
    ),
    TaskKind(
        gettext_lazy("Starts, stays and pay on which the two sides disagree"), holder_of("placement.view_referral"),
        lambda now: disputes(), "", lambda: reverse("placement_overview") + "#disputed",
    ),
    TaskKind(
        gettext_lazy("Questions after a start that nobody answered in a week"), holder_of("placement.view_referral"),
        lambda now: unanswered_questions(now), "asked_at", lambda: reverse("placement_overview") + "#silent",
    ),
    TaskKind(
        gettext_lazy("Proposals without an answer that end within 3 days"), holder_of("placement.view_referral"),
        ending_proposals, "created_at",
        lambda: reverse("wagtailsnippets_placement_referral:list") + "?state=proposed",
    ),
    TaskKind(
        gettext_lazy("Messages that did not arrive"), lambda user: user.is_manager,
        lambda now: given_up(), "created_at", lambda: reverse("undelivered:list"),
    ),
    TaskKind(
        gettext_lazy("Rows on which the installation fails"), lambda user: user.is_superuser,
        lambda now: sweeps.failing(), "since", lambda: reverse("installation_status"),
    ),
)  # fmt: skip
