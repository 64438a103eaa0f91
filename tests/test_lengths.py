"""Texts that are copied fit where they are copied to: a title of any length that a page takes never stops a sweep."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from assessments.grading import GRADER_VERSION
from assessments.services.grades import LONGEST_REASON
from certificates import checks, services
from certificates.codes import new_code
from certificates.models import Certificate
from courses import join_codes
from courses.models import Course, CoursePage, CourseSkill, Skill
from courses.services import mark_step_done
from lms.accounts import identity, messages
from lms.accounts.enums import Role
from lms.accounts.models import OutboundMessage
from lms.accounts.sign_ins import BROWSERS, SYSTEMS
from lms.lib import election, sweeps
from lms.lib.translated import LONGEST_LINE, TranslatedField
from placement.enums import ActorKind, ReferralState
from placement.matching import region_key
from placement.models import Employer
from placement.services import answers, follow_up, proposals, referrals, sending
from placement.services import thread_rules as threads
from tests.factories.courses import BOTH, make_course, make_enrolment, make_skill, step_keys
from tests.factories.people import make_user
from tests.factories.placement import make_candidate, make_opportunity, offer_work, sent_before
from tests.imports import ROOT

COPIES = {
    "certificates.Certificate.title": ("courses.CoursePage.title", "courses.Course.titles"),
    "certificates.Certificate.holder_name": ("accounts.User.full_name", "accounts.User.username"),
    "certificates.Certificate.language": ("courses.Enrolment.language",),
    "certificates.CertificateSkill.name": ("courses.Skill.names",),
    "accounts.OutboundMessage.address": (
        "accounts.User.email", "accounts.User.phone", "placement.Employer.contact_email",
        "placement.Invitation.email",
    ),
    "accounts.OutboundMessage.language": ("accounts.User.language",),
    "courses.Enrolment.language": ("accounts.User.language",),
}  # fmt: skip
"""Field -> the fields whose text is written into it."""

OWN = {
    "certificates.Certificate": {"last_error", "code", "score_band", "revoked_reason", "pdf", "pdf_sha256",
                                 "issuer_name", "issuer_place", "signatory_name", "signatory_title"},
    "certificates.CertificateSkill": set(),
    "accounts.OutboundMessage": {"last_error", "key", "kind", "subject", "link", "stopped", "provider", "provider_id",
                                 "cost_currency", "channel"},
}  # fmt: skip
"""Models that freeze or carry the words of others -> their texts that are no copy. The issuer's come from settings
(``certificates.checks.words_fit``); subjects are sentences, which the long journey below holds to their length."""


def field(path: str) -> models.Field:
    app, model, name = path.split(".")
    return apps.get_model(app, model)._meta.get_field(name)


def longest(path: str) -> int:
    one = field(path)
    if isinstance(one, TranslatedField):
        assert one.lines == 1, path
        return LONGEST_LINE
    assert one.max_length, path
    return one.max_length


@pytest.mark.parametrize("target", COPIES)
def test_a_copy_has_room_for_its_sources(target):
    for source in COPIES[target]:
        assert longest(target) >= longest(source), source


@pytest.mark.parametrize("label", OWN)
def test_every_text_of_a_model_of_copies_is_known(label):
    """A new one: is it a copy? Then a line of COPIES, else a name in OWN."""
    texts = {each.name for each in texts_of(apps.get_model(label))}
    copied = {path.rpartition(".")[2] for path in COPIES if path.rpartition(".")[0] == label}
    assert texts - copied - OWN[label] == set()


def texts_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    kinds = models.CharField | models.FileField
    return [each for each in model._meta.local_concrete_fields if isinstance(each, kinds) and not each.choices]


TYPED = {
    "accounts.ActOnBehalf": {"reason"},
    "accounts.User": {"username", "full_name", "phone_typed", "email", "country", "time_zone", "language", "phone"},
    "cms.CentreContact": {"name", "whatsapp", "phone"}, "cms.HomePage": {"intro"}, "cms.PlainPage": {"intro"},
    "courses.Skill": {"code", "esco_uri"}, "courses.Course": {"code"},
    "courses.Cohort": {"name", "place", "contact_whatsapp", "contact_phone"},
    "courses.CoursePage": {"summary", "audience"},
    "courses.LessonPage": {"summary"}, "assessments.QuestionBank": {"code"}, "assessments.Assessment": {"code"},
    "assessments.Correction": {"reason"}, "assessments.Allowance": {"reason"}, "assessments.RegradeRun": {"reason"},
    "assessments.Question": {"code", "title", "image_alt"},
    "placement.Employer": {"name", "country", "town", "website", "registration", "contact_name", "contact_email"},
    "placement.EmployerContact": {"job_title"}, "placement.Invitation": {"email"},
    "placement.Opportunity": {"country", "region", "pay_currency"},
    "placement.OpportunityLanguage": {"language"}, "placement.CandidateLanguage": {"language"},
    "placement.CandidateProfile": {"country", "region", "pay_currency"}, "placement.Interview": {"where"},
    "placement.SavedSearch": {"name", "query"}, "placement.PayFloor": {"country", "currency", "source"},
    "placement.PlacementCountry": {"country", "authority", "law", "filing", "contact_name", "contact_email"},
    "placement.Offer": {"currency", "where"},
    "placement.Mission": {"country", "region", "currency"}, "placement.MissionLine": {"unit"},
}  # fmt: skip
"""Texts that somebody types or a file brings: their form or reader holds them to their length. ``tests/flows/
test_longest.py`` makes each of them as long as it may be and runs every sweep."""

UUID_LENGTH, HASH_LENGTH = 36, 64
LABELS = [model._meta.label for model in apps.get_models()]
CODES = [code for code, _name in settings.LANGUAGES]
WORST = "\ufdfa" * 120  # a letter that is eighteen when it is compared


def arguments(*names: str) -> list[str]:
    """What the code gives these arguments as plain text: ``record(verb="suspend-employer")``."""
    found = re.compile(rf"\b(?:{'|'.join(names)})=\"([\w.-]+)\"")
    folders = ("lms", "cms", "courses", "assessments", "certificates", "placement")
    return [text for app in folders for file in (ROOT / app).rglob("*.py") for text in found.findall(file.read_text())]


FORMED: dict[str, Callable[[], list[str]]] = {
    "house.CachedEntry.cache_key": lambda: [caches["shared"].make_key(f"guesses:{'x' * 64}:lock")],
    "house.SeenTime.reason": lambda: ["the clocks of this machine and of the database differ"],
    "house.Elected.office": lambda: ["beat"],
    "house.Elected.holder": lambda: [election.Candidate("beat").name, f"{'x' * 40} {2**22} {'x' * 8}"],
    "house.FailedRow.sweep": lambda: list(sweeps.SWEEPS),
    "house.FailedRow.key": lambda: ["x" * UUID_LENGTH],
    "accounts.User.name_key": lambda: [identity.name_key(WORST)],
    "accounts.User.username_key": lambda: [identity.username_key(WORST)],
    "accounts.MergedRow.model": lambda: LABELS,
    "accounts.MergedRow.key": lambda: ["x" * UUID_LENGTH],
    "accounts.RecoveryWords.words_hash": lambda: [PBKDF2PasswordHasher().encode("x" * 40, "y" * 22)],
    "accounts.RecoveryWords.language": lambda: [code for code, _name in settings.LANGUAGES],
    "accounts.SignIn.seal": lambda: ["x" * HASH_LENGTH],
    "accounts.SignIn.device": lambda: [f"{b}, {s}" for _mark, b in BROWSERS for _sign, s in SYSTEMS],
    "courses.Cohort.join_code": lambda: ["x" * join_codes.LENGTH],
    "accounts.SignInCard.secret_hash": lambda: ["x" * HASH_LENGTH],
    "accounts.AuditEvent.target": lambda: [f"{label}:{'x' * UUID_LENGTH}" for label in LABELS],
    "accounts.AuditEvent.verb": lambda: arguments("verb"),
    "accounts.AuditEvent.actor_role": lambda: Role.values,
    "accounts.OutboundMessage.kind": lambda: arguments("kind"),
    "accounts.MailCount.domain": lambda: ["x" * 253],  # RFC 1035
    "accounts.Heartbeat.name": lambda: ["beat", "worker:default@" + "x" * 64],
    "accounts.ImportRun.language": lambda: CODES,
    "accounts.DataExport.language": lambda: CODES,
    "placement.Consent.values_hash": lambda: ["x" * HASH_LENGTH],
    "assessments.RegradeRun.language": lambda: CODES,
    "courses.MessageRun.language": lambda: CODES,
    "assessments.QuestionImportRun.language": lambda: CODES,
    "assessments.Attempt.language": lambda: CODES,
    "assessments.Grade.grader_version": lambda: [GRADER_VERSION],
    "assessments.ItemMark.reason": lambda: ["x" * LONGEST_REASON],
    "courses.LoadedPart.language": lambda: CODES,
    "certificates.Certificate.code": lambda: [new_code()],
    "placement.SearchToken.token": lambda: [f"region:{region_key('x' * 80)}", f"skill:{'x' * 40}:4"],
    "placement.Referral.reply_hash": lambda: ["x" * HASH_LENGTH],
    "placement.Outcome.reply_hash": lambda: ["x" * HASH_LENGTH],
    "placement.Outcome.answered_by": lambda: ActorKind.values,
    "placement.OutcomeAnswer.by": lambda: ActorKind.values,
    "placement.ReferralEvent.by": lambda: ActorKind.values,
    "placement.Interview.key": lambda: ["x" * 40, uuid4().hex],
    "placement.Offer.key": lambda: ["x" * 40, uuid4().hex],
    "placement.ThreadMessage.by": lambda: ActorKind.values,
    "placement.ThreadMessage.key": lambda: [threads.key_of("x", "y")],
    "placement.ReferralEvent.before": lambda: ReferralState.values,
}
"""Texts that the code forms -> the longest that it forms."""

CUT = {
    "courses.LoadedPart.kind", "accounts.SmsCount.scope", "placement.Employer.slug", "placement.Consent.wording",
    "placement.CandidateProfile.pseudonym", "placement.CodeName.name", "placement.Referral.code_name",
    "accounts.ConsentRecord.wording", "accounts.ConsentRecord.purpose",
    "house.BackupRecord.file", "house.BackupRecord.error", "house.LibraryReport.error",
    "house.Alert.key", "house.Alert.host", "house.Alert.severity",
}  # fmt: skip
"""Formed as well, of few parts of known length: read where they are written."""


@pytest.mark.parametrize("path", FORMED)
def test_what_the_code_forms_has_room(path):
    assert max(len(text) for text in FORMED[path]()) <= longest(path)


def test_the_source_of_every_text_is_known():
    """A new column: typed (TYPED), formed by the code (FORMED, with its longest), or a copy (COPIES)."""
    unknown = []
    for model in apps.get_models():
        label = model._meta.label
        if label in OWN or model.__module__.partition(".")[0] not in OUR_APPS:
            continue
        for each in texts_of(model):
            path = f"{label}.{each.name}"
            is_known = path in COPIES or path in FORMED or path in CUT or each.name in TYPED.get(label, ())
            unknown += [] if is_known or each.name in SHARED else [path]
    assert unknown == []


OUR_APPS = {"lms", "cms", "courses", "assessments", "certificates", "placement"}
SHARED = {"last_error", "password"}  # cut by ``leases`` and ``sweeps``; Django's own


def test_a_line_in_several_languages_is_held_to_its_length():
    skill = Skill(code="x", names={"fr": "é" * LONGEST_LINE})
    Skill._meta.get_field("names").clean(skill.names, skill)
    with pytest.raises(ValidationError, match=str(LONGEST_LINE + 1)):
        Skill._meta.get_field("names").clean({"fr": "é" * (LONGEST_LINE + 1)}, skill)
    form = Skill._meta.get_field("names").formfield()
    with pytest.raises(ValidationError):
        form.clean(["é" * (LONGEST_LINE + 1), ""])


def test_the_words_of_the_issuer_are_checked(settings):
    assert checks.words_fit(None) == []
    settings.SIGNATORY_TITLE = "x" * 121
    assert [message.id for message in checks.words_fit(None)] == ["certificates.E001"]


def long_text(start: str, length: int) -> str:
    words = f"{start} de la saisie, du contrôle et de la qualité des données "
    return (words * (length // len(words) + 1))[: length - 1] + "s"


@pytest.mark.django_db
def test_the_longest_words_go_from_the_course_to_the_employers_mail(site):
    """Title, name, skill, employer and opportunity as long as their fields: nothing fails, and nothing is cut."""
    title, name = long_text("Cours", longest("courses.CoursePage.title")), long_text("Nirina", 120)
    course = make_course("long", lessons=1, languages=BOTH)
    for page in CoursePage.objects.filter(course=course):
        page.title = title
        page.save_revision().publish()
    skill = make_skill("dw.data-entry")
    Skill.objects.filter(pk=skill.pk).update(names={"fr": long_text("Pratique", LONGEST_LINE)})
    CourseSkill.objects.update_or_create(course=course, skill=skill, defaults={"level": 2})
    Course.objects.filter(pk=course.pk).update(titles={"fr": title, "en": title})
    user = make_user("nirina", full_name=name, email=f"{'n' * 60}@example.org")
    enrolment = make_enrolment(user, Course.objects.get(pk=course.pk))
    mark_step_done(enrolment=enrolment, step_key=step_keys(course)[0], kind="lesson")
    certificate = services.issue(enrolment_id=enrolment.pk)
    assert (certificate.title, certificate.holder_name) == (title, name)
    assert len(certificate.skills.get().name) == LONGEST_LINE
    assert services.generate_pdf(certificate_id=certificate.pk), Certificate.objects.get().last_error

    opportunity = make_opportunity(titles=dict.fromkeys(("fr", "en"), long_text("Poste", LONGEST_LINE)))
    Employer.objects.update(name=long_text("Société", longest("placement.Employer.name")), contact_email="a@b.example")
    profile = make_candidate(user)
    (referral,) = proposals.propose_matches(certificate=certificate)
    assert referral.opportunity == opportunity
    referrals.consent(referral=referral, fields=["phone"], user=user)
    sending.send(referral_id=referral.pk)
    referral.refresh_from_db()
    offer_work(referral)
    referrals.accept_offer(referral=referral, user=user)
    sent_before(referral, days=31)
    answers.mark_started(referral=referral, on=timezone.localdate() - timedelta(days=31))
    for outcome in referral.outcomes.filter(mark="day30"):
        assert follow_up.ask(outcome_id=outcome.pk, now=timezone.now())
    assert profile.user == user
    sent = OutboundMessage.objects.all()
    assert sent.count() > 8
    for message in sent:
        assert len(message.subject) < messages.SUBJECT_LENGTH, message.kind
    for message in sent.filter(channel="email"):
        messages.send_message(message_id=message.pk)
        assert OutboundMessage.objects.get(pk=message.pk).sent_at, message.kind
    asked = sent.filter(kind="outcome-asked", channel="email").exclude(user=user).get()
    assert opportunity.titles["fr"] in asked.subject
