"""The offer of work that stands, what its reader was shown of it, and how it was answered."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from placement.models import Offer, Referral
from placement.offer_enums import OfferAnswer
from placement.services.transitions import TransitionError
from placement.terms import fingerprint

WITHOUT_TERMS = fingerprint({"offer": "in words"})
"""Of an offer from before offers had terms: its words stand in the messages."""


class ChangedMeanwhileError(TransitionError):
    """What was read is not what counts now."""

    def __init__(self, why: Any = "") -> None:
        super().__init__(
            why
            or _("The terms changed while you were reading. Nothing was recorded: look at what is now, then answer.")
        )


def current(referral: Referral) -> Offer | None:
    """The newest version."""
    return Offer.objects.filter(referral=referral).select_related("message").first()


def seen_of(offer: Offer | None) -> str:
    """What stands in the form under an offer."""
    return offer.fingerprint if offer else WITHOUT_TERMS


def check_seen(offer: Offer | None, seen: str | None) -> None:
    """``seen``: of the form that was answered; None where no form is."""
    if seen is not None and seen != seen_of(offer):
        raise ChangedMeanwhileError


def record_answer(referral: Referral, answer: OfferAnswer, *, seen: str | None, reason: str = "") -> None:
    """On the version that stands, behind the lock of its referral. Raises ``ChangedMeanwhileError``."""
    offer = current(referral)
    check_seen(offer, seen)
    if offer is not None:
        Offer.objects.filter(pk=offer.pk).update(answer=answer, answered_at=timezone.now(), declined_for=reason)
