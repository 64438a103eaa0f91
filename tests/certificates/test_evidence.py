"""What a certificate says of each skill: how it was tested, how heavily, with which result, and since when."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from assessments.enums import EvidenceKind, Purpose
from assessments.models import Assessment
from assessments.services import submit
from certificates import services
from certificates.bands import band_of, band_text
from certificates.models import Certificate, CertificateSkill, SkillEvidence
from lms.lib.moments import site_day
from tests.assessments.helpers import begin, right_fields, save, wrong_fields
from tests.factories.assessments import make_assessment, make_in_both_languages, make_question, place_assessment
from tests.factories.certificates import make_certificate
from tests.factories.courses import BOTH, make_course, make_enrolment, make_skill

pytestmark = pytest.mark.django_db
SKILLS = (("dw.data-entry", 2), ("dw.files", 1))


@pytest.fixture
def enrolment(site, learner):
    make_skill("dw.files", fr="Fichiers", en="Files")
    course = make_course(languages=BOTH, skills=SKILLS)
    return make_enrolment(learner, course, completed_at=timezone.now(), language="fr")


@pytest.fixture
def exam(enrolment):
    questions = [make_in_both_languages(code=f"e{number}")[0] for number in range(4)]
    about = {"fr": "Quatre questions, seule devant son téléphone.", "en": "Four questions, alone with a phone."}
    return make_assessment(enrolment.course, code="examen", questions=questions, about=about)


def take(enrolment, exam, wrong=0):
    attempt = begin(enrolment, exam)
    for item in attempt.items.all():
        save(enrolment.user, attempt, item.position, (wrong_fields if item.position <= wrong else right_fields)(item))
    return submit(attempt=attempt)


def issued(enrolment) -> Certificate:
    return services.issue(enrolment_id=enrolment.pk)


def pieces(certificate):
    rows = SkillEvidence.objects.filter(proves__certificate=certificate).order_by("pk")
    return [(row.proves.skill.code, row.kind, row.questions, row.band) for row in rows]


def test_each_skill_says_kind_weight_and_band(enrolment, exam):
    take(enrolment, exam, wrong=1)
    certificate = issued(enrolment)
    assert pieces(certificate) == [("dw.data-entry", EvidenceKind.KNOWLEDGE, 4, 70)]
    (piece,) = SkillEvidence.objects.all()
    assert (piece.assessment, piece.tested_on) == (exam, site_day())
    assert piece.about == "Quatre questions, seule devant son téléphone."


def test_the_best_passed_attempt_speaks_and_practice_does_not(enrolment, exam):
    take(enrolment, exam, wrong=1)
    take(enrolment, exam)
    take(enrolment, exam, wrong=4)
    essai = make_assessment(code="essai", questions=[make_question()], purpose=Purpose.PRACTICE)
    place_assessment(essai, enrolment.course, "-2")
    take(enrolment, essai)
    assert pieces(issued(enrolment)) == [("dw.data-entry", EvidenceKind.KNOWLEDGE, 4, 90)]


def test_a_skill_that_nothing_tested_says_so(enrolment, exam):
    take(enrolment, exam)
    words = services.words_of(issued(enrolment))
    assert words.skills == (("Saisie de données", "niveau 2, en autonomie"), ("Fichiers", "niveau 1, avec de l’aide"))
    assert words.proofs[0].startswith("test de connaissances · 4 questions · 90–100\u00a0% · ")
    assert words.proofs[1] == "formation suivie, non évaluée"


def test_a_course_without_an_exam_does_not_claim_to_have_been_passed(enrolment):
    words = services.words_of(issued(enrolment))
    assert words.kind_line == ""
    assert set(words.proofs) == {"formation suivie, non évaluée"}


def test_level_words_and_evidence_are_frozen(enrolment, exam):
    skill = make_skill()
    skill.level_2_words = {"fr": "Saisit seule, sans faute.", "en": "Enters alone, without mistakes."}
    skill.save()
    take(enrolment, exam)
    certificate = issued(enrolment)
    skill.level_2_words = {"fr": "Autre chose.", "en": "Something else."}
    skill.save()
    Assessment.objects.update(about={"fr": "Autre."}, evidence=EvidenceKind.SUPERVISED)
    row = CertificateSkill.objects.get(certificate=certificate, skill=skill)
    assert row.level_words == "Saisit seule, sans faute."
    assert row.evidence.get().kind == EvidenceKind.KNOWLEDGE


def test_a_skill_without_words_of_its_own_has_those_of_its_level(enrolment):
    row = CertificateSkill.objects.get(certificate=issued(enrolment), skill=make_skill())
    assert row.level_words == "Fait seul(e) un travail courant en suivant une consigne, et le contrôle."


def check_page(client, certificate, language="fr"):
    with translation.override(language):
        return client.get(reverse("verify:check", args=[certificate.code])).content.decode().replace("\u00a0", " ")


def test_the_check_page_says_it_in_each_language(client, enrolment, exam):
    take(enrolment, exam, wrong=1)
    certificate = issued(enrolment)
    for language, expected in (
        ("fr", ["Test de connaissances", "4 questions", "70–79 %", "Comment cela a été évalué", "non évaluée"]),
        ("en", ["Knowledge test", "4 questions", "70–79%", "How it was tested", "not tested"]),
    ):
        page = check_page(client, certificate, language)
        assert [words for words in expected if words not in page] == []


def test_an_old_certificate_says_that_no_detail_was_recorded(client, learner):
    certificate = make_certificate(learner)
    Certificate.objects.update(has_detail=False)
    CertificateSkill.objects.update(level_words="")
    page = check_page(client, certificate)
    assert "aucun détail par compétence n’a été enregistré" in page
    assert "non évaluée" not in page
    assert "Saisie de données" in page
    assert services.words_of(Certificate.objects.get()).proofs == ()


def how_page(client, exam, language="fr"):
    with translation.override(language):
        return client.get(reverse("verify:how", args=[exam.code]))


def test_anybody_reads_how_it_was_tested(client, enrolment, exam):
    page = how_page(client, exam).content.decode().replace("\u00a0", " ")
    for words in ("Quatre questions, seule devant son téléphone.", "70 %", "Saisie de données", "niveau 2"):
        assert words in page
    assert "Four questions" in how_page(client, exam, "en").content.decode()


def test_practice_and_what_nobody_takes_have_no_such_page(client, enrolment, exam):
    assert how_page(client, make_assessment(code="brouillon")).status_code == 404
    Assessment.objects.filter(pk=exam.pk).update(purpose=Purpose.PRACTICE)
    assert how_page(client, exam).status_code == 404


def test_the_sample_is_shown_without_its_key(client, enrolment, exam):
    exam.sample = make_question(code="exemple", prompt="<p>Recopiez ce nom.</p>")
    exam.save()
    page = how_page(client, exam).content.decode()
    assert "Recopiez ce nom." in page
    assert "zsecretz" not in page


@pytest.mark.parametrize("how", ["named", "drawn"])
def test_a_question_of_a_certifying_pool_is_never_a_sample(client, enrolment, exam, how):
    """Not even when it came into the pool after it was chosen."""
    sample = make_question(code="exemple", prompt="<p>Recopiez ce nom.</p>")
    exam.sample = sample
    exam.save()
    rules = {"questions": [sample]} if how == "named" else {"bank": sample.bank, "draw": 1}
    make_assessment(code="autre-examen", **rules)
    assert "Recopiez ce nom." not in how_page(client, exam).content.decode()


@pytest.mark.parametrize(
    ("score", "band", "shown"),
    [
        ("100", 90, "90–100%"),
        ("89.99", 80, "80–89%"),
        ("50", 50, "50–59%"),
        ("49.99", 0, "under 50%"),
        ("0", 0, "under 50%"),
    ],
)
def test_bands(score, band, shown):
    assert band_of(Decimal(score)) == band
    with translation.override("en"):
        assert band_text(band) == shown
