"""What a person is given of their certificates (``lms.accounts.personal_data``), with the PDFs."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from certificates.services import intact_pdf
from lms.accounts.models import User
from lms.accounts.personal_data import register, register_files

LEASE = "due_at lease_until tries last_error "

register(
    "certificates.Certificate", _("Certificates"), "user",
    "code title holder_name course language hours score_band issuer_name issuer_place issued_at expires_at revoked_at"
    " revoked_reason",
    kept_back=f"{LEASE} id enrolment user has_detail signatory_name signatory_title revoked_by pdf pdf_sha256"
    " pdf_checked_at notified_at examined_at",
)  # fmt: skip
register("certificates.CertificateSkill", _("Skills on your certificates"), "certificate__user",
         "certificate name level level_words", kept_back="id skill")  # fmt: skip
register("certificates.SkillEvidence", _("How your skills were tested"), "proves__certificate__user",
         "proves kind questions band tested_on about", kept_back="id assessment")  # fmt: skip


@register_files
def pdfs(user: User) -> Iterator[tuple[str, bytes]]:
    for certificate in user.certificates.exclude(pdf="").order_by("pk"):
        content = intact_pdf(certificate)
        if content is not None:
            yield f"certificates/passerelle-{certificate.printed_code}.pdf", content
