"""What the learner does with a proposal: yes to named fields, no, stop, an answer to a question or to an offer."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from lms.accounts.models import User
from lms.accounts.services import record
from lms.lib.locks import hold
from placement import countries
from placement.enums import OPEN_STATES, PROPOSED_STATES, SHARED_FIELDS, ActorKind, Obstacle, OpportunityKind
from placement.enums import ReferralState as S
from placement.models import CandidateProfile, Consent, Opportunity, Referral
from placement.offer_enums import OfferAnswer
from placement.querysets import valid_certificates
from placement.sent_values import fingerprint, values_of
from placement.services import offer_answers, opportunities, terms_agreed
from placement.services.indexing import record_activity
from placement.services.transitions import NotAllowedError, change_state, may
from placement.services.withdrawals import end_yes

WORDING = "forward-2"  # version of the text above the button; change it when the text changes


@transaction.atomic
def consent(*, referral: Referral, fields: Iterable[str], user: User, seen: str | None = None) -> Consent:
    """Their yes to this employer for this opportunity. The name always goes; phone and e-mail as they ticked.

    ``seen``: the fingerprint of the terms that they read; None where no form is. Raises ``ChangedMeanwhileError`` when
    they are other terms now, ``NotAllowedError`` in the words of their ``Obstacle``, where there is one. Sending is the
    worker's.
    """
    opportunities.lock(referral.opportunity_id)
    why = obstacle(referral=referral, user=user)
    if why:
        raise NotAllowedError(why.label)
    if may(referral, S.CONSENTED):  # pressed twice: the second is told where it stands
        terms_agreed.check_seen(referral, seen)
    change_state(referral=referral, to=S.CONSENTED, by=ActorKind.LEARNER, actor=user, due_at=Now(), tries=0)
    agreed = [name for name in SHARED_FIELDS if name == "name" or name in set(fields)]
    profile = CandidateProfile.objects.select_related("user").get(pk=referral.profile_id)
    values = values_of(profile, agreed)
    given = Consent.objects.create(
        referral=referral, user=user, employer=referral.opportunity.employer, fields=agreed, wording=WORDING,
        values=values, values_hash=fingerprint(values),
    )  # fmt: skip
    terms_agreed.freeze(referral)
    record(actor=user, verb="consent-forward", target=referral, fields=agreed)
    mark_active(referral)
    return given


def obstacle(*, referral: Referral, user: User) -> Obstacle | None:
    """Why their yes cannot be sent today; None when it can."""
    if not Opportunity.objects.open().filter(pk=referral.opportunity_id).exists():
        return Obstacle.CLOSED
    if not valid_certificates().filter(user=user).exists():
        return Obstacle.NO_CERTIFICATE
    country = CandidateProfile.objects.values_list("country", flat=True).get(pk=referral.profile_id)
    if not country:
        return Obstacle.NO_COUNTRY
    return None if countries.is_open(country) else Obstacle.COUNTRY


@transaction.atomic
def decline(*, referral: Referral, user: User, note: str = "") -> None:
    change_state(referral=referral, to=S.DECLINED, by=ActorKind.LEARNER, actor=user, note=note)
    mark_active(referral)


@transaction.atomic
def withdraw(*, referral: Referral, user: User) -> None:
    """Take the yes back: the flow stops, and the employer sees nothing personal from this moment."""
    end_yes(referral=referral, user=user)


@transaction.atomic
def answer_question(*, referral: Referral, user: User, text: str) -> None:
    if referral.state != S.QUESTION:
        raise NotAllowedError
    change_state(referral=referral, to=S.SEEN, by=ActorKind.LEARNER, actor=user, note=text)
    mark_active(referral)


@transaction.atomic
def accept_offer(*, referral: Referral, user: User, seen: str | None = None) -> None:
    """Yes to the job. Their other proposals close by themselves, except assignments; a full opportunity is filled.

    ``seen``: the fingerprint of the version that they read; None where no form is. Raises ``ChangedMeanwhileError``.
    """
    opportunities.lock(referral.opportunity_id)
    of_either = Q(opportunity=referral.opportunity_id) | Q(profile=referral.profile_id)
    hold(Referral.objects.filter(of_either))  # all that may close, before the first: see docs/locks.md
    terms_agreed.check_agreed(referral, S.ACCEPTED)
    if may(referral, S.ACCEPTED):
        offer_answers.record_answer(referral, OfferAnswer.ACCEPTED, seen=seen)
    change_state(referral=referral, to=S.ACCEPTED, by=ActorKind.LEARNER, actor=user)
    mark_active(referral)
    if referral.opportunity.kind != OpportunityKind.ASSIGNMENT:
        others = Referral.objects.with_page_data().filter(
            profile=referral.profile, state__in=PROPOSED_STATES | OPEN_STATES
        )
        for other in others.exclude(pk=referral.pk).exclude(opportunity__kind=OpportunityKind.ASSIGNMENT):
            change_state(referral=other, to=S.OBSOLETE, by=ActorKind.AUTOMATIC, note="hired elsewhere")
    opportunities.fill_if_full(opportunity=referral.opportunity)


@transaction.atomic
def decline_offer(*, referral: Referral, user: User, reason: str = "", seen: str | None = None, note: str = "") -> None:
    """A no, with its reason: to the version that they read."""
    hold(Referral.objects.filter(pk=referral.pk))
    if may(referral, S.OFFER_DECLINED):
        offer_answers.record_answer(referral, OfferAnswer.DECLINED, seen=seen, reason=reason)
    change_state(referral=referral, to=S.OFFER_DECLINED, by=ActorKind.LEARNER, actor=user, note=note)
    mark_active(referral)


def mark_active(referral: Referral) -> None:
    now = timezone.now()
    referral.profile.last_active_at = now
    referral.profile.save(update_fields=["last_active_at"])
    record_activity(referral.profile)
