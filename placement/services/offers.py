"""Making an offer of work: with its terms, beside what was announced, never under the lowest pay of the country."""

from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts.models import User
from lms.lib.locks import hold
from placement import offer_rules
from placement.enums import ActorKind
from placement.enums import ReferralState as S
from placement.models import AgreedTerms, Offer, Opportunity, Referral, ThreadMessage
from placement.offer_terms import FIELDS, Line, announced_terms, lines
from placement.rules import check_place, check_words, findings_of
from placement.services import terms_agreed, thread_rules
from placement.services.held import ask_about_message
from placement.services.offer_answers import current
from placement.services.transitions import NotAllowedError, TransitionError, change_state, may
from placement.terms import terms_of


class OfferedOftenError(TransitionError):
    def __init__(self) -> None:
        text = _("You have reached the limit of offers of work to one person (%(count)d). Agree in the messages.")
        super().__init__(text % {"count": offer_rules.MOST_OFFERS})


@transaction.atomic
def make(
    *, referral: Referral, terms: dict[str, Any], is_confirmed: bool = False, message: str = "",
    actor: User | None = None, key: str = "",
) -> Offer:  # fmt: skip
    """An offer, or another version of the one that stands; the same form (``key``) twice is one, and so are the terms
    that stand already. Doubtful words of ``message`` wait for the programme, the terms go.

    Raises ValidationError (``check``), NotAllowedError, AskedAgainError, OfferedOftenError, WordsWaitError.
    """
    hold(Referral.objects.filter(pk=referral.pk))
    referral = Referral.objects.with_page_data().get(pk=referral.pk)
    key = key or uuid4().hex
    if (same := Offer.objects.filter(referral=referral, key=key).first()) is not None:
        return same
    if not may_offer(referral):
        raise NotAllowedError
    terms_agreed.check_agreed(referral, S.OFFER)
    announced = announced_for(referral)
    check(referral.opportunity, announced, terms, is_confirmed=is_confirmed, message=message)
    before = current(referral)
    if before is not None and before.terms == terms_as_json(terms) and not message:
        return before
    if before is not None and before.version >= offer_rules.MOST_OFFERS:
        raise OfferedOftenError
    is_held = bool(findings_of(message, about_pay=True))
    if is_held:
        ask_about_message(referral=referral, text=message, actor=actor, key=key)
    event = change_state(referral=referral, to=S.OFFER, by=ActorKind.EMPLOYER, actor=actor,
                         answered_at=referral.answered_at or timezone.now())  # fmt: skip
    words = ThreadMessage.objects.create(
        referral=referral, event=event, at=event.at, by=ActorKind.EMPLOYER, author=actor,
        text="" if is_held else message, key=f"offer:{event.pk}",
    )  # fmt: skip
    return Offer.objects.create(referral=referral, message=words, version=before.version + 1 if before else 1,
                                announced=announced, made_by=actor, key=key, **terms)  # fmt: skip


def may_offer(referral: Referral) -> bool:
    return may(referral, S.OFFER) and thread_rules.is_open(referral)


def announced_for(referral: Referral) -> dict[str, Any]:
    """What this candidate agreed to; where nothing was frozen, what the opportunity says."""
    today = terms_of(Opportunity.objects.get(pk=referral.opportunity_id))
    agreed = AgreedTerms.objects.filter(referral=referral).first()
    return announced_terms(agreed.terms, today) if agreed else today


def terms_as_json(terms: dict[str, Any]) -> dict[str, Any]:
    """As JSON keeps them."""
    days = ("starts_on", "ends_on")
    return {name: terms[name].isoformat() if name in days and terms[name] else terms[name] for name in FIELDS}


def beside(announced: dict[str, Any], terms: dict[str, Any]) -> list[Line]:
    return lines(announced, terms_as_json(terms))


def check(
    opportunity: Opportunity, announced: dict[str, Any], terms: dict[str, Any], *, is_confirmed: bool, message: str
) -> None:
    """Everything that may be wrong with an offer; raises ValidationError that names the fields."""
    offer_rules.check_terms(terms)
    problems: dict[str, Any] = {}
    for rule in (
        lambda: offer_rules.check_floor(opportunity, terms),
        lambda: offer_rules.check_announced(beside(announced, terms), is_confirmed=is_confirmed),
        lambda: check_place(where=terms["where"]),
        lambda: check_words(message=message),
    ):
        try:
            rule()
        except ValidationError as found:
            problems |= found.error_dict
    if problems:
        raise ValidationError(problems)
