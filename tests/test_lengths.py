"""Texts that are copied fit where they are copied to: a title of any length that a page takes never stops a sweep."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from certificates import checks, services
from certificates.models import Certificate
from courses.models import Course, CoursePage, CourseSkill, Skill
from courses.services import mark_step_done
from lms.accounts import messages
from lms.accounts.models import OutboundMessage
from lms.lib.translated import LONGEST_LINE, TranslatedField
from placement.models import Employer
from placement.services import answers, follow_up, proposals, referrals, sending
from tests.factories.courses import BOTH, make_course, make_enrolment, make_skill, step_keys
from tests.factories.people import make_user
from tests.factories.placement import make_candidate, make_opportunity

COPIES = {
    "certificates.Certificate.title": ("courses.CoursePage.title", "courses.Course.titles"),
    "certificates.Certificate.holder_name": ("accounts.User.full_name", "accounts.User.username"),
    "certificates.Certificate.language": ("courses.Enrolment.language",),
    "certificates.CertificateSkill.name": ("courses.Skill.names",),
    "accounts.OutboundMessage.address": (
        "accounts.User.email", "accounts.User.phone", "placement.Employer.contact_email",
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
    texts = {
        each.name
        for each in apps.get_model(label)._meta.concrete_fields
        if isinstance(each, models.CharField | models.FileField) and not each.choices
    }
    copied = {path.rpartition(".")[2] for path in COPIES if path.rpartition(".")[0] == label}
    assert texts - copied - OWN[label] == set()


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
    answers.answer(referral=referral, to="offer", message="Oui")
    referrals.accept_offer(referral=referral, user=user)
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
