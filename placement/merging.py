"""What becomes of profiles and referrals when two accounts of one person are merged (``lms.accounts.merging``)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts.merge_rules import (
    Caution,
    Values,
    register_holding,
    register_joins,
    register_moves,
    register_stays,
    register_warning,
    run_after_merge,
)
from lms.accounts.models import User
from placement.enums import OPEN_STATES
from placement.models import CandidateProfile, Referral
from placement.services.indexing import index_profile


def one_profile(kept: CandidateProfile, other: CandidateProfile) -> tuple[Values, Values]:
    """What they agreed to in the account that stays holds; the other profile is found by nobody."""
    since = kept.at_work_since or other.at_work_since
    return (
        {"last_active_at": max(kept.last_active_at, other.last_active_at), "at_work_since": since},
        {"is_searchable": False},
    )


register_joins("placement.CandidateProfile.user", one_profile)
register_moves("placement.Referral.profile", "placement.Shortlisted.profile", "placement.ProfileView.profile",
               "placement.Sight.profile", "placement.Objection.profile",
               "placement.PersonRead.profile", "placement.PersonNote.profile",
               "placement.CandidateLanguage.profile", "placement.Consent.user", "placement.EmployerContact.user",
               "placement.Opportunity.created_by", "placement.Mission.created_by")  # fmt: skip
register_stays("an employer knew the closed account by it", "placement.CodeName.profile")
register_stays("derived from the profile and its certificates", "placement.SearchEntry.profile")
register_stays(
    "the history says who did what",
    "placement.Employer.vetted_by",
    "placement.Invitation.invited_by",
    "placement.EmployerCheck.actor",
    "placement.Shortlisted.added_by",
    "placement.ProfileView.user",
    "placement.PersonRead.user",
    "placement.PersonNote.author",
    "placement.ReferralEvent.actor",
    "placement.OutcomeAnswer.actor",
    "placement.CaseEntry.actor",
    "placement.Review.asked_by",
    "placement.Review.decided_by",
    "placement.ThreadMessage.author",
    "placement.Interview.proposed_by",
    "placement.Offer.made_by",
)


@run_after_merge
def index_again(user: User) -> None:
    for profile in CandidateProfile.objects.filter(user=user):
        index_profile(profile=profile)


def referrals_of(user: User) -> "list[Referral]":
    rows = Referral.objects.filter(profile__user=user).select_related("opportunity__employer")
    return list(rows.order_by("created_at"))


def profile_lines(user: User) -> Iterator[str]:
    for profile in CandidateProfile.objects.filter(user=user):
        words = {"name": profile.pseudonym}
        yield _("%(name)s (visible to employers)") % words if profile.is_searchable else profile.pseudonym


def referral_lines(user: User) -> Iterator[str]:
    for referral in referrals_of(user):
        yield f"{referral.opportunity}, {referral.opportunity.employer} ({referral.team_state})"


def consent_lines(user: User) -> Iterator[str]:
    for consent in user.placement_consents.select_related("employer").order_by("given_at"):
        words = str(consent.employer)
        yield _("%(what)s (withdrawn)") % {"what": words} if consent.withdrawn_at else words


@register_warning
def both_referred(kept: User, merged: User) -> Iterator[Caution]:
    mine, told = referrals_of(kept), set()
    for theirs in referrals_of(merged):
        words = {"title": theirs.opportunity.title, "employer": theirs.opportunity.employer.name}
        same = next((each for each in mine if each.opportunity_id == theirs.opportunity_id), None)
        if same is not None and theirs.state in OPEN_STATES:
            text = _(
                "Both accounts are candidates for “%(title)s” (%(employer)s). First close the referral of "
                "the account that will be closed."
            )
            yield Caution(text % words, stops=True)
        elif same is not None:
            text = _(
                "Both accounts were candidates for “%(title)s” (%(employer)s). The closed account keeps its own record."
            )
            yield Caution(text % words)
        elif theirs.opportunity.employer_id not in told and any(
            each.opportunity.employer_id == theirs.opportunity.employer_id for each in mine
        ):
            told.add(theirs.opportunity.employer_id)
            text = _(
                "%(employer)s has a referral from both accounts and takes them for two people. Tell this employer."
            )
            yield Caution(text % words)


@register_warning
def both_have_profiles(kept: User, merged: User) -> Iterator[Caution]:
    profiles = {row.user_id: row for row in CandidateProfile.objects.filter(user__in=[kept, merged])}
    if len(profiles) == 2:
        text = _("Both accounts have a candidate profile. %(kept)s stays as it is; %(other)s is hidden.")
        yield Caution(text % {"kept": profiles[kept.pk].pseudonym, "other": profiles[merged.pk].pseudonym})


register_holding("profile", gettext_lazy("Candidate profile"), profile_lines)
register_holding("referrals", gettext_lazy("Referrals"), referral_lines)
register_holding("placement-consents", gettext_lazy("Consents to referrals"), consent_lines)
