"""From rows to what matching and cards read. ``with_evidence`` asks the database once for any number of people."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from certificates.models import CertificateSkill
from courses.models import Skill
from lms.lib.moments import site_day
from lms.lib.sort_order import Alphabetical, sort_key
from lms.lib.translated import pick
from placement.enums import WorkPlace
from placement.interviews import attendance
from placement.matching import MONTH, Match, Person, Proof, SkillNeed, Wanted, added_up, match, reasons_from_json
from placement.models import CandidateLanguage, CandidateProfile, Opportunity, Referral
from placement.models.candidates import Held
from placement.querysets import valid_certificates
from placement.regions import listed

WEEKS_OF_A_MONTH = 52 / 12


@dataclass(frozen=True)
class Evidence:
    """The best certificate that proves one skill."""

    code: str
    name: str
    level: int
    on: datetime
    title: str
    certificate: str


def with_evidence(people: Iterable[CandidateProfile]) -> list[CandidateProfile]:
    """The people with what a card or a match reads: ``held`` and ``spoken``, in five queries however many they are.

    Plain values and not rows of models: an employer's page may rank three hundred people, who have thousands of them.
    """
    found = list(people)
    held, spoken = held_by([row.user_id for row in found]), spoken_by([row.pk for row in found])
    kept = attendance([row.pk for row in found])
    for row in found:
        row.held, row.spoken = held.get(row.user_id, []), spoken.get(row.pk, {})
        row.interviews = kept.get(row.pk, (0, 0))
    return found


def held_by(users: Iterable[int]) -> Mapping[int, list[Held]]:
    """What each user's valid certificates prove, the newest certificate first."""
    certificates = {
        pk: (user, on, title, code, until)
        for pk, user, on, title, code, until in valid_certificates()
        .filter(user__in=users)
        .order_by("-issued_at", "-pk")
        .values_list("pk", "user_id", "issued_at", "title", "code", "expires_at")
    }
    proven = defaultdict(list)
    rows = CertificateSkill.objects.filter(certificate__in=certificates).order_by("-level", Alphabetical("name"))
    for certificate, skill, level in rows.values_list("certificate_id", "skill_id", "level"):
        proven[certificate].append((skill, level))
    known = {skill for pairs in proven.values() for skill, _level in pairs}
    rows_of_skills = Skill.objects.filter(pk__in=known).values_list("pk", "code", "names")
    skills = {pk: (code, names) for pk, code, names in rows_of_skills}
    found: defaultdict[int, list[Held]] = defaultdict(list)
    for pk, (user, on, title, code, until) in certificates.items():
        found[user] += [Held(*skills[skill], level, on, title, code, until) for skill, level in proven[pk]]
    return found


def spoken_by(profiles: Iterable[int]) -> Mapping[int, dict[str, int]]:
    """The level of each language of each profile, in the order in which they were put down."""
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    rows = CandidateLanguage.objects.filter(profile__in=profiles).order_by("pk")
    for profile, language, level in rows.values_list("profile_id", "language", "level"):
        found[profile][language] = level
    return found


def months_since(moment: datetime, now: datetime | None = None) -> float:
    """In whole days: what is old changes once a day."""
    return max(((now or timezone.now()) - moment) // timedelta(days=1), 0) / MONTH


def evidence_of(profile: CandidateProfile) -> list[Evidence]:
    """One line a skill from valid certificates only: highest level first, digital work before general skills."""
    best: dict[str, Held] = {}
    for row in profile.held:
        old = best.get(row.code)
        if old is None or (row.level, row.on) > (old.level, old.on):
            best[row.code] = row
    lines = [Evidence(r.code, pick(r.names) or r.code, r.level, r.on, r.title, r.certificate) for r in best.values()]
    return sorted(lines, key=lambda e: (-e.level, not e.code.startswith("dw."), sort_key(e.name)))


def reasons_today(referral: Referral, person: CandidateProfile | None = None) -> list[dict[str, Any]]:
    """``Referral.reasons`` as they stand: a skill whose certificate was revoked or ran out since is as proven as what
    the ``person`` (read ``with_evidence``) still holds says, and the points add up to what that is worth.
    """
    profile = person or with_evidence([referral.profile])[0]
    codes, best = {row.certificate for row in profile.held}, {one.code: one for one in evidence_of(profile)}
    rows = [
        row if row.get("certificate") is None or row["certificate"] in codes else as_held(row, best.get(row["code"]))
        for row in referral.reasons
    ]
    if rows == referral.reasons:
        return rows
    _version, *lines = added_up(reasons_from_json(rows)).as_json()
    return [*(row for row in rows if "version" in row), *lines]


def score_today(referral: Referral, reasons: list[dict[str, Any]]) -> int:
    """The candidate's own score by ``reasons_today``."""
    return referral.score if reasons == referral.reasons else added_up(reasons_from_json(reasons)).score


def as_held(row: dict[str, Any], held: Evidence | None) -> dict[str, Any]:
    """The line of a skill, proven by ``held`` in place of the certificate that it names."""
    level = held.level if held else 0
    ok = level >= row["need"]
    rest = {name: value for name, value in row.items() if name not in ("found", "certificate", "on", "points")}
    proof = {"found": level, "certificate": held.certificate} if held else {}
    return {**rest, **proof, "ok": ok, "points": row.get("points", 0) if ok else 0}


def person_of(profile: CandidateProfile) -> Person:
    now = timezone.now()
    return Person(
        proofs=tuple(
            Proof(row.code, row.level, months_since(row.on, now), row.certificate, site_day(row.on).isoformat())
            for row in profile.held
        ),
        languages=profile.spoken,
        hours=profile.hours_per_week,
        works_remote=profile.works_remote,
        works_on_site=profile.works_on_site,
        country=profile.country,
        region=listed(profile.country, profile.region),
        equipment=frozenset(profile.equipment),
        connectivity=profile.connectivity,
        pay_floor=profile.pay_floor,
        currency=profile.pay_currency,
        available_from=profile.available_from,
        quiet_months=months_since(profile.last_active_at, now),
        interviews_planned=profile.interviews[0],
        interviews_kept=profile.interviews[1],
    )


def wanted_by(opportunity: Opportunity) -> Wanted:
    """Give an opportunity fetched ``with_needs``."""
    today = site_day()
    return Wanted(
        skills=tuple(
            SkillNeed(row.skill.code, row.level, row.essential, dict(row.skill.names))
            for row in opportunity.skills.all()
        ),
        languages={row.language: row.level for row in opportunity.languages.all()},
        hours=opportunity.hours_per_week,
        place=opportunity.place,
        country=opportunity.country,
        region=listed(opportunity.country, opportunity.region) if opportunity.place != WorkPlace.REMOTE else "",
        equipment=frozenset(opportunity.equipment),
        connectivity=opportunity.connectivity,
        pay=monthly_pay(opportunity),
        currency=opportunity.pay_currency,
        starts_on=max(opportunity.starts_on, today) if opportunity.starts_on else None,
    )


def monthly_pay(opportunity: Opportunity) -> int | None:
    """The most that a month brings; None where it is not said, or is paid by the task."""
    pay = opportunity.pay_max or opportunity.pay_min
    if not pay or opportunity.pay_period == "task":
        return None
    return round(pay * opportunity.hours_per_week * WEEKS_OF_A_MONTH) if opportunity.pay_period == "hour" else pay


def match_of(wanted: Wanted, profile: CandidateProfile) -> Match:
    return match(wanted, person_of(profile))


def employers_match_of(wanted: Wanted, profile: CandidateProfile) -> Match:
    """The same without their pay floor: an employer who edits the pay again and again must learn nothing of it."""
    return match(wanted, replace(person_of(profile), pay_floor=None))
