"""What becomes of a candidate whose account is erased: everything under way ends, nothing of them stays to be shown."""

from django.db.models import Q

from lms.accounts.erasing import run_at_erasure
from lms.accounts.inactivity import register_sign
from lms.accounts.models import User
from lms.lib.locks import hold
from placement.enums import PROPOSED_STATES, ActorKind
from placement.enums import ReferralState as S
from placement.models import (
    CandidateLanguage,
    CandidateProfile,
    CaseEntry,
    Consent,
    PersonNote,
    Referral,
    ReferralEvent,
    Shortlisted,
    Sight,
    ThreadMessage,
)
from placement.services.code_names import end_names
from placement.services.indexing import index_profile
from placement.services.transitions import change_state
from placement.services.withdrawals import end_yes, sharing_of

BLANK = {
    "is_searchable": False, "country": "", "region": "", "hours_per_week": None, "works_remote": None,
    "works_on_site": None, "equipment": [], "connectivity": None, "pay_floor": None, "pay_currency": "",
    "available_from": None,
}  # fmt: skip

register_sign("placement.CandidateProfile", "user", "last_active_at")
register_sign("placement.Referral", "profile__user", "created_at")
register_sign("placement.OutcomeAnswer", "actor", "at")


@run_at_erasure
def erase_candidate(user: User) -> None:
    profile = CandidateProfile.objects.filter(user=user).first()
    if profile is None:
        return
    hold(Referral.objects.filter(profile=profile))
    hold(CandidateProfile.objects.filter(pk=profile.pk))  # their names end before it changes
    for referral in sharing_of(user):
        end_yes(referral=referral, user=user)
    rows = Referral.objects.with_page_data().filter(profile=profile, state__in=PROPOSED_STATES)
    for referral in rows.order_by("pk"):
        change_state(referral=referral, to=S.DECLINED, by=ActorKind.LEARNER, actor=user)
    end_names(profile_id=profile.pk)
    CandidateProfile.objects.filter(pk=profile.pk).update(**BLANK)
    CandidateLanguage.objects.filter(profile=profile).delete()
    Sight.objects.filter(profile=profile).delete()
    Shortlisted.objects.filter(profile=profile).delete()
    PersonNote.objects.filter(profile=profile).delete()
    own = Q(by=ActorKind.LEARNER)
    ThreadMessage._base_manager.filter(own, referral__profile=profile).update(text="")
    ReferralEvent._base_manager.filter(own, referral__profile=profile).update(note="")
    CaseEntry._base_manager.filter(referral__profile=profile).update(text="")
    Consent.objects.filter(referral__profile=profile).update(values={})
    index_profile(profile=profile)
