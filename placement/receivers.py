"""What this app does when it hears news from the apps below, and from itself: wake the worker after the commit."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from certificates.signals import certificate_issued, certificate_revoked
from lms.accounts.models import User
from lms.lib.publish import wake_on_commit
from placement import tasks
from placement.enums import SHARING_STATES, ReferralState
from placement.models import CandidateProfile, PlacementCountry, Referral, SearchEntry
from placement.services import countries, interviews
from placement.services.indexing import index_profile, take_out
from placement.signals import certificate_to_match, more_to_free, opportunity_opened, referral_changed


@receiver(certificate_issued, dispatch_uid="placement.propose")
def on_certificate_issued(sender: Any, certificate_id: int, **kwargs: Any) -> None:
    wake_on_commit(tasks.propose_matches, certificate_id)


@receiver(certificate_to_match, dispatch_uid="placement.propose_again")
def on_certificate_to_match(sender: Any, certificate_id: int, **kwargs: Any) -> None:
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


@receiver(post_save, sender=User, dispatch_uid="placement.index_account")
def on_account_saved(sender: Any, instance: User, created: bool, update_fields: Any = None, **kwargs: Any) -> None:
    """Whoever closes an account leaves the index in the same transaction; whoever opens it again comes back."""
    if created or (update_fields is not None and "is_active" not in update_fields):
        return
    if not instance.is_active:
        take_out(SearchEntry.objects.filter(profile__user=instance.pk))
        return
    lost = CandidateProfile.objects.filter(user=instance.pk, is_searchable=True, search_entry__is_listed=False)
    for profile in lost:
        index_profile(profile=profile)


@receiver(post_delete, sender=CandidateProfile, dispatch_uid="placement.index_deleted")
def on_profile_deleted(sender: Any, instance: CandidateProfile, **kwargs: Any) -> None:
    take_out(SearchEntry.objects.filter(pk=instance.pk))


@receiver(post_save, sender=PlacementCountry, dispatch_uid="placement.country")
def on_country_saved(sender: Any, instance: PlacementCountry, **kwargs: Any) -> None:
    countries.apply(country=instance)
