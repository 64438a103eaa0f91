"""Who is proposed for what: on a new certificate, and when an opportunity opens. Proposals go to the learner only."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from certificates.models import Certificate
from lms.accounts.models import User
from lms.lib import sweeps
from lms.lib.locks import hold
from placement import countries
from placement.enums import ActorKind
from placement.enums import ReferralState as S
from placement.evidence import match_of, wanted_by, with_evidence
from placement.matching import Match
from placement.models import CandidateProfile, Opportunity, Referral, SearchEntry
from placement.objections import employers_objected_to, standing
from placement.services.code_names import hold_name, keep_name
from placement.services.indexing import index_profile
from placement.services.prefilter import best_opportunities, best_people
from placement.services.profiles import ensure_profile
from placement.services.transitions import NotAllowedError, change_state, log

PROPOSAL_LIFETIME = timedelta(days=7)  # how long a proposal waits for their yes
HOLD_AFTER_REFUSAL = timedelta(days=90)  # after a no, an employer is not proposed to them again so soon
MAX_PROPOSALS = 10  # proposals made for one certificate, best first


@transaction.atomic
def propose_matches(*, certificate: Certificate) -> list[Referral]:
    """Proposals for everything open that their certificates now fit. Any number of calls, the same rows."""
    profile = ensure_profile(user=certificate.user)
    index_profile(profile=profile)
    profile.refresh_from_db(fields=["at_work_since"])
    Certificate.objects.filter(pk=certificate.pk).update(examined_at=timezone.now())
    if not certificate.is_valid or profile.at_work_since is not None or not countries.is_open(profile.country):
        return []
    (profile,) = with_evidence([CandidateProfile.objects.get(pk=profile.pk)])
    return [
        propose(opportunity=opportunity, profile=profile, match=match, certificate=certificate)
        for match, opportunity in best_opportunities(profile, employers_on_hold(profile), MAX_PROPOSALS)
    ]


@transaction.atomic
def propose_opportunity(*, opportunity: Opportunity) -> int:
    """An opportunity has just opened: propose it to the certified people who fit, five for each position, at least
    ten. One that is a line of a mission is proposed to a team (``teams``)."""
    fresh = Opportunity.objects.filter(pk=opportunity.pk, proposed_at=None, mission_line=None)
    if fresh.update(proposed_at=timezone.now()) != 1:
        return 0
    opportunity = Opportunity.objects.with_needs().get(pk=opportunity.pk)
    most = max(opportunity.positions * 5, 10)
    refused = refusals().filter(opportunity__employer=opportunity.employer_id)
    kept_away = standing().filter(employer=opportunity.employer_id)
    without = Q(pk__in=refused.values("profile")) | Q(pk__in=kept_away.values("profile"))
    chosen = best_people(opportunity, CandidateProfile.objects.filter(without).values("pk"), most)
    for match, profile in chosen:
        propose(opportunity=opportunity, profile=profile, match=match)
    return len(chosen)


def refusals() -> QuerySet[Referral]:
    """What employers said no to in the last ninety days."""
    rows: QuerySet[Referral] = Referral.objects.filter(
        state=S.REFUSED, answered_at__gt=timezone.now() - HOLD_AFTER_REFUSAL
    )
    return rows


def employers_on_hold(profile: CandidateProfile) -> set[int]:
    """Employers that are not proposed to them again yet, and those they object to."""
    refused = refusals().filter(profile=profile).values_list("opportunity__employer_id", flat=True)
    return set(refused) | employers_objected_to(profile.pk)


def propose(
    *, opportunity: Opportunity, profile: CandidateProfile, match: Match,
    certificate: Certificate | None = None, by: ActorKind = ActorKind.AUTOMATIC, actor: User | None = None,
) -> Referral:  # fmt: skip
    """Propose once: a second call returns the row that is there, in whatever state it is."""
    referral, is_new = Referral.objects.get_or_create(
        opportunity=opportunity,
        profile=profile,
        defaults={
            "certificate": certificate,
            "asked_by_employer": by == ActorKind.EMPLOYER,
            "score": match.score,
            "reasons": match.as_json(),
            "expires_at": timezone.now() + PROPOSAL_LIFETIME,
        },
    )
    if is_new:
        log(referral=referral, before="", by=by, actor=actor)
    return referral


@transaction.atomic
def request_referral(*, opportunity: Opportunity, profile: CandidateProfile, actor: User) -> Referral:
    """An employer asks to be put in touch. They decide; nothing of them is shown before. Raises ``NotAllowedError``,
    or ``NameEndedError`` when they have just left this employer.
    """
    hold(Referral.objects.filter(opportunity=opportunity, profile=profile))
    hold_name(employer_id=opportunity.employer_id, profile=profile)
    if not Opportunity.objects.open().filter(pk=opportunity.pk).exists() or not countries.is_open(profile.country):
        raise NotAllowedError
    (profile,) = with_evidence([CandidateProfile.objects.get(pk=profile.pk)])
    opportunity = Opportunity.objects.with_needs().get(pk=opportunity.pk)
    match = match_of(wanted_by(opportunity), profile)
    referral = propose(opportunity=opportunity, profile=profile, match=match, by=ActorKind.EMPLOYER, actor=actor)
    asks: dict[str, Any] = {"asked_by_employer": True, "expires_at": timezone.now() + PROPOSAL_LIFETIME}
    if referral.state == S.EXPIRED:
        change_state(referral=referral, to=S.PROPOSED, by=ActorKind.EMPLOYER, actor=actor, **asks)
    elif referral.state == S.PROPOSED and not referral.asked_by_employer:
        Referral.objects.filter(pk=referral.pk).update(**asks)
        referral.asked_by_employer = True
    keep_name(referral)
    return referral


def unexamined() -> QuerySet[Certificate]:
    """Certificates for which nobody looked for opportunities, or that were withdrawn since: a signal was lost, or
    signals are off.
    """
    return Certificate.objects.filter(examined_at=None, user__is_active=True).select_related("user")


def run_out(now: datetime) -> QuerySet[SearchEntry]:
    """Rows of the index that rest on a certificate whose days are over."""
    rows: QuerySet[SearchEntry] = SearchEntry.objects.filter(valid_until__lte=now)
    return rows


def unproposed() -> QuerySet[Opportunity]:
    rows: QuerySet[Opportunity] = Opportunity.objects.open().filter(proposed_at=None, mission_line=None)
    return rows


MATCH = sweeps.register(
    sweeps.Sweep(
        name="placement.match",
        label=gettext_lazy("Certificates to match with opportunities"),
        remedy=gettext_lazy("Look at the holder’s profile and at the open opportunities."),
        rows=lambda now: unexamined().order_by("pk"),
        work=lambda key, now: propose_matches(certificate=Certificate.objects.select_related("user").get(pk=key)),
    )
)
INDEX = sweeps.register(
    sweeps.Sweep(
        name="placement.index",
        label=gettext_lazy("Profiles to index again"),
        remedy=gettext_lazy("Save this profile once more."),
        rows=lambda now: run_out(now).order_by("valid_until", "pk"),
        work=lambda key, now: index_profile(profile=CandidateProfile.objects.get(pk=key)),
    )
)
PROPOSE = sweeps.register(
    sweeps.Sweep(
        name="placement.propose",
        label=gettext_lazy("Opportunities to propose"),
        remedy=gettext_lazy("Look at what this opportunity asks for, and save it once more."),
        rows=lambda now: unproposed().order_by("pk"),
        work=lambda key, now: propose_opportunity(opportunity=Opportunity.objects.get(pk=key)),
        batch=20,
    )
)
