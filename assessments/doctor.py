"""Attempts that should have been closed by now."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Attempt
from lms.lib.checkup import Finding, backlog, register


@register
def attempts_overdue() -> Iterator[Finding]:
    overdue = Attempt.objects.filter(submitted_at=None, deadline_at__lt=timezone.now())
    fine_text = _("Every attempt whose time is up is closed.")
    yield backlog(_("Attempts"), overdue, "deadline_at", late=timedelta(minutes=5), fine_text=fine_text)
