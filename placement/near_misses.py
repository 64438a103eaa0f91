"""What a learner has not said yet, and the opportunities that wait for it: a near miss is listed, never proposed."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from placement.evidence import match_of, wanted_by, with_evidence
from placement.models import CandidateProfile, Opportunity, OpportunitySkill
from placement.words import Reason, explain_lines

LOOKED_AT, SHOWN = 50, 5  # newest opportunities that are compared, and listed


@dataclass(frozen=True)
class NearMiss:
    """An opportunity that fits but for what they have not said."""

    opportunity: Opportunity
    to_tell: list[Reason]


def has_gaps(profile: CandidateProfile) -> bool:
    """Is something of the profile unknown? Read it ``with_evidence``."""
    given = (profile.hours_per_week, profile.connectivity, profile.country, profile.equipment, profile.spoken)
    return not all(given) or None in (profile.works_remote, profile.works_on_site)


def near_misses(profile: CandidateProfile) -> list[NearMiss]:
    """Newest first. None for a profile that says everything, or that has nothing proven."""
    (person,) = with_evidence([profile])
    if not person.held or not has_gaps(person):
        return []
    held = {row.code for row in person.held}
    beyond = OpportunitySkill.objects.filter(opportunity=OuterRef("pk"), essential=True).exclude(skill__code__in=held)
    known = Opportunity.objects.filter(referrals__profile=profile)
    rows = Opportunity.objects.open().with_needs().filter(~Exists(beyond)).exclude(pk__in=known.values("pk"))
    found = ((row, match_of(wanted_by(row), person)) for row in rows.order_by("-created_at", "-pk")[:LOOKED_AT])
    near = [NearMiss(row, explain_lines(match.to_ask)) for row, match in found if match.may_fit]
    return near[:SHOWN]
