"""A PDF that the disk lost, emptied or cut off is never handed out, and comes again by itself."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from certificates import services
from certificates.models import Certificate
from certificates.tasks import sweep_certificates
from lms.accounts.models import OutboundMessage
from tests.factories.certificates import make_certificate

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
PDF = b"%PDF-1.7 words of a certificate"
DAMAGES = {
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(PDF[:10]),
    "zeros": lambda path: path.write_bytes(b"\0" * len(PDF)),  # what a journal leaves of unwritten blocks
    "one bit": lambda path: path.write_bytes(bytes([PDF[0] ^ 1]) + PDF[1:]),
    "gone": lambda path: path.unlink(),
    "longer": lambda path: path.write_bytes(PDF + b"x"),
}


@pytest.fixture
def certificate(learner, monkeypatch) -> Certificate:
    monkeypatch.setattr("certificates.pdf.render_pdf", lambda words: PDF)
    made = make_certificate(learner)
    services.generate_pdf(certificate_id=made.pk)
    made.refresh_from_db()
    return made


@pytest.fixture(params=DAMAGES)
def damaged(request, certificate) -> Certificate:
    DAMAGES[request.param](Path(certificate.pdf.path))
    return certificate


def test_it_is_not_handed_out_but_generated_again(damaged, sign_in, learner):
    address = f"/fr/certificates/{damaged.code}.pdf"
    client = sign_in(learner)
    answer = client.get(address)
    assert answer.status_code == 302
    assert address not in client.get("/fr/certificates/").text  # it says that the PDF is being generated
    sweep_certificates()
    assert client.get(address).getvalue() == PDF
    assert OutboundMessage.objects.filter(key__startswith=f"certificate:{damaged.pk}:ready").count() == 1


def test_it_is_found_without_anybody_asking(damaged, caplog):
    sweep_certificates()
    damaged.refresh_from_db()
    assert Path(damaged.pdf.path).read_bytes() == PDF
    assert [row for row in caplog.records if row.levelname == "ERROR" and str(damaged.pk) in row.getMessage()]
    sweep_certificates()
    damaged.refresh_from_db()
    assert damaged.pdf_checked_at is not None


def test_a_whole_file_is_read_once_a_week(certificate):
    sweep_certificates()
    assert not services.unchecked(timezone.now()).exists()
    assert services.unchecked(timezone.now() + timedelta(days=8)).get() == certificate


def test_a_revoked_certificate_needs_no_file(certificate, manager):
    services.revoke(certificate=certificate, reason="Erreur de nom", by=manager)
    Path(certificate.pdf.path).unlink()
    sweep_certificates()
    certificate.refresh_from_db()
    assert certificate.pdf.name


def test_a_file_of_a_version_without_hashes_is_taken_as_it_is(certificate, sign_in, learner):
    Certificate.objects.update(pdf_sha256="")
    assert sign_in(learner).get(f"/fr/certificates/{certificate.code}.pdf").getvalue() == PDF
