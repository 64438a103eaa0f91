"""What became of the certificate of a finished course: words about it must agree with it."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from certificates.models import Certificate
from courses.models import Enrolment

SOON = timedelta(minutes=30)  # it is issued within a minute, by the worker or by the sweep


@dataclass(frozen=True)
class State:
    """``certificate`` is None until it is issued; ``is_late``: it should be here, and is not."""

    certificate: Certificate | None
    is_late: bool = False

    @property
    def is_here(self) -> bool:
        return self.certificate is not None and self.certificate.revoked_at is None

    @property
    def is_withdrawn(self) -> bool:
        return self.certificate is not None and self.certificate.revoked_at is not None


def state_of(enrolment: Enrolment) -> State | None:
    """None while the course is not finished."""
    if enrolment.completed_at is None:
        return None
    rows = Certificate.objects.filter(user=enrolment.user_id, course=enrolment.course_id).order_by("-issued_at")
    found = min(rows, key=lambda row: row.revoked_at is not None, default=None)
    return State(found, is_late=found is None and enrolment.completed_at < timezone.now() - SOON)
