"""Figures of certificates."""

from collections.abc import Iterator

from certificates.services import completed_without_certificate, without_pdf
from lms.lib.metrics import Figure, backlog, leases, register


@register
def certificates() -> Iterator[Figure]:
    missing = completed_without_certificate()
    yield from backlog("certificates_not_issued", "Courses completed without a certificate", missing, "completed_at")
    yield from backlog("certificates_without_pdf", "Certificates without their PDF", without_pdf(), "due_at")
    yield from leases(without_pdf())
