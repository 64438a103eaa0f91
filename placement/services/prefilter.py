"""The best pairs of a person and an opportunity among very many: needs asked of the database, the rest matched in
small batches. What is kept is as much as was asked for, however many fit.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from certificates.models import CertificateSkill
from lms.lib.batches import by_key
from lms.lib.moments import site_day
from placement.countries import open_countries
from placement.enums import WorkPlace
from placement.evidence import match_of, wanted_by, with_evidence
from placement.matching import Match, tie_break, whole
from placement.models import CandidateLanguage, CandidateProfile, Opportunity, OpportunityLanguage, OpportunitySkill
from placement.querysets import valid_certificates

ROWS_AT_ONCE = 500  # rows in memory
MOST_SCORED = 5000
"""People matched with one new opportunity, the most recently active first. More who fit are only looked at when they
could still be among the best; behind this many nobody is.
"""
T = TypeVar("T")


def best_opportunities(profile: CandidateProfile, without: Iterable[int], most: int) -> list[tuple[Match, Opportunity]]:
    """What is open and fits this person (read ``with_evidence``), best first, ``without`` these employers."""
    rows = may_fit(Opportunity.objects.open().filter(mission_line=None).exclude(employer_id__in=without), profile)
    pairs = ((match_of(wanted_by(row), profile), row) for row in in_batches(rows.with_needs()))
    return best_of(pairs, most, tie=lambda row: row.pk)


def may_fit(rows: Any, profile: CandidateProfile) -> Any:
    """Opportunities whose needs this person meets, as far as SQL can tell: what is left out does not fit."""
    levels: dict[str, int] = {}
    for proof in profile.held:
        levels[proof.code] = max(levels.get(proof.code, 0), proof.level)
    proven, spoken, today = Q(pk=None), Q(pk=None), site_day()
    for code, level in levels.items():
        proven |= Q(skill__code=code, level__lte=level)
    for language, level in profile.spoken.items():
        spoken |= Q(language=language, level__lte=level)
    here = Q(opportunity=OuterRef("pk"))
    places = Q(pk=None)
    if profile.works_remote:
        places |= Q(place=WorkPlace.REMOTE)
    if profile.works_on_site:
        places |= ~Q(place=WorkPlace.REMOTE) & Q(country=profile.country)
    rows = rows.filter(
        places,
        ~Exists(OpportunitySkill.objects.filter(here & ~proven, essential=True)),
        ~Exists(OpportunityLanguage.objects.filter(here & ~spoken)),
        hours_per_week__lte=profile.hours_per_week or 0,
        connectivity__lte=profile.connectivity or 0,
    )
    if profile.available_from and profile.available_from > today:
        rows = rows.filter(Q(starts_on=None) | Q(starts_on__gte=profile.available_from))
    return rows


def best_people(opportunity: Opportunity, without: QuerySet[Any], most: int) -> list[tuple[Match, CandidateProfile]]:
    """Certified people who fit an opportunity (read ``with_needs``), best first; hidden ones too, who alone read it."""
    wanted = wanted_by(opportunity)
    people = certified_for(opportunity).exclude(pk__in=without)
    kept: list[tuple[Any, Match, CandidateProfile]] = []
    for batch in batches(people.values_list("pk", flat=True)[:MOST_SCORED]):
        rows = with_evidence(CandidateProfile.objects.filter(pk__in=batch))
        found = [(match_of(wanted, row), row) for row in rows]
        ranked = [((*match.rank, tie_break(opportunity.pk, row.pk)), match, row) for match, row in found if match.fits]
        kept = heapq.nsmallest(most, [*kept, *ranked], key=lambda each: each[0])
        quiet = min((line.found for match, _row in found for line in match.lines if line.kind == "activity"), default=0)
        if len(kept) == most and kept[-1][1].score > whole(quiet):
            break  # whoever comes later was active before: their activity alone keeps them below
    return [(match, row) for _key, match, row in kept]


def certified_for(opportunity: Opportunity) -> QuerySet[CandidateProfile]:
    """Profiles that meet the needs which SQL can ask for, the most recently active first."""
    people = CandidateProfile.objects.filter(
        user__is_active=True,
        at_work_since=None,
        country__in=open_countries(),
        hours_per_week__gte=opportunity.hours_per_week,
        connectivity__gte=opportunity.connectivity,
    )
    valid = valid_certificates()
    for need in opportunity.skills.all():
        if need.essential:
            proofs = CertificateSkill.objects.filter(skill=need.skill, level__gte=need.level, certificate__in=valid)
            people = people.filter(Exists(proofs.filter(certificate__user=OuterRef("user"))))
    for row in opportunity.languages.all():
        spoken = CandidateLanguage.objects.filter(profile=OuterRef("pk"), language=row.language, level__gte=row.level)
        people = people.filter(Exists(spoken))
    if opportunity.place == WorkPlace.REMOTE:
        people = people.filter(works_remote=True)
    else:
        people = people.filter(works_on_site=True, country=opportunity.country)
    if opportunity.starts_on:
        last = max(opportunity.starts_on, site_day())
        people = people.filter(Q(available_from=None) | Q(available_from__lte=last))
    rows: QuerySet[CandidateProfile] = people.order_by("-last_active_at", "pk")
    return rows


def best_of(pairs: Iterable[tuple[Match, T]], most: int, tie: Callable[[T], Any]) -> list[tuple[Match, T]]:
    """The first of ``matching.best_matches``, with no more than these in memory."""
    return heapq.nsmallest(
        most, (pair for pair in pairs if pair[0].fits), key=lambda pair: (*pair[0].rank, tie(pair[1]))
    )


def in_batches(rows: Any) -> Iterator[Any]:
    """All rows by their keys, ``ROWS_AT_ONCE`` in memory: their needs are fetched with them."""
    for batch in by_key(rows, ROWS_AT_ONCE, key=lambda row: row.pk):
        yield from batch


def batches(keys: Iterable[int]) -> Iterator[list[int]]:
    found = list(keys)
    for start in range(0, len(found), ROWS_AT_ONCE):
        yield found[start : start + ROWS_AT_ONCE]
