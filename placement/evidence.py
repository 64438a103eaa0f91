"""From rows to what matching and cards read. No queries of its own: give rows fetched ``with_evidence``."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from placement.enums import Place
from placement.matching import Match, Person, Proof, SkillNeed, Wanted, match
from placement.models import CandidateProfile, Opportunity

MONTH = 30.44  # days


@dataclass(frozen=True)
class Evidence:
    """The best certificate that proves one skill."""

    code: str
    name: str
    level: int
    on: datetime
    title: str
    certificate: str


def months_since(moment: datetime) -> float:
    return max((timezone.now() - moment).total_seconds() / 86400 / MONTH, 0.0)


def evidence_of(profile: CandidateProfile) -> list[Evidence]:
    """One line a skill from valid certificates only: highest level first, digital work before general skills."""
    best: dict[str, Evidence] = {}
    for certificate in certificates_of(profile):
        for row in certificate.skills.all():
            found = Evidence(
                row.skill.code, row.skill.name, row.level, certificate.issued_at, certificate.title, certificate.code
            )
            old = best.get(found.code)
            if old is None or (found.level, found.on) > (old.level, old.on):
                best[found.code] = found
    return sorted(best.values(), key=lambda e: (-e.level, not e.code.startswith("dw."), e.name))


def certificates_of(profile: CandidateProfile) -> list[Any]:
    """Her valid certificates, as ``with_evidence`` fetched them."""
    rows: list[Any] = profile.user.valid_certificates  # type: ignore[attr-defined]
    return rows


def person_of(profile: CandidateProfile) -> Person:
    proofs = tuple(
        Proof(row.skill.code, row.level, months_since(c.issued_at), c.code, c.issued_at.date().isoformat())
        for c in certificates_of(profile)
        for row in c.skills.all()
    )
    return Person(
        proofs=proofs,
        languages={row.language: row.level for row in profile.languages.all()},
        hours=profile.hours_per_week,
        works_remote=profile.works_remote,
        works_on_site=profile.works_on_site,
        country=profile.country,
        region=profile.region,
        equipment=frozenset(profile.equipment),
        connectivity=profile.connectivity,
        pay_floor=profile.pay_floor,
        currency=profile.pay_currency,
        quiet_months=months_since(profile.last_active_at),
    )


def wanted_by(opportunity: Opportunity) -> Wanted:
    """Give an opportunity fetched ``with_needs``."""
    monthly = opportunity.pay_period == "month"
    pay = opportunity.pay_max or opportunity.pay_min
    return Wanted(
        skills=tuple(
            SkillNeed(row.skill.code, row.level, row.essential, dict(row.skill.names))
            for row in opportunity.skills.all()
        ),
        languages={row.language: row.level for row in opportunity.languages.all()},
        hours=opportunity.hours_per_week,
        place=opportunity.place,
        country=opportunity.country,
        region=opportunity.region if opportunity.place != Place.REMOTE else "",
        equipment=frozenset(opportunity.equipment),
        connectivity=opportunity.connectivity,
        pay=pay if monthly else None,
        currency=opportunity.pay_currency,
    )


def match_of(opportunity: Opportunity, profile: CandidateProfile) -> Match:
    return match(wanted_by(opportunity), person_of(profile))


def employers_match_of(opportunity: Opportunity, profile: CandidateProfile) -> Match:
    """The same without her pay floor: an employer who edits the pay again and again must learn nothing of it."""
    return match(wanted_by(opportunity), replace(person_of(profile), pay_floor=None))
