"""The five accounts named by role, and invented candidates with real certificate rows."""

import random
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from assessments.enums import Purpose
from assessments.models import Assessment
from certificates.codes import ALPHABET, _check_character
from certificates.models import Certificate, CertificateSkill, SkillEvidence
from courses.enums import Level
from courses.loading.skills import load_skills
from courses.models import Course, CourseSkill, Enrolment, Skill
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.services import set_role
from lms.lib.leases import MAX_TRIES
from lms.lib.moments import site_day
from lms.lib.translated import pick
from placement.code_name_words import NAMES
from placement.demo.invented_names import HOMES, Home
from placement.enums import Cefr, Equipment
from placement.evidence import with_evidence
from placement.filters import tokens_of
from placement.models import CandidateLanguage, CandidateProfile, SearchEntry
from placement.models.search_index import Stamp
from placement.regions import listed
from placement.services.indexing import entry_of, numbers_of

PASSWORD = "passerelle-demo"  # noqa: S105  (public on purpose: doctor says so, and production refuses it)
ADDRESS = "%s@example.org"  # a reserved domain: nobody reads it; `make run` keeps its e-mails in DATA_DIR/mail
SEED = 2026
ACCOUNTS = (
    ("learner", "Awa Ndiaye", Role.LEARNER),
    ("trainer", "Moussa Ba", Role.TRAINER),
    ("employer", "Claire Morel", Role.EMPLOYER),
    ("manager", "Fatou Sarr", Role.MANAGER),
    ("admin", "Admin Passerelle", Role.MANAGER),
)
# Courses whose certificates the invented people hold: code, titles, hours, level, skills. The first two are real ones.
PROOFS = (
    ("premiers-pas", {"fr": "Premiers pas dans le travail numérique", "en": "First steps in digital work"}, "1.5", 1,
     {"dw.remote-work": 1, "digcomp.2.1": 1, "digcomp.4.1": 1}),
    ("saisie-qualite", {"fr": "Saisie et qualité des données", "en": "Data entry and data quality"}, "1.5", 2,
     {"dw.data-entry": 2, "dw.data-quality": 2, "dw.spreadsheet": 1}),
    ("exemple-saisie-3", {"fr": "Saisie confirmée et contrôle", "en": "Advanced data entry and control"}, 6, 3,
     {"dw.data-entry": 3, "dw.data-quality": 3}),
    ("exemple-transcription", {"fr": "Transcription audio", "en": "Audio transcription"}, 5, 2,
     {"dw.transcription": 2, "dw.typing": 2}),
    ("exemple-annotation", {"fr": "Annotation d’images", "en": "Image annotation"}, 5, 2, {"dw.image-annotation": 2}),
    ("exemple-relation-client", {"fr": "Relation client par messagerie", "en": "Customer support by chat"}, 6, 2,
     {"dw.customer-chat": 2, "digcomp.2.1": 2}),
    ("exemple-moderation", {"fr": "Modération de contenus", "en": "Content moderation"}, 5, 2,
     {"dw.content-moderation": 2}),
    ("exemple-tableur", {"fr": "Tableur utile", "en": "Useful spreadsheets"}, 4, 2, {"dw.spreadsheet": 2}),
)  # fmt: skip


@transaction.atomic
def make_accounts() -> dict[str, User]:
    """The accounts of the README, one a role; found again on the next call."""
    made = {}
    for username, name, role in ACCOUNTS:
        user = User.objects.filter(username=username).first()
        if user is None:
            user = User(username=username, full_name=name, is_demo=True, country="SN")
            user.email = ADDRESS % username if role == Role.EMPLOYER else ""
            user.set_password(PASSWORD)
            user.is_superuser = user.is_staff = username == "admin"
            user.save()
            if role != Role.LEARNER:
                set_role(user=user, role=role)
        made[username] = user
    return made


@transaction.atomic
def make_candidates(count: int = 300) -> int:
    """Invented people with certificates, profiles and their rows of the index, always the same. How many are new."""
    if User.objects.filter(is_demo=True, username__startswith="demo-").exists():
        return 0
    dice = random.Random(SEED)  # noqa: S311  (invented people, no secret)
    courses = proof_courses()
    users = User.objects.bulk_create(invent(dice, number) for number in range(1, count + 1))
    certify(dice, users, courses)
    profiles = make_profiles(dice, users)
    index(profiles)
    return len(users)


def proof_courses() -> list[Course]:
    """Rows of the courses named in ``PROOFS``; those that are not loaded have no page and appear in no catalogue."""
    load_skills()
    skills = {skill.code: skill for skill in Skill.objects.all()}
    rows = []
    for code, titles, hours, level, proven in PROOFS:
        defaults = {
            "titles": titles,
            "hours": hours,
            "level": level,
            "is_open": False,
            "is_demo": True,
            "position": 900,
        }
        course, is_new = Course.objects.get_or_create(code=code, defaults=defaults)
        if is_new:
            CourseSkill.objects.bulk_create(
                CourseSkill(course=course, skill=skills[name], level=Level(step)) for name, step in proven.items()
            )
        rows.append(course)
    return rows


def home_of(number: int) -> Home:
    """Homes by their shares, spread evenly over the numbers."""
    place = (number * 37) % 100
    for home in HOMES:
        if place < home.share:
            return home
        place -= home.share
    return HOMES[0]


def invent(dice: random.Random, number: int) -> User:
    home = home_of(number)
    given = dice.choice(home.women if dice.random() < 0.7 else home.men)
    return User(
        username=f"demo-{number:03d}", full_name=f"{given} {dice.choice(home.family)}", country=home.country,
        language="fr", password=make_password(None), is_demo=True,
    )  # fmt: skip


def demo_code(dice: random.Random) -> str:
    body = "".join(dice.choice(ALPHABET) for _sign in range(15))
    return body + _check_character(body)


def certify(dice: random.Random, users: list[User], courses: list[Course]) -> list[Certificate]:
    """One to four certificates each, the first ones most often. Their PDF is never asked for."""
    now = timezone.now()
    pairs: list[tuple[User, Course, datetime]] = []
    for user in users:
        picked = {0} if dice.random() < 0.75 else set()
        picked |= {dice.choice((1, 1, 1, 2, 3, 4, 5, 6, 7)) for _more in range(dice.choice((1, 1, 2, 2, 3)))}
        pairs += [(user, courses[place], now - timedelta(hours=dice.randint(72, 11_500))) for place in sorted(picked)]
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(user=user, course=course, started_at=on - timedelta(days=20), last_active_at=on, completed_at=on)
        for user, course, on in pairs
    )
    certificates = Certificate.objects.bulk_create(
        Certificate(
            enrolment=enrolment, user=user, course=course, code=demo_code(dice), language="fr",
            holder_name=user.full_name, title=pick(course.titles, "fr"), hours=Decimal(str(course.hours)),
            issuer_name=settings.ISSUER_NAME, issued_at=on, tries=MAX_TRIES, notified_at=on, examined_at=on,
        )
        for enrolment, (user, course, on) in zip(enrolments, pairs, strict=True)
    )  # fmt: skip
    proven = {course.pk: list(course.skills.select_related("skill")) for course in courses}
    skills = CertificateSkill.objects.bulk_create(
        CertificateSkill(certificate=row, skill=proof.skill, level=proof.level, name=pick(proof.skill.names, "fr"),
                         level_words=proof.skill.words_at(proof.level, "fr"))
        for row in certificates
        for proof in proven[row.course_id]
    )  # fmt: skip
    give_evidence(dice, skills)
    return certificates


def give_evidence(dice: random.Random, skills: list[CertificateSkill]) -> None:
    """Results in the assessments of courses that have some; of invented courses no detail is known."""
    exams: dict[int | None, Assessment] = {}
    for assessment in Assessment.objects.filter(purpose=Purpose.CERTIFYING, course__isnull=False).order_by("pk"):
        exams.setdefault(assessment.course_id, assessment)
    SkillEvidence.objects.bulk_create(
        SkillEvidence(proves=row, assessment=exam, kind=exam.evidence, questions=3, band=dice.choice((60, 70, 80, 90)),
                      tested_on=site_day(row.certificate.issued_at))
        for row in skills
        if (exam := exams.get(row.certificate.course_id))
    )  # fmt: skip
    Certificate.objects.filter(pk__in={row.certificate_id for row in skills}, course__in=exams).update(has_detail=True)


def make_profiles(dice: random.Random, users: list[User]) -> list[CandidateProfile]:
    """What each of them offers; nine in ten may be found."""
    now = timezone.now()
    taken = set(CandidateProfile.objects.values_list("pseudonym", flat=True))
    rows, languages = [], []
    for number, user in enumerate(users, start=1):
        home = home_of(number)
        name = next(n for n in iter(lambda: f"{dice.choice(NAMES)}-{dice.randint(100, 9999)}", "") if n not in taken)
        taken.add(name)
        things = [Equipment.PHONE, *(t for t, odds in MORE_THINGS if dice.random() < odds)]
        profile = CandidateProfile(
            user=user, pseudonym=name, is_searchable=dice.random() < 0.9, searchable_since=now, country=home.country,
            region=listed(home.country, dice.choice(home.regions)),
            hours_per_week=dice.choice((10, 15, 20, 20, 25, 30, 35, 40)),
            works_remote=dice.random() < 0.95, works_on_site=dice.random() < 0.7, equipment=things,
            connectivity=dice.choice((1, 2, 2, 3, 3, 3, 4)), pay_floor=home.pay, pay_currency=home.currency,
            last_active_at=now - timedelta(days=dice.randint(0, 120), minutes=dice.randint(0, 1400)), indexed_at=now,
        )  # fmt: skip
        rows.append(profile)
        spoken = {"fr": dice.choice((3, 4, 4, 5, 5, 6)), dice.choice(home.local): Cefr.C2}
        spoken |= {"en": dice.choice((1, 2, 2, 3, 4))} if dice.random() < 0.45 else {}
        languages.append(spoken)
    made = CandidateProfile.objects.bulk_create(rows)
    CandidateLanguage.objects.bulk_create(
        CandidateLanguage(profile=profile, language=language, level=level)
        for profile, spoken in zip(made, languages, strict=True)
        for language, level in spoken.items()
    )
    return made


MORE_THINGS = (
    (Equipment.COMPUTER, 0.4), (Equipment.SHARED, 0.5), (Equipment.HEADSET, 0.35), (Equipment.POWER, 0.15)
)  # fmt: skip


def index(profiles: list[CandidateProfile]) -> None:
    fresh = with_evidence(CandidateProfile.objects.filter(pk__in=[p.pk for p in profiles], is_searchable=True))
    facts = {row.pk: tokens_of(row) for row in fresh}
    numbers = numbers_of(set().union(*facts.values()))
    SearchEntry.objects.bulk_create(
        SearchEntry(profile=row, **entry_of(row, facts[row.pk], numbers), changed=Stamp())
        for row in fresh
        if facts[row.pk]
    )
