"""What waits for a person of the programme: when, and putting it into their list. Deciding is in ``decisions``."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts.messages import tell_managers
from lms.accounts.models import User
from lms.accounts.services import record
from lms.lib.comparison import comparable
from lms.lib.ratelimit import current_window, may_try
from placement import employer_checks
from placement.enums import REVIEWS_SHOWN, ReviewState, ReviewSubject, Vetting
from placement.models import Opportunity, Referral, Review
from placement.rules import findings_of
from placement.text_checks.findings import Finding

TOLD_PER_HOUR = 10  # single messages to managers about what waits


def texts_of(titles: dict[str, str], descriptions: dict[str, str], region: str) -> list[str]:
    return [*titles.values(), *descriptions.values(), region]


def questions_about(texts: Iterable[str], *, cleared: Iterable[str] = ()) -> list[Finding]:
    """What a person should look at; words that one of them has let pass are not asked about again."""
    known = set(cleared)
    return [row for text in texts for row in findings_of(text) if comparable(row.words) not in known]


def questions_of(opportunity: Opportunity) -> list[Finding]:
    texts = texts_of(opportunity.titles, opportunity.descriptions, opportunity.region)
    return questions_about(texts, cleared=opportunity.cleared_words)


def is_new(employer_id: int) -> bool:
    """Fewer than ``FIRST_OPPORTUNITIES_CHECKED`` of its opportunities were let pass so far."""
    passed = Opportunity.objects.filter(employer=employer_id, approved_at__isnull=False)
    return passed.count() < settings.FIRST_OPPORTUNITIES_CHECKED


def must_wait(opportunity: Opportunity) -> bool:
    """The first ones of an employer, all of one whose check does not hold, and one that was sent back or refused."""
    if employer_checks.not_holding_among([opportunity.employer_id]):
        return True
    if opportunity.approved_at is None and is_new(opportunity.employer_id):
        return True
    last = Review.objects.filter(opportunity=opportunity, referral=None).order_by("-pk").first()
    return last is not None and last.state in {ReviewState.RETURNED, ReviewState.REFUSED}


@transaction.atomic
def ask(
    *, subject: ReviewSubject, opportunity: Opportunity, findings: Iterable[Finding], actor: User | None,
    referral: Referral | None = None, payload: dict[str, Any] | None = None,
) -> Review:  # fmt: skip
    """Put it into the managers' list; what waits there about the same is replaced, and keeps its place."""
    values = {
        "subject": subject, "payload": payload or {}, "asked_by": actor,
        "findings": [{"kind": row.kind, "subject": row.subject, "certainty": row.certainty, "words": row.words}
                     for row in findings],
    }  # fmt: skip
    review, is_new_row = Review.objects.update_or_create(
        opportunity=opportunity, referral=referral, state=ReviewState.WAITING, defaults=values
    )
    record(actor=actor, verb="ask-review", target=review)
    if is_new_row:
        tell_them(review)
    return review


def tell_them(review: Review) -> None:
    """Every manager, at most ``TOLD_PER_HOUR`` times an hour, then once for the rest."""
    few = may_try("review-asked", limit=TOLD_PER_HOUR, seconds=3600)
    tell_managers(
        key=f"review:{review.pk}" if few else f"reviews:{current_window(3600)}", kind="review-asked", by_sms=False,
        subject=lambda: _("A text waits for your decision"),
        body=lambda: _("%(employer)s, “%(title)s”: nobody sees it until you decide.")
        % {"employer": review.opportunity.employer.name, "title": review.opportunity.title},
        link=reverse("placement_reviews"),
    )  # fmt: skip


@transaction.atomic
def drop(
    *, opportunity: Opportunity | None = None, referral: Referral | None = None, subject: ReviewSubject | None = None
) -> None:
    """The employer took it back, or wrote something else: a change or an answer that came back is settled by that.

    ``subject``: only what is of this kind; a message that waits is not replaced by an answer.
    """
    rows = (
        Review.objects.filter(referral=referral)
        if referral
        else Review.objects.filter(opportunity=opportunity, referral=None)
    )
    if subject is not None:
        rows = rows.filter(subject=subject)
    rows.filter(state=ReviewState.WAITING).update(state=ReviewState.DROPPED, decided_at=timezone.now())
    replace_returned(rows.exclude(subject=ReviewSubject.NEW))


def restore(*, opportunity: Opportunity, since: datetime) -> None:
    """The closing that dropped it is taken back: it waits again, unless something else does."""
    rows = Review.objects.filter(opportunity=opportunity, referral=None)
    dropped = rows.filter(state=ReviewState.DROPPED, decided_at__gte=since).order_by("-pk").first()
    if dropped is not None and not rows.filter(state=ReviewState.WAITING).exists():
        Review.objects.filter(pk=dropped.pk).update(state=ReviewState.WAITING, decided_at=None)


def replace_returned(rows: QuerySet[Review]) -> None:
    """What came back was written anew: its notice ends."""
    rows.filter(state__in=[ReviewState.RETURNED, ReviewState.REFUSED]).update(state=ReviewState.REPLACED)


def waiting_about(referral: Referral) -> QuerySet[Review]:
    return Review.objects.filter(referral=referral, state=ReviewState.WAITING)


def waiting() -> Any:
    """Oldest first; of employers in good standing."""
    rows = Review.objects.filter(state=ReviewState.WAITING, opportunity__employer__vetting=Vetting.VETTED)
    return rows.select_related("opportunity__employer", "referral__profile").order_by("asked_at", "pk")


def of_opportunity(opportunity: Opportunity) -> Review | None:
    """The last word about it, for its employer's page: what waits, or why it came back."""
    row: Review | None = Review.objects.filter(opportunity=opportunity, referral=None).order_by("-pk").first()
    return row if row is not None and row.state in REVIEWS_SHOWN else None


def of_referral(referral: Referral) -> Review | None:
    row: Review | None = Review.objects.filter(referral=referral).order_by("-pk").first()
    return row if row is not None and row.state in REVIEWS_SHOWN else None
