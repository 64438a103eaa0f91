"""Who is proposed for what: on a new certificate, and when an opportunity opens. Proposals go to the learner only."""

from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from certificates.models import Certificate
from lms.accounts.models import User
from lms.lib import sweeps
from placement.enums import ActorKind
from placement.enums import ReferralState as S
from placement.evidence import match_of, wanted_by, with_evidence
from placement.matching import Match, best_matches, tie_break
from placement.models import CandidateProfile, MatchedCertificate, Opportunity, Referral
from placement.querysets import valid_certificates
from placement.services.profiles import ensure_profile, index_profile
from placement.services.transitions import NotAllowedError, change_state, log

PROPOSAL_LIFETIME = timedelta(days=7)  # how long a proposal waits for their yes
HOLD_AFTER_REFUSAL = timedelta(days=90)  # after a no, an employer is not proposed to them again so soon
MAX_PROPOSALS = 10  # proposals made for one certificate, best first


@transaction.atomic
def propose_matches(*, certificate: Certificate) -> list[Referral]:
    """Proposals for everything open that their certificates now fit. Any number of calls, the same rows."""
    profile = ensure_profile(user=certificate.user)
    index_profile(profile=profile)
    MatchedCertificate.objects.get_or_create(certificate=certificate)
    if not certificate.is_valid:
        return []
    (profile,) = with_evidence([CandidateProfile.objects.get(pk=profile.pk)])
    matches = [
        (match_of(wanted_by(opportunity), profile), opportunity)
        for opportunity in Opportunity.objects.open().with_needs().exclude(employer_id__in=employers_on_hold(profile))
    ]
    return [
        propose(opportunity=opportunity, profile=profile, match=match, certificate=certificate)
        for match, opportunity in best_matches(matches, tie=attrgetter("pk"))[:MAX_PROPOSALS]
    ]


@transaction.atomic
def propose_opportunity(*, opportunity: Opportunity) -> int:
    """An opportunity has just opened: propose it to the certified people who fit, five for each position, at least
    ten."""
    if Opportunity.objects.filter(pk=opportunity.pk, proposed_at=None).update(proposed_at=timezone.now()) != 1:
        return 0
    opportunity = Opportunity.objects.with_needs().get(pk=opportunity.pk)
    most, wanted = max(opportunity.positions * 5, 10), wanted_by(opportunity)
    refused = refusals().filter(opportunity__employer=opportunity.employer_id)
    people = certified_for(opportunity).exclude(pk__in=refused.values("profile"))[:1000]
    matches = [(match_of(wanted, profile), profile) for profile in with_evidence(people)]
    chosen = best_matches(matches, tie=lambda profile: tie_break(opportunity.pk, profile.pk))[:most]
    for match, profile in chosen:
        propose(opportunity=opportunity, profile=profile, match=match)
    return len(chosen)


def certified_for(opportunity: Opportunity) -> QuerySet[CandidateProfile]:
    """Profiles with a valid certificate for every essential skill; the match itself decides on the rest."""
    people = CandidateProfile.objects.filter(user__is_active=True, user__certificates__revoked_at=None)
    for need in opportunity.skills.all():
        if need.essential:
            people = people.filter(
                user__certificates__skills__skill=need.skill, user__certificates__skills__level__gte=need.level
            )
    rows: QuerySet[CandidateProfile] = people.distinct().order_by("-last_active_at")
    return rows


def refusals() -> QuerySet[Referral]:
    """What employers said no to in the last ninety days."""
    rows: QuerySet[Referral] = Referral.objects.filter(
        state=S.REFUSED, answered_at__gt=timezone.now() - HOLD_AFTER_REFUSAL
    )
    return rows


def employers_on_hold(profile: CandidateProfile) -> set[int]:
    """Employers that are not proposed to them again yet."""
    return set(refusals().filter(profile=profile).values_list("opportunity__employer_id", flat=True))


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
    """An employer asks to be put in touch. They decide; nothing of them is shown before. Raises ``NotAllowedError``."""
    if not Opportunity.objects.open().filter(pk=opportunity.pk).exists():
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
    return referral


def unexamined() -> QuerySet[Certificate]:
    """Valid certificates for which nobody looked for opportunities: a signal was lost, or signals are off."""
    done = MatchedCertificate.objects.filter(certificate=OuterRef("pk"))
    return valid_certificates().filter(~Exists(done), user__is_active=True).select_related("user")


def stale_profiles() -> QuerySet[CandidateProfile]:
    """Profiles whose certificates changed after they were indexed: revoked or run out."""
    now = timezone.now()
    revoked = Q(user__certificates__revoked_at__gt=F("indexed_at"))
    ended = Q(user__certificates__expires_at__gt=F("indexed_at"), user__certificates__expires_at__lte=now)
    rows: QuerySet[CandidateProfile] = CandidateProfile.objects.filter(revoked | ended).distinct()
    return rows


def unproposed() -> QuerySet[Opportunity]:
    rows: QuerySet[Opportunity] = Opportunity.objects.open().filter(proposed_at=None)
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
        rows=lambda now: CandidateProfile.objects.filter(pk__in=stale_profiles().values("pk")).order_by("pk"),
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
