"""Celery doorways: ids in, one service call each, safe to run twice."""

from celery import shared_task

from certificates import services
from lms.lib import sweeps


@shared_task(ignore_result=True)
def issue_certificate(enrolment_id: int) -> None:
    """Issue and generate at once: one wake-up is enough."""
    certificate = services.issue(enrolment_id=enrolment_id)
    if certificate is not None:
        services.generate_pdf(certificate_id=certificate.pk)


@shared_task(ignore_result=True)
def generate_certificate(certificate_id: int) -> None:
    services.generate_pdf(certificate_id=certificate_id)


@shared_task(ignore_result=True)
def sweep_certificates() -> int:
    """Issue for completions that nobody heard of, generate what a dead worker left, look at what stands on the disk."""
    return sweeps.run(services.CHECK, services.ISSUE, services.GENERATE)
