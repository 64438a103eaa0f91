"""People at work leave the search and get no proposals, until they say otherwise."""

from datetime import date

from django.db import transaction

from lms.accounts.models import User
from lms.accounts.services import record
from lms.lib.locks import hold
from placement.enums import OpportunityKind
from placement.models import CandidateProfile, Referral
from placement.services.indexing import index_profile
from placement.services.profiles import look_again


def record_start(*, referral: Referral, on: date) -> None:
    """Their work began. An assignment leaves room for other work: they stay."""
    if referral.opportunity.kind == OpportunityKind.ASSIGNMENT:
        return
    CandidateProfile.objects.filter(pk=referral.profile_id).update(at_work_since=on)
    index_profile(profile=referral.profile)


@transaction.atomic
def look_for_work(*, profile: CandidateProfile, user: User) -> bool:
    """They say that they look for work, again or beside it: found and proposed as before. False when they did."""
    hold(CandidateProfile.objects.filter(pk=profile.pk))
    if not CandidateProfile.objects.filter(pk=profile.pk, at_work_since__isnull=False).update(at_work_since=None):
        return False
    profile.refresh_from_db()
    record(actor=user, verb="look-for-work", target=profile)
    index_profile(profile=profile)
    look_again(profile)
    return True
