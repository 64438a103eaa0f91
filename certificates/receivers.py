"""A completed course asks for its certificate: a wake-up call to the worker, after the commit."""

from typing import Any

from django.dispatch import receiver

from certificates import tasks
from courses.signals import course_completed
from lms.lib.publish import wake_on_commit


@receiver(course_completed, dispatch_uid="certificates.issue")
def on_course_completed(sender: Any, enrolment_id: int, **kwargs: Any) -> None:
    wake_on_commit(tasks.issue_certificate, enrolment_id)
