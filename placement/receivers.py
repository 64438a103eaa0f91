"""What this app does when it hears news from the apps below, and from itself: wake the worker after the commit."""

from typing import Any

from django.dispatch import receiver

from certificates.signals import certificate_issued, certificate_revoked
from lms.lib.publish import wake_on_commit
from placement import tasks
from placement.enums import SHARING_STATES, ReferralState
from placement.models import Referral
from placement.services import interviews
from placement.signals import more_to_free, opportunity_opened, referral_changed


@receiver(certificate_issued, dispatch_uid="placement.propose")
def on_certificate_issued(sender: Any, certificate_id: int, **kwargs: Any) -> None:
    wake_on_commit(tasks.propose_matches, certificate_id)


@receiver(certificate_revoked, dispatch_uid="placement.reindex")
def on_certificate_revoked(sender: Any, certificate_id: int, **kwargs: Any) -> None:
    wake_on_commit(tasks.index_holder, certificate_id)


@receiver(more_to_free, dispatch_uid="placement.free")
def on_more_to_free(sender: Any, **kwargs: Any) -> None:
    wake_on_commit(tasks.free_waiting)


@receiver(opportunity_opened, dispatch_uid="placement.propose_opportunity")
def on_opportunity_opened(sender: Any, opportunity_id: int, **kwargs: Any) -> None:
    wake_on_commit(tasks.propose_opportunity, opportunity_id)


@receiver(referral_changed, dispatch_uid="placement.send")
def on_referral_changed(sender: Any, referral_id: int, after: str, **kwargs: Any) -> None:
    if after == ReferralState.CONSENTED:
        wake_on_commit(tasks.send_referral, referral_id)
    elif after not in SHARING_STATES:
        interviews.cancel_all(Referral.objects.get(pk=referral_id))
