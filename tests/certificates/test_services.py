"""Issuing exactly once, generating under a lease, freezing words, revoking."""

from decimal import Decimal

import pytest

from certificates import services
from certificates.doctor import certificates_waiting
from certificates.models import Certificate, CertificateSkill
from certificates.signals import certificate_issued
from courses.models import Enrolment
from lms.accounts.models import AuditEvent, OutboundMessage
from lms.lib import leases
from tests.factories.certificates import make_certificate, make_completed


@pytest.fixture
def generated(monkeypatch):
    """Replace the slow generation; the PDF itself has its own tests."""
    monkeypatch.setattr("certificates.pdf.render_pdf", lambda words: f"%PDF {words.holder_name}".encode())


@pytest.fixture
def heard():
    calls: list[int] = []

    def listen(sender, certificate_id, **kwargs):
        calls.append(certificate_id)

    certificate_issued.connect(listen)
    yield calls
    certificate_issued.disconnect(listen)


def test_a_completed_course_is_certified_once(learner, heard):
    enrolment = make_completed(learner)
    first = services.issue(enrolment_id=enrolment.pk)
    second = services.issue(enrolment_id=enrolment.pk)
    assert first == second
    assert heard == [first.pk]
    assert Certificate.objects.count() == 1


def test_an_open_course_is_not_certified(learner):
    enrolment = make_completed(learner)
    Enrolment.objects.update(completed_at=None)
    assert services.issue(enrolment_id=enrolment.pk) is None


def test_the_words_are_frozen(learner):
    certificate = make_certificate(learner)
    learner.full_name = "Autre Nom"
    learner.save()
    certificate.course.titles = {"fr": "Autre titre", "en": "Other title"}
    certificate.course.save()
    certificate.course.skills.get().skill.names["fr"] = "Autre compétence"
    words = services.words_of(Certificate.objects.get())
    assert words.holder_name == "Awa Ndiaye"
    assert words.title == "Saisie et qualité des données"
    assert words.skills == (("Saisie de données", "niveau 2, en autonomie"),)


def test_the_words_are_in_the_language_they_learnt_in(learner):
    certificate = make_certificate(learner, language="en")
    assert certificate.title == "Data entry and data quality"
    assert CertificateSkill.objects.get().name == "Data entry"


def test_generating_keeps_the_file_and_tells_the_learner_once(learner, generated):
    learner.email = "awa@example.org"
    learner.save()
    certificate = make_certificate(learner)
    assert services.generate_pdf(certificate_id=certificate.pk)
    assert not services.generate_pdf(certificate_id=certificate.pk)
    certificate.refresh_from_db()
    assert certificate.pdf.read() == b"%PDF Awa Ndiaye"
    assert len(certificate.pdf_sha256) == 64
    assert sorted(OutboundMessage.objects.values_list("channel", flat=True)) == ["app", "email"]


def test_nobody_is_told_of_a_certificate_withdrawn_while_it_was_generated(learner, manager, monkeypatch):
    certificate = make_certificate(learner)

    def render(words):
        services.revoke(certificate=certificate, reason="Nom faux", by=manager)
        return b"%PDF"

    monkeypatch.setattr("certificates.pdf.render_pdf", render)
    assert not services.generate_pdf(certificate_id=certificate.pk)
    assert not OutboundMessage.objects.filter(kind="certificate-ready").exists()


def test_a_failed_pdf_is_tried_again_later_and_says_why(learner, monkeypatch):
    def broken(words):
        raise OSError("no font")

    monkeypatch.setattr("certificates.pdf.render_pdf", broken)
    certificate = make_certificate(learner)
    assert not services.generate_pdf(certificate_id=certificate.pk)
    certificate.refresh_from_db()
    assert certificate.last_error == "OSError: no font"
    assert certificate.tries == 1
    assert not leases.waiting(services.without_pdf()).exists()


def test_letters_that_no_font_has_are_told_at_once(site, sign_in, learner):
    """Neither boxes on the paper, nor the promise of a PDF "in a few minutes" for the hours of eight tries."""
    Certificate.objects.filter(pk=make_certificate(learner).pk).update(holder_name="Awa \ue0f1")
    certificate = Certificate.objects.get()
    assert not services.generate_pdf(certificate_id=certificate.pk)
    certificate.refresh_from_db()
    assert (certificate.pdf.name, certificate.notified_at, certificate.is_given_up) == ("", None, True)
    assert "U+E0F1" in certificate.last_error
    assert "centre de formation" in sign_in(learner).get("/fr/certificates/").text
    assert "fonts-noto-cjk" in " ".join(finding.remedy for finding in certificates_waiting())
    leases.retry_given_up()
    Certificate.objects.update(holder_name="Awa Diop")
    assert services.generate_pdf(certificate_id=certificate.pk)
    assert "fonts-noto-cjk" not in " ".join(finding.remedy for finding in certificates_waiting())


def test_a_second_pdf_replaces_the_file_of_the_first(learner, generated):
    certificate = make_certificate(learner)
    name = services.store_pdf(certificate, b"half of")
    assert services.store_pdf(certificate, b"whole") == name


def test_revoking_is_public_audited_and_told(learner, manager, generated):
    certificate = make_certificate(learner)
    assert services.revoke(certificate=certificate, reason="Erreur de nom", by=manager)
    assert not services.revoke(certificate=certificate, reason="Encore", by=manager)
    certificate.refresh_from_db()
    assert not certificate.is_valid
    assert certificate.revoked_reason == "Erreur de nom"
    assert AuditEvent.objects.get(verb="revoke-certificate").actor == manager
    assert "Erreur de nom" in OutboundMessage.objects.get(kind="certificate-revoked").body


@pytest.mark.parametrize(
    ("scores", "band"),
    [([], ""), (["71.5"], "70–79\u00a0%"), (["100"], "90–100\u00a0%"), (["95", "80"], "80–89\u00a0%"), (["50"], "")],
)
def test_the_band_is_the_mean_of_the_best_passes(learner, scores, band):
    from assessments.models import Assessment, Attempt

    enrolment = make_completed(learner)
    for number, score in enumerate(scores):
        assessment = Assessment.objects.create(code=f"a{number}")
        for tries, value in ((1, Decimal("60")), (2, Decimal(score))):
            Attempt.objects.create(
                enrolment=enrolment, assessment=assessment, step_key="6b7d9c52-0c2a-4b63-9d3b-111111111111",
                number=tries, seed=1, language="fr", submitted_at=enrolment.completed_at,
                score=min(value, Decimal(score)), passed=True,
            )  # fmt: skip
    assert services.score_band(enrolment) == band


def test_only_a_pdf_that_was_given_up_is_generated_again(learner, manager):
    certificate = make_certificate(learner)
    assert not services.generate_again(certificate=certificate, by=manager)
    Certificate.objects.filter(pk=certificate.pk).update(tries=leases.MAX_TRIES)
    assert list(services.given_up()) == [certificate]
    assert services.generate_again(certificate=certificate, by=manager)
    assert AuditEvent.objects.get(verb="generate-certificate-again").actor == manager
    assert not services.given_up()
    certificate.refresh_from_db()
    assert certificate.tries == 0
