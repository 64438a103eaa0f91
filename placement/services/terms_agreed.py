"""Terms are frozen with the yes. A change that matters asks again, showing old and new; until the candidate agrees,
nothing is sent for them, and the employer can neither invite nor offer.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts.messages import tell
from lms.accounts.models import User
from lms.accounts.recipient import in_language_of
from lms.accounts.services import record
from lms.lib import sweeps
from lms.lib.locks import hold
from placement.enums import OPEN_STATES
from placement.enums import ReferralState as S
from placement.models import AgreedTerms, Opportunity, Referral
from placement.services.offer_answers import ChangedMeanwhileError
from placement.services.transitions import NotAllowedError, TransitionError
from placement.terms import Difference, differences, fingerprint, matters, terms_of

NEEDS_AGREEMENT = frozenset({S.INTERVIEW, S.OFFER, S.ACCEPTED})


class AskedAgainError(TransitionError):
    def __init__(self) -> None:
        super().__init__(
            _("The terms changed, and this person is being asked whether they still agree. Wait for their answer.")
        )


def freeze(referral: Referral) -> None:
    """At the yes: what the opportunity says."""
    values = {"terms": terms_of(Opportunity.objects.get(pk=referral.opportunity_id)), "agreed_at": timezone.now(),
              "changed_at": None, "told_at": None}  # fmt: skip
    if not AgreedTerms.objects.filter(referral=referral).update(**values):
        AgreedTerms.objects.create(referral=referral, **values)


def ask_again(*, opportunity: Opportunity, before: dict[str, Any]) -> int:
    """After a change: whoever agreed to other terms is asked, by the sweep; how many. Terms that are again as they were
    ask nobody any more. A yes from before terms were frozen counts as one to ``before``.
    """
    now = terms_of(opportunity)
    going = Referral.objects.filter(opportunity=opportunity, state__in=OPEN_STATES, consent__withdrawn_at=None)
    if before != now:
        AgreedTerms.objects.bulk_create(
            AgreedTerms(referral=row, terms=before, agreed_at=row.consent.given_at)
            for row in going.filter(agreed_terms=None, consent__isnull=False).select_related("consent")
        )
    asked = [row.pk for row in AgreedTerms.objects.filter(referral__in=going) if matters(row.terms, now)]
    rows = AgreedTerms.objects.filter(referral__in=going)
    if before != now:
        rows.filter(pk__in=asked).update(changed_at=timezone.now(), told_at=None)
    rows.exclude(pk__in=asked).update(changed_at=None, told_at=None)
    return len(asked)


def is_asked(referral: Referral) -> bool:
    return AgreedTerms.objects.filter(referral=referral, changed_at__isnull=False).exists()


def changes_for(referral: Referral) -> list[Difference]:
    """What they are asked about, in the active language; empty when they are not."""
    row = AgreedTerms.objects.filter(referral=referral, changed_at__isnull=False).first()
    return differences(row.terms, terms_of(referral.opportunity)) if row else []


def seen_of(referral: Referral) -> str:
    """What stands in the form of a yes to the terms of today."""
    return fingerprint(terms_of(Opportunity.objects.get(pk=referral.opportunity_id)))


def check_seen(referral: Referral, seen: str | None) -> None:
    """``seen``: of the form that was answered; None where no form is. Raises ``ChangedMeanwhileError``."""
    if seen is not None and seen != seen_of(referral):
        raise ChangedMeanwhileError


def check_agreed(referral: Referral, to: str) -> None:
    """Raises ``AskedAgainError`` for a step that stands on terms which they have not agreed to."""
    if to in NEEDS_AGREEMENT and is_asked(referral):
        raise AskedAgainError


@transaction.atomic
def agree(*, referral: Referral, user: User, seen: str | None = None) -> None:
    """Yes to the terms of today; the earlier ones stay on record. Raises ``NotAllowedError`` when nobody asks, and
    ``ChangedMeanwhileError`` when they read other terms.
    """
    hold(Opportunity.objects.filter(pk=referral.opportunity_id))
    row = AgreedTerms.objects.filter(referral=referral, changed_at__isnull=False).first()
    if row is None or referral.state not in OPEN_STATES:
        raise NotAllowedError
    check_seen(referral, seen)
    earlier = [*row.earlier, {"terms": row.terms, "agreed_at": row.agreed_at.isoformat()}]
    opportunity = Opportunity.objects.get(pk=referral.opportunity_id)
    AgreedTerms.objects.filter(pk=row.pk).update(
        terms=terms_of(opportunity), agreed_at=timezone.now(), changed_at=None, told_at=None, earlier=earlier
    )
    record(actor=user, verb="agree-terms", target=referral)


def to_tell(now: datetime) -> Any:
    untold = Q(told_at=None) | Q(told_at__lt=F("changed_at"))
    return AgreedTerms.objects.filter(untold, changed_at__isnull=False, referral__state__in=OPEN_STATES).order_by("pk")


@transaction.atomic
def tell_candidate(key: Any, now: datetime) -> bool:
    row = (
        to_tell(now).filter(pk=key).select_related("referral__profile__user", "referral__opportunity__employer").first()
    )
    if row is None or to_tell(now).filter(pk=key).update(told_at=timezone.now()) != 1:
        return False
    referral: Referral = row.referral
    user = referral.profile.user
    with in_language_of(user):
        words = {"employer": referral.opportunity.employer.name, "title": referral.opportunity.title}
        tell(
            user=user, key=f"terms:{row.pk}:{row.changed_at.timestamp():.0f}", kind="terms-changed",
            subject=_("The terms changed: do you still agree?"),
            body=_("%(employer)s changed “%(title)s”. Compare the old and the new terms, then say yes or no.") % words,
            link=reverse("opportunities:detail", args=[referral.pk]),
        )  # fmt: skip
    return True


TELL = sweeps.register(
    sweeps.Sweep(
        name="placement.terms",
        label=gettext_lazy("People to ask about changed terms"),
        remedy=gettext_lazy("Look at this referral and its opportunity."),
        rows=to_tell,
        work=tell_candidate,
    )
)
