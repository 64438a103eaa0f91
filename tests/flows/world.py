"""A small complete world, made through the real services: one of everything, and a second of whatever can be another's.

The attribute names are the words of ``table.py``: ``course``, ``attempt``, ``other_learner`` ...
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from assessments.models import Allowance, Assessment, Attempt, Question, QuestionBank
from assessments.services import start, submit
from certificates import services as certificates
from certificates.models import Certificate
from cms.services import ensure_site
from courses import join_codes
from courses.enums import CourseRoleKind
from courses.models import Cohort, Course, Enrolment, LearnerNote, LessonPage, NoteWording, Skill
from courses.roles import give_role
from courses.services import enrol, mark_step_done
from lms.accounts import cards, phones
from lms.accounts.enums import Role
from lms.accounts.models import ImportRun, OutboundMessage, User
from placement.choices import COUNTRIES
from placement.enums import SHARED_FIELDS, Vetting
from placement.enums import ReferralState as S
from placement.models import (
    CandidateProfile,
    Case,
    Employer,
    EmployerContact,
    Interview,
    Invitation,
    Mission,
    MissionSeat,
    Opportunity,
    Outcome,
    PayFloor,
    PersonNote,
    PlacementCountry,
    Referral,
    Review,
    SavedSearch,
)
from placement.regions import region_choices
from placement.services import answers, cases, colleagues, follow_up, interviews, link_secrets, profiles, referrals
from tests.assessments.helpers import answer_all
from tests.factories.assessments import SPECS, assessment_page, make_assessment, make_in_both_languages
from tests.factories.courses import BOTH, lesson_page, make_cohort, make_course
from tests.factories.people import make_user
from tests.factories.placement import (
    WHOLE,
    code_name,
    make_employer,
    make_mission,
    make_opportunity,
    make_referral,
    offer_work,
    open_country,
    sent_before,
)
from tests.factories.runs import check_import, import_learners

ROLES = {
    "anonymous": None,
    "learner": "learner",
    "other learner": "other_learner",
    "trainer": "trainer",
    "other trainer": "other_trainer",
    "employer": "employer_user",
    "other employer": "other_employer_user",
    "unvetted": "unvetted_user",
    "manager": "manager",
    "admin": "admin",
    "author": "author",
}  # as the columns of the table are called -> the person's attribute


TITLES = {"fr": "Relecture de textes", "en": "Proofreading"}
SAME_WORDS = {
    "administration", "anglais", "ar", "code", "date", "digcomp", "english", "fcfa", "français", "gh", "kb", "km", "ko",
    "mail", "message", "messages", "min", "mission", "organisation", "page", "pages", "passerelle", "pdf", "pin",
    "places", "programme", "qr", "question", "questions", "saisir", "smartphone", "sms", "xaf", "xof",
}  # fmt: skip


@dataclass
class World:
    """See ``build``. ``secrets`` are words that no log line may hold."""

    learner: User
    other_learner: User
    trainer: User
    other_trainer: User
    employer_user: User
    other_employer_user: User
    unvetted_user: User
    unvetted_employer: Employer
    manager: User
    admin: User
    author: User  # writes both courses and helps to lead the trainer's group; has no right to all courses
    newcomer: User  # has a card and has never signed in
    course: Course  # finished by the learner
    closed_course: Course  # for groups only; the learner's group takes it, the other learner's does not
    lesson: LessonPage
    skill: Skill
    enrolment: Enrolment
    assessment: Assessment  # every type of question; its page has the slug ``evaluation``
    question: Question
    bank: QuestionBank
    attempt: Attempt  # the learner's, passed
    open_attempt: Attempt  # the learner's, on the closed course
    allowance: Allowance  # the learner's, unused
    learner_note: LearnerNote  # the trainer's about the learner, corrected once
    certificate: Certificate
    profile: CandidateProfile  # the learner's, to be found by employers
    employer: Employer
    contact: EmployerContact  # the employer's
    other_employer: Employer
    opportunity: Opportunity  # the employer's, open
    draft: Opportunity  # the employer's, not open
    other_opportunity: Opportunity  # the other employer's, open
    review: Review  # of an opportunity of the employer's that waits
    case: Case  # about the employer, which the learner reported
    pay_floor: PayFloor
    placement_country: PlacementCountry
    saved_search: SavedSearch  # of the employer
    mission: Mission  # of the employer, whose only seat is the hired one's
    invitation: Invitation  # of the employer to a colleague
    join_secret: str  # of its link
    note: PersonNote  # of the employer on the learner
    referral: Referral  # the learner's, sent to the employer
    proposal: Referral  # the learner's, to the other employer: they have not answered
    outcome: Outcome  # of a person hired by the employer, waiting for the learner's answer
    hired: Referral  # the learner's, at work with the employer
    reply: str  # the one-click secret of the referral
    hired_reply: str  # the one of the hired
    outcome_reply: str  # the one-click secret of the question whether the hired one still works there
    cohort: Cohort  # the trainer's, with the learner
    other_cohort: Cohort  # the other trainer's, with the other learner
    news: OutboundMessage  # to the learner
    card: cards.PrintedCard  # the newcomer's
    ready: ImportRun  # the trainer's list, not imported yet
    imported: ImportRun  # the trainer's list, imported, with a row to fix

    def person(self, role: str) -> User | None:
        attribute = ROLES[role]
        return getattr(self, attribute) if attribute else None

    def client(self, role: str, **kwargs: Any) -> Client:
        """A browser in which that person has signed in."""
        client, person = Client(**kwargs), self.person(role)
        if person is not None:
            client.force_login(person)
        return client

    def speak(self, language: str) -> None:
        """Everybody has chosen this language."""
        User.objects.update(language=language)

    def knows(self, text: str) -> bool:
        """Is it a name, a number or a word that is the same in French and in English?"""
        words = re.findall(r"[^\W\d_]{2,}", text)
        return all(word.lower() in self.vocabulary for word in words)

    @cached_property
    def vocabulary(self) -> set[str]:
        people = [getattr(self, attribute) for attribute in ROLES.values() if attribute] + [self.newcomer]
        texts = [f"{person.full_name} {person.username}" for person in people]
        texts += [
            self.certificate.printed_code,
            self.certificate.code,
            self.saved_search.name,
            self.cohort.name,
            self.note.text,
            *self.certificate.skills.values_list("name", flat=True),
            *(name for _code, name in region_choices("SN")),
            self.certificate.title,
            self.course.code,
            self.closed_course.code,
        ]
        texts += [name for _code, name in phones.country_choices()] + [str(name) for _code, name in COUNTRIES]
        texts += [person.email for person in people] + ["Petit et fils", "On me demande 5 000 F."]
        texts += ["Exact. Relisez la leçon. oui non"]  # the self-check of a lesson of the factories, in any language
        texts += [self.employer.name, self.other_employer.name, self.code_name, self.other_code_name]
        texts += [self.invitation.email, self.placement_country.authority, self.placement_country.contact_name]
        return {word.lower() for text in texts for word in re.findall(r"[^\W\d_]{2,}", text)} | SAME_WORDS

    @property
    def code_name(self) -> str:
        """What the employer calls the learner."""
        return code_name(self.profile, self.employer)

    @property
    def other_code_name(self) -> str:
        return code_name(self.profile, self.other_employer)

    def get(self, path: str) -> Any:
        """``course.code`` -> the course's code; what names no attribute stands for itself."""
        first, *rest = path.split(".")
        if not hasattr(self, first):
            return path
        value: Any = getattr(self, first)
        for name in rest:
            value = getattr(value, name)
        return value


def people() -> dict[str, User]:
    def employer(name: str, full_name: str) -> User:
        return make_user(name, Role.EMPLOYER, full_name=full_name, email=f"{name}@example.org")

    return {
        "learner": make_user("awa", full_name="Awa Ndiaye", phone="+221770000001", email="awa@example.org"),
        "other_learner": make_user("ines", full_name="Inès Koffi", phone="+221770000002"),
        "trainer": make_user("moussa", Role.TRAINER, full_name="Moussa Ba"),
        "other_trainer": make_user("rokhaya", Role.TRAINER, full_name="Rokhaya Sow"),
        "employer_user": employer("claire", "Claire Morel"),
        "other_employer_user": employer("yann", "Yann Kerbrat"),
        "unvetted_user": employer("louis", "Louis Petit"),
        "manager": make_user("fatou", Role.MANAGER, full_name="Fatou Sarr", email="fatou@example.org"),
        "admin": make_user("admin", Role.MANAGER, full_name="Paul Admin", is_superuser=True, is_staff=True),
        "author": make_user("nafi", Role.TRAINER, all_courses=False, full_name="Nafi Diouf"),
        "newcomer": make_user("bineta", full_name="Bineta Cissé", phone="+221770000003", must_change_pin=True),
    }


def imports(trainer: User) -> dict[str, Any]:
    ready = check_import("nom;telephone\nSeynabou Diop;\nX1;12\n", trainer)
    return {"ready": ready, "imported": import_learners("nom;telephone\nKhady Gueye;\nX1;12\n", trainer)}


def talk_of(referral: Referral, learner: User, contact: User) -> None:
    """An interview that took place a month ago."""
    day = timezone.now() + timedelta(days=2)
    interview = interviews.propose(referral=referral, starts=[day], minutes=30, how="phone", actor=contact)
    interviews.choose(interview=interview, slot=interview.slots.get().pk, user=learner)
    Interview.objects.filter(pk=interview.pk).update(starts_at=day - timedelta(days=45))


def mission_of(hired: Referral) -> Mission:
    """A team of one: what the hired one does is a line of it."""
    mission = make_mission(hired.opportunity, people=1, titles=TITLES)
    MissionSeat.objects.filter(line__mission=mission).update(referral=hired, since=hired.forwarded_at)
    return mission


def placements(crowd: dict[str, User]) -> dict[str, Any]:
    """Employers and opportunities, and the learner on the way into three of them."""
    learner = crowd["learner"]
    employer = make_employer("Pont Data", user=crowd["employer_user"])
    other = make_employer("Kerbrat Services", user=crowd["other_employer_user"])
    unvetted = make_employer("Petit et fils", user=crowd["unvetted_user"], vetting=Vetting.WAITING)
    open_country()
    profile = profiles.ensure_profile(user=learner)
    profile = profiles.update_profile(
        profile=profile, languages={"fr": 4}, is_searchable=True, **{**WHOLE, "hours_per_week": 20}
    )
    invitation = colleagues.invite(employer=employer, address="lea.sow@example.org", by=crowd["employer_user"])
    opportunity, hired_for = make_opportunity(employer), make_opportunity(employer, titles=TITLES, kind="mission")
    hired = make_referral(profile, hired_for, state=S.FORWARDED, fields=SHARED_FIELDS)
    talk_of(hired, learner, crowd["employer_user"])
    hired.refresh_from_db()
    offer_work(hired, actor=crowd["employer_user"])
    hired.refresh_from_db()
    referrals.accept_offer(referral=hired, user=learner)
    hired.refresh_from_db()
    sent_before(hired, days=40)
    day = timezone.localdate() - timedelta(days=40)
    rows = answers.mark_started(referral=hired, on=day, actor=crowd["employer_user"])
    assert follow_up.ask(outcome_id=rows[1].pk, now=timezone.now())
    rows[1].refresh_from_db()
    referral = make_referral(profile, opportunity, state=S.FORWARDED, fields=SHARED_FIELDS)
    other_opportunity = make_opportunity(other)
    return {
        "profile": profile,
        "employer": employer,
        "contact": employer.contacts.get(),
        "other_employer": other,
        "opportunity": opportunity,
        "draft": make_opportunity(employer, state="draft", titles=TITLES),
        "other_opportunity": other_opportunity,
        "review": Review.objects.create(
            subject="new", opportunity=make_opportunity(employer, state="waiting", titles=TITLES)
        ),
        "unvetted_employer": unvetted,
        "case": cases.report(referral=referral, user=learner, text="On me demande 5 000 F.").case,
        "pay_floor": PayFloor.objects.first(),
        "placement_country": PlacementCountry.objects.first(),
        "saved_search": SavedSearch.objects.create(
            contact=employer.contacts.get(), name="Relecteurs", query="country=SN"
        ),
        "mission": mission_of(hired),
        "invitation": invitation,
        "join_secret": colleagues.secret_of(invitation),
        "note": PersonNote.objects.create(
            employer=employer, profile=profile, author=crowd["employer_user"], text="Soigneuse."
        ),
        "referral": referral,
        "proposal": make_referral(profile, other_opportunity),
        "outcome": rows[1],
        "hired": hired,
        "reply": link_secrets.of_contact(referral, employer.contacts.get()),
        "hired_reply": link_secrets.of_contact(hired, employer.contacts.get()),
        "outcome_reply": link_secrets.of_contact(rows[1], employer.contacts.get()),
    }


def passed_attempt(enrolment: Enrolment, assessment: Assessment) -> Attempt:
    attempt = start(enrolment=enrolment, page=assessment_page(assessment), language="fr")
    answer_all(enrolment.user, attempt)
    return submit(attempt=attempt)


def noted_about(learner: User, author: User) -> LearnerNote:
    note = LearnerNote.objects.create(learner=learner, author=author, key=uuid4(), text="Reprend vendredi.")
    NoteWording.objects.create(note=note, text="Reprend jeudi.", at=note.written_at)
    LearnerNote.objects.filter(pk=note.pk).update(changed_at=note.written_at)
    return note


def build() -> World:
    ensure_site()
    crowd = people()
    learner, other_learner = crowd["learner"], crowd["other_learner"]
    course = make_course(languages=BOTH)
    closed = make_course(
        "annotation", is_open=False, languages=BOTH, skills=(("dw.image-annotation", 1),),
        titles={"fr": "Annotation d’images", "en": "Image annotation"},
    )  # fmt: skip
    cohort = make_cohort(
        learner,
        crowd["newcomer"],
        trainers=(crowd["trainer"], crowd["author"]),
        courses=(course, closed),
        name="Groupe A",
    )
    other_cohort = make_cohort(other_learner, trainers=(crowd["other_trainer"],), courses=(course,), name="Groupe B")
    join_codes.open_code(cohort=cohort, by=crowd["trainer"], days=14, places=30)
    for written in (course, closed):
        give_role(course=written, user=crowd["author"], role=CourseRoleKind.AUTHOR, by=None)
    questions = [make_in_both_languages(kind, code=f"q-{kind}")[0] for kind in SPECS]
    assessment = make_assessment(course, questions=questions, pass_mark=60, show_answers="submitted")
    QuestionBank.objects.filter(pk=questions[0].bank_id).update(course=course)
    closed_assessment = make_assessment(closed, code="annotation", questions=questions)
    Assessment.objects.filter(pk=assessment.pk).update(course=course)
    Assessment.objects.filter(pk=closed_assessment.pk).update(course=closed)
    enrolment = enrol(user=learner, course=course)
    attempt = passed_attempt(enrolment, assessment)
    for number in (1, 2):
        key = lesson_page(course, number).translation_key
        mark_step_done(enrolment=enrolment, step_key=key, kind="lesson")
    enrolment.refresh_from_db()
    certificate = certificates.issue(enrolment_id=enrolment.pk)
    assert certificate is not None
    assert certificates.generate_pdf(certificate_id=certificate.pk)
    certificate.refresh_from_db()
    return World(
        **crowd,
        course=course,
        closed_course=closed,
        lesson=lesson_page(course),
        skill=Skill.objects.get(code="dw.data-entry"),
        enrolment=enrolment,
        assessment=assessment,
        question=questions[0],
        bank=questions[0].bank,
        attempt=attempt,
        open_attempt=start(
            enrolment=enrol(user=learner, course=closed), page=assessment_page(closed_assessment), language="fr"
        ),
        allowance=Allowance.objects.create(
            enrolment=enrolment,
            assessment=assessment,
            kind="time",
            minutes=5,
            reason="Coupure de courant",
            key=uuid4(),
            by=crowd["trainer"],
        ),
        learner_note=noted_about(learner, crowd["trainer"]),
        certificate=certificate,
        **placements(crowd),
        cohort=cohort,
        other_cohort=other_cohort,
        news=OutboundMessage.objects.filter(user=learner, channel="app").latest("created_at"),
        card=cards.issue(users=[crowd["newcomer"]], by=crowd["trainer"])[0],
        **imports(crowd["trainer"]),
    )
