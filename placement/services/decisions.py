"""What a programme manager decides about what waits: let it pass, send it back with words, refuse it."""

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Skill
from lms.accounts.messages import tell
from lms.accounts.models import User
from lms.accounts.recipient import in_language_of
from lms.accounts.services import record
from lms.lib.comparison import comparable
from lms.lib.locks import hold
from placement.enums import ActorKind, OpportunityState, ReviewState, ReviewSubject
from placement.enums import ReferralState as S
from placement.models import Opportunity, Referral, Review
from placement.services import answers, opportunities, threads

DAYS = ("starts_on", "closes_on")


class DecidedError(Exception):
    """Somebody decided before, or the employer took it back."""


@transaction.atomic
def approve(*, review: Review, by: User) -> None:
    """Let it pass: the opportunity opens, the change is written, the answer is sent as of the day it was written.

    Raises ``TransitionError`` when that is no longer possible; the review stays.
    """
    settle(review, ReviewState.APPROVED, by=by)
    row = review.opportunity
    if review.subject == ReviewSubject.ANSWER:
        send_answer(review)
    elif review.subject == ReviewSubject.MESSAGE:
        send_message(review)
    else:
        cleared = {*row.cleared_words, *(comparable(found["words"]) for found in review.findings)}
        Opportunity.objects.filter(pk=row.pk).update(cleared_words=sorted(cleared))
        row.refresh_from_db()
        if review.subject == ReviewSubject.CHANGE:
            write_change(review, by=by)
        else:
            opportunities.open_now(opportunity=row, actor=by)
    record(actor=by, verb=f"review-{review.state}", target=review)
    tell_employer(review)


@transaction.atomic
def send_back(*, review: Review, by: User, note: str) -> None:
    """To be written in another way: the employer reads why."""
    settle(review, ReviewState.RETURNED, by=by, note=note)
    if review.subject == ReviewSubject.NEW:
        Opportunity.objects.filter(pk=review.opportunity_id, state=OpportunityState.WAITING).update(
            state=OpportunityState.DRAFT
        )
    record(actor=by, verb=f"review-{review.state}", target=review)
    tell_employer(review)


@transaction.atomic
def refuse(*, review: Review, by: User, note: str) -> None:
    """It will not pass in any words: an opportunity is closed, an answer or a change is not made."""
    settle(review, ReviewState.REFUSED, by=by, note=note)
    if review.subject == ReviewSubject.NEW:
        opportunities.close(opportunity=review.opportunity, state=OpportunityState.CLOSED, actor=by)
    record(actor=by, verb=f"review-{review.state}", target=review)
    tell_employer(review)


def settle(review: Review, state: ReviewState, *, by: User, note: str = "") -> None:
    """Once: of two who decide, the second is told. Locks what the decision is about, before any row is added."""
    opportunities.lock(review.opportunity_id)
    if review.referral_id:
        hold(Referral.objects.filter(pk=review.referral_id))
    changes = {"state": state, "decided_at": timezone.now(), "decided_by": by, "note": note}
    if Review.objects.filter(pk=review.pk, state=ReviewState.WAITING).update(**changes) != 1:
        raise DecidedError
    for name, value in changes.items():
        setattr(review, name, value)


def write_change(review: Review, *, by: User) -> None:
    data: dict[str, Any] = review.payload
    fields = {
        name: date.fromisoformat(value) if name in DAYS and value else value for name, value in data["fields"].items()
    }
    found = Skill.objects.in_bulk([key for key, _level, _essential in data["skills"]])
    opportunities.save_opportunity(
        opportunity=review.opportunity, employer=review.opportunity.employer,
        skills=[(found[key], level, essential) for key, level, essential in data["skills"] if key in found],
        languages=data["languages"], actor=review.asked_by or by, **fields,
    )  # fmt: skip


def send_answer(review: Review) -> None:
    """The days that the programme took are not the employer's silence."""
    referral = Referral.objects.with_page_data().get(pk=review.referral_id)
    referral.answered_at = referral.answered_at or review.asked_at
    data = review.payload
    if data["to"] == S.OFFER:  # held before offers had terms: its words are sent, the offer is made anew
        threads.write(referral=referral, by=ActorKind.EMPLOYER, text=data["message"], actor=review.asked_by,
                      is_checked=True)  # fmt: skip
        return
    answers.answer(
        referral=referral, to=S(data["to"]), actor=review.asked_by, message=data["message"], reason=data["reason"],
        shared=data["shared"],
    )  # fmt: skip


def send_message(review: Review) -> None:
    """As ``send_answer``: a first message is an answer."""
    referral = Referral.objects.with_page_data().get(pk=review.referral_id)
    Referral.objects.filter(pk=referral.pk, answered_at=None).update(answered_at=review.asked_at)
    data = review.payload
    threads.write(
        referral=referral, by=ActorKind.EMPLOYER, text=data["message"], actor=review.asked_by, key=data["key"],
        is_checked=True,
    )  # fmt: skip


def words_for_employer(review: Review) -> tuple[str, str]:
    words = {"title": review.opportunity.title, "note": review.note}
    texts = {
        ReviewState.APPROVED: {
            ReviewSubject.NEW: _("“%(title)s” is checked and open. We propose it to people who match."),
            ReviewSubject.CHANGE: _("Your change of “%(title)s” is checked and published."),
            ReviewSubject.ANSWER: _("Your answer about “%(title)s” is checked and sent."),
            ReviewSubject.MESSAGE: _("Your message about “%(title)s” is checked and sent."),
        },
        ReviewState.RETURNED: {
            ReviewSubject.NEW: _("Please change “%(title)s”, then open it again. Why: %(note)s"),
            ReviewSubject.CHANGE: _("Your change of “%(title)s” was not published. Why: %(note)s"),
            ReviewSubject.ANSWER: _("Your answer about “%(title)s” was not sent: please rewrite it. Why: %(note)s"),
            ReviewSubject.MESSAGE: _("Your message about “%(title)s” was not sent: please rewrite it. Why: %(note)s"),
        },
        ReviewState.REFUSED: {
            ReviewSubject.NEW: _("We cannot publish “%(title)s”. Why: %(note)s"),
            ReviewSubject.CHANGE: _("We cannot publish your change of “%(title)s”. Why: %(note)s"),
            ReviewSubject.ANSWER: _("We cannot pass on your answer about “%(title)s”. Why: %(note)s"),
            ReviewSubject.MESSAGE: _("We cannot pass on your message about “%(title)s”. Why: %(note)s"),
        },
    }
    subject = {
        ReviewState.APPROVED: _("Checked: %(title)s"),
        ReviewState.RETURNED: _("To be changed: %(title)s"),
        ReviewState.REFUSED: _("Not published: %(title)s"),
    }
    state = ReviewState(review.state)
    return subject[state] % words, texts[state][ReviewSubject(review.subject)] % words


def tell_employer(review: Review) -> None:
    row = review.opportunity
    link = reverse("placement:opportunity", args=[row.pk])
    if review.referral_id:
        link = reverse("placement:referral", args=[review.referral_id])
    for contact in row.employer.contacts.select_related("user").filter(user__is_active=True):
        with in_language_of(contact.user):
            subject, body = words_for_employer(review)
            key = f"review:{review.pk}:{review.state}:{contact.pk}"
            tell(user=contact.user, key=key, kind=f"review-{review.state}", subject=subject, body=body, link=link,
                 by_sms=False)  # fmt: skip
