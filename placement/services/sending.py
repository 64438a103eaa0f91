"""Sending what they agreed to, exactly once: the change of state is the claim, the messages rows of the same commit."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from lms.lib import leases, sweeps
from placement.enums import ActorKind, Vetting
from placement.enums import ReferralState as S
from placement.models import Referral
from placement.services.code_names import keep_name
from placement.services.link_secrets import hash_of, reply_secret
from placement.services.transitions import TransitionError, change_state


def to_send() -> "leases.models.QuerySet[Referral]":
    rows: leases.models.QuerySet[Referral] = Referral.objects.filter(
        state=S.CONSENTED,
        consent__isnull=False,
        consent__withdrawn_at=None,
        agreed_terms__changed_at=None,
        opportunity__employer__vetting=Vetting.VETTED,
    )
    return rows.exclude(opportunity__undo_until__gt=timezone.now())  # ended, and perhaps not for good


def send(*, referral_id: int) -> bool:
    """True when this call sent it. A second call, a withdrawn consent, a suspended employer: nothing leaves."""
    if not leases.claim(Referral.objects.filter(pk=referral_id, pk__in=to_send().values("pk"))):
        return False
    referral = Referral.objects.with_page_data().get(pk=referral_id)
    try:
        forward(referral)
    except TransitionError:
        return False
    return True


@transaction.atomic
def forward(referral: Referral) -> None:
    referral.forwarded_at = timezone.now()
    secret = reply_secret(referral)
    keep_name(referral)
    change_state(
        referral=referral, to=S.FORWARDED, by=ActorKind.AUTOMATIC, forwarded_at=referral.forwarded_at,
        reply_hash=hash_of(secret), lease_until=None, last_error="",
    )  # fmt: skip


SEND = sweeps.register(
    sweeps.Sweep(
        name="placement.send",
        label=gettext_lazy("Referrals to send"),
        remedy=gettext_lazy("Look at the employer’s contacts and at the opportunity of this referral."),
        rows=lambda now: leases.waiting(to_send()).order_by("due_at"),
        work=lambda key, now: send(referral_id=key),
        leased=True,
    )
)
