"""People who wait for what will not come are told so: the opportunity is closed or filled, or its employer suspended.

Whoever closes frees the first of them in the same transaction, the worker the others, each in one of its own: an
opportunity that hundreds wait for does not stop a learner's save. Until then ``change_state`` lets none of them go on.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from lms.accounts.models import User
from lms.lib import sweeps
from lms.lib.locks import hold
from placement.enums import ActorKind, Vetting
from placement.enums import ReferralState as S
from placement.models import Referral
from placement.querysets import ReferralQuerySet
from placement.services.notices import SUSPENDED
from placement.services.transitions import TransitionError, change_state
from placement.signals import more_to_free

FREED_AT_ONCE = 20
"""People freed in the transaction that closes: at some five milliseconds each, what a learner's save may wait for."""


@transaction.atomic
def free_first(*, referrals: ReferralQuerySet, actor: User | None = None) -> int:
    """Free those of ``referrals`` who wait for nothing any more, at once or soon; how many.

    In the transaction that closed what they wait for. ``actor``: who did that, when it was a manager.
    """
    waiting = referrals.to_be_freed()
    keys = list(waiting.order_by("pk").values_list("pk", flat=True))
    hold(Referral.objects.filter(pk__in=keys[:FREED_AT_ONCE]))
    freed = sum(free(key, actor=actor) for key in keys[:FREED_AT_ONCE])
    later = keys[FREED_AT_ONCE:]
    if later:
        more_to_free.send(Referral)
    return freed + len(later)


def free(referral_id: Any, *, actor: User | None = None) -> bool:
    """False when there is nothing to free (any more)."""
    referral = Referral.objects.to_be_freed().with_page_data().filter(pk=referral_id).first()
    if referral is None:
        return False
    is_suspended = referral.opportunity.employer.vetting == Vetting.SUSPENDED
    by = ActorKind.MANAGER if is_suspended else ActorKind.AUTOMATIC
    note = SUSPENDED if is_suspended else referral.opportunity.state
    try:
        change_state(referral=referral, to=S.OBSOLETE, by=by, actor=actor, note=note)
    except TransitionError:  # the learner or the employer was faster
        return False
    return True


def waiting(now: datetime) -> ReferralQuerySet:
    rows: ReferralQuerySet = Referral.objects.to_be_freed().order_by("pk")
    return rows


FREE = sweeps.register(
    sweeps.Sweep(
        name="placement.free",
        label=gettext_lazy("People to tell that an opportunity is closed"),
        remedy=gettext_lazy("Look at this referral and its opportunity."),
        rows=waiting,
        work=lambda key, now: free(key),
    )
)
