"""A country's worth of certified people, the opportunities that look for them, and years of history: rows by COPY.

The same seed gives the same people. What they hold is written by the product's own ``tokens_of``, so that the index is
what the services would have made of them one by one.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from bench.copying import copy, counters_on, first_key
from certificates.models import Certificate, CertificateSkill
from courses.models import Course, CourseSkill, Enrolment, Skill
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.lib.leases import MAX_TRIES
from placement.code_name_words import NAMES
from placement.demo.countries import open_countries
from placement.demo.invented_names import HOMES
from placement.demo.people import proof_courses
from placement.enums import OpportunityState, ReferralState, Vetting
from placement.filters import tokens_of
from placement.models import (
    CandidateLanguage,
    CandidateProfile,
    Employer,
    EmployerContact,
    Opportunity,
    OpportunityLanguage,
    OpportunitySkill,
    Referral,
    SearchEntry,
)
from placement.models.candidates import Held
from placement.services.indexing import entry_of, numbers_of

AT_ONCE = 50_000  # people made in memory together
EMPLOYERS = 200  # of whom the first ten are those who search
THINGS = (("phone", 0.95), ("computer", 0.3), ("shared", 0.4), ("headset", 0.3), ("power", 0.12))
PLACES = ("remote", "remote", "remote", "on-site", "hybrid")
PAST = (ReferralState.EXPIRED,) * 12 + (ReferralState.REFUSED,) * 4 + (ReferralState.AUTO_CLOSED,) * 2 + (
    ReferralState.FORWARDED, ReferralState.STARTED)  # fmt: skip


@dataclass(frozen=True)
class Proving:
    """A course, and what its certificate proves."""

    course: int
    title: str
    skills: tuple[tuple[int, str, dict[str, str], int], ...]


@dataclass
class Made:
    """One person with all that hangs on them."""

    profile: CandidateProfile
    certificates: list[tuple[int, Proving, datetime]]


def courses() -> list[Proving]:
    rows = proof_courses()
    proven = CourseSkill.objects.filter(course__in=rows).select_related("skill")
    by_course: dict[int, list[Any]] = {}
    for row in proven:
        by_course.setdefault(row.course_id, []).append((row.skill_id, row.skill.code, dict(row.skill.names), row.level))
    return [Proving(row.pk, "Saisie et qualité des données", tuple(by_course[row.pk])) for row in rows]


def people(count: int, seed: int, proving: Sequence[Proving]) -> Iterator[list[Made]]:
    """In lists of ``AT_ONCE``. Nine in ten may be found; half were there in the last month, some not for two years."""
    dice, now = random.Random(seed), timezone.now()
    first, certificate = first_key(User), first_key(Certificate)
    profile = first_key(CandidateProfile)
    made: list[Made] = []
    for number in range(count):
        home = dice.choices(HOMES, [home.share for home in HOMES])[0]
        quiet = timedelta(days=min(dice.expovariate(1 / 60), 700), minutes=dice.randrange(1440))
        row = CandidateProfile(
            pk=profile + number, user_id=first + number, pseudonym=f"{NAMES[number % len(NAMES)]}-{10_000 + number}",
            is_searchable=dice.random() < 0.9, country=home.country, region=dice.choice(home.regions),
            hours_per_week=dice.choice((10, 15, 20, 20, 25, 30, 35, 40)), works_remote=dice.random() < 0.9,
            works_on_site=dice.random() < 0.7, equipment=[thing for thing, odds in THINGS if dice.random() < odds],
            connectivity=dice.choice((1, 2, 2, 3, 3, 3, 4)), pay_floor=home.pay, pay_currency=home.currency,
            last_active_at=now - quiet,
        )  # fmt: skip
        row.spoken = {"fr": dice.choice((3, 4, 4, 5, 5, 6)), dice.choice(home.local): 6}
        if dice.random() < 0.3:
            row.spoken["en"] = dice.choice((1, 2, 2, 3, 4))
        held = dice.sample(range(len(proving)), dice.choice((1, 1, 1, 2, 2, 3)))
        papers = [(proving[place], now - timedelta(days=dice.expovariate(1 / 300))) for place in held]
        row.interviews = (0, 0)
        row.held = [
            Held(code, names, level, on, each.title, "")
            for each, on in papers
            for _pk, code, names, level in each.skills
        ]
        made.append(Made(row, [(certificate + at, each, on) for at, (each, on) in enumerate(papers)]))
        certificate += len(papers)
        if len(made) == AT_ONCE:
            yield made
            made = []
    if made:
        yield made


def write_people(made: list[Made]) -> None:
    now = timezone.now()
    rows = [each.profile for each in made]
    name = lambda row: f"million-{row.user_id}"  # noqa: E731
    copy(User, ("id", "username", "username_key", "full_name", "country", "date_joined"),
         ((row.user_id, name(row), name(row), f"Awa Ndiaye {row.user_id}", row.country, now) for row in rows),
         password="!", language="fr", role=Role.LEARNER)  # fmt: skip
    papers = [(pk, each.profile, proof, on) for each in made for pk, proof, on in each.certificates]
    copy(Enrolment, ("id", "user", "course", "started_at", "last_active_at", "completed_at"),
         ((pk, row.user_id, proof.course, on - timedelta(days=20), on, on) for pk, row, proof, on in papers),
         )  # fmt: skip
    copy(Certificate,
         ("id", "enrolment", "user", "course", "code", "holder_name", "title", "issued_at", "notified_at"),
         ((pk, pk, row.user_id, proof.course, f"{pk:016d}", f"Awa Ndiaye {row.user_id}", proof.title, on, on)
          for pk, row, proof, on in papers),
         language="fr", hours=6, issuer_name="Passerelle", tries=MAX_TRIES, examined_at=now)  # fmt: skip
    copy(CertificateSkill, ("certificate", "skill", "level", "name"),
         ((pk, skill, level, code)
          for pk, _row, proof, _on in papers for skill, code, _names, level in proof.skills))  # fmt: skip
    changing = ("is_searchable", "country", "region", "hours_per_week", "works_remote", "works_on_site", "equipment",
                "connectivity", "pay_floor", "pay_currency", "last_active_at")  # fmt: skip
    copy(CandidateProfile, ("id", "user", "pseudonym", *changing),
         ((row.pk, row.user_id, row.pseudonym, *(getattr(row, each) for each in changing)) for row in rows),
         searchable_since=now, indexed_at=now)  # fmt: skip
    copy(CandidateLanguage, ("profile", "language", "level"),
         ((row.pk, language, level) for row in rows for language, level in row.spoken.items()))  # fmt: skip
    write_index([row for row in rows if row.is_searchable])


def write_index(rows: list[CandidateProfile]) -> None:
    facts = {row.pk: tokens_of(row) for row in rows}
    numbers = numbers_of(set().union(*facts.values()))
    columns = ("tokens", "proofs", "hours", "steady", "active_at")

    def entries() -> Iterator[tuple[Any, ...]]:
        for row in rows:
            entry = entry_of(row, facts[row.pk], numbers)
            yield row.pk, *(entry[name] for name in columns)

    copy(SearchEntry, ("profile", *columns), entries(), is_listed=True, changed=1)


def employers() -> list[Employer]:
    open_countries()
    rows = Employer.objects.bulk_create(
        Employer(name=f"Pont Data {number}", slug=f"million-{number}", country="SN", vetting=Vetting.VETTED,
                 vetted_at=timezone.now())
        for number in range(EMPLOYERS)
    )  # fmt: skip
    users = User.objects.bulk_create(
        User(username=f"million-employer-{number}", username_key=f"million-employer-{number}", role=Role.EMPLOYER,
             full_name="Claire Morel", password="!", language="fr")
        for number in range(10)
    )  # fmt: skip
    EmployerContact.objects.bulk_create(
        EmployerContact(employer=employer, user=user, is_owner=True)
        for employer, user in zip(rows, users, strict=False)
    )
    return rows


def opportunities(count: int, seed: int, owners: Sequence[Employer], proving: Sequence[Proving]) -> list[int]:
    """All of them open, told to nobody anew: each asks for what some course proves. Their keys."""
    dice, first, now = random.Random(seed + 1), first_key(Opportunity), timezone.now()
    rows, skills, languages = [], [], []
    for pk in range(first, first + count):
        home, course = dice.choice(HOMES), dice.choice(proving)
        place = dice.choice(PLACES)
        where = ("", "") if place == "remote" else (home.country, dice.choice(home.regions))
        needs = dice.sample(course.skills, min(len(course.skills), dice.choice((1, 1, 2))))
        skills += [(pk, skill, dice.randint(1, 3), at == 0) for at, (skill, _code, _names, _level) in enumerate(needs)]
        languages += [(pk, "fr", dice.choice((2, 3, 4)))]
        if dice.random() < 0.15:
            languages += [(pk, "en", dice.choice((2, 3, 4)))]
        rows.append(
            (pk, dice.choice(owners).pk, place, *where, dice.choice((10, 20, 20, 30, 40)), dice.randint(1, 5),
             dice.choice([[], [], ["computer"], ["headset"]]), dice.choice((1, 2, 3)), home.currency, home.pay,
             now - timedelta(minutes=dice.randrange(400_000)))
        )  # fmt: skip
    copy(Opportunity, ("id", "employer", "place", "country", "region", "hours_per_week", "positions", "equipment",
                       "connectivity", "pay_currency", "pay_min", "created_at"), rows,
         kind="job", titles={"fr": "Saisie de factures", "en": "Invoice entry"}, state=OpportunityState.OPEN,
         proposed_at=now)  # fmt: skip
    copy(OpportunitySkill, ("opportunity", "skill", "level", "essential"), skills)
    copy(OpportunityLanguage, ("opportunity", "language", "level"), languages)
    return [row[0] for row in rows]


def history(people_keys: range, opportunity_keys: Sequence[int], count: int, seed: int) -> None:
    """Old proposals and what became of them."""
    dice, now = random.Random(seed + 2), timezone.now()
    pairs = {(dice.choice(people_keys), dice.choice(opportunity_keys)) for _row in range(count)}

    def rows() -> Iterator[tuple[Any, ...]]:
        for profile, opportunity in sorted(pairs):
            made, state = now - timedelta(minutes=dice.randrange(1_000_000)), dice.choice(PAST)
            sent = None if state == ReferralState.EXPIRED else made + timedelta(days=1)
            answered = None if sent is None or state == ReferralState.FORWARDED else made + timedelta(days=4)
            yield opportunity, profile, state, made, made + timedelta(days=7), sent, answered, dice.randint(40, 99)

    copy(Referral, ("opportunity", "profile", "state", "created_at", "expires_at", "forwarded_at", "answered_at",
                    "score"), rows(), reasons=[])  # fmt: skip


def fill(count: int, openings: int, seed: int = 2026) -> dict[str, int]:
    """Everything; how many rows there are of what."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # foreign keys are right: they need no second look
    proving, owners = courses(), employers()
    first = first_key(CandidateProfile)
    for made in people(count, seed, proving):
        write_people(made)
    keys = opportunities(openings, seed, owners, proving)
    history(range(first, first + count), keys, count // 2, seed)
    counters_on(User, Enrolment, Certificate, CandidateProfile, Opportunity)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")
    return {
        "people": CandidateProfile.objects.count(), "certificates": Certificate.objects.count(),
        "opportunities": Opportunity.objects.count(), "referrals": Referral.objects.count(),
        "skills": Skill.objects.count(), "courses": Course.objects.count(),
    }  # fmt: skip
