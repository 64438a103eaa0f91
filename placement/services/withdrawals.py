"""Taking back a yes: one, or all that stand."""

from django.db import transaction
from django.utils import timezone

from lms.accounts.models import User
from lms.accounts.services import record
from placement.enums import SHARING_STATES, ActorKind
from placement.enums import ReferralState as S
from placement.models import Consent, Referral
from placement.services import notices
from placement.services.code_names import end_names
from placement.services.transitions import NotAllowedError, TransitionError, change_state, may


@transaction.atomic
def end_yes(*, referral: Referral, user: User) -> None:
    """What is under way stops; what has come to its end, or to work, stays in its state: only the yes ends.

    Raises ``NotAllowedError`` when there is nothing to take back.
    """
    stops = may(referral, S.WITHDRAWN)
    if stops:
        change_state(referral=referral, to=S.WITHDRAWN, by=ActorKind.LEARNER, actor=user, reply_hash="")
    ended = Consent.objects.filter(referral=referral, withdrawn_at=None).update(withdrawn_at=timezone.now())
    if not stops and not ended:
        raise NotAllowedError
    if not stops and referral.state in SHARING_STATES:
        notices.tell_of_withdrawal(referral=referral, key=f"consent:{referral.pk}:withdrawn")
    end_names(profile_id=referral.profile_id, employers=[referral.opportunity.employer_id])
    record(actor=user, verb="withdraw-consent", target=referral)


def end_all(*, user: User) -> int:
    """Take back every yes that stands, one after the other. How many."""
    count = 0
    for referral in sharing_of(user):
        try:
            end_yes(referral=referral, user=user)
        except TransitionError:  # it ended in this second
            continue
        count += 1
    return count


def sharing_of(user: User) -> list[Referral]:
    """Their referrals of which an employer sees something, or soon will."""
    rows = Referral.objects.of_learner(user).with_page_data().filter(consent__withdrawn_at=None)
    return list(rows.filter(consent__isnull=False, state__in=SHARING_STATES | {S.CONSENTED}).order_by("pk"))
