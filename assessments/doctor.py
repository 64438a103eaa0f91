"""Attempts that should have been closed by now."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Attempt
from lms.lib import clock
from lms.lib.checkup import Finding, backlog, register, watch
from lms.lib.models import SeenTime


@register
def attempts_overdue() -> Iterator[Finding]:
    overdue = Attempt.objects.filter(submitted_at=None, deadline_at__lt=timezone.now())
    fine_text = _("Every attempt whose time is up is closed.")
    reason = clock.doubt() or SeenTime.objects.exclude(doubted_at=None).values_list("reason", flat=True).first()
    if reason:
        text = _("The clock may have jumped (%(reason)s): for a quarter of an hour no attempt is closed by its time.")
        remedy = _("Set the clock (timedatectl). What was closed wrongly: python manage.py reopen_attempts --help")
        yield watch(_("Attempts"), text % {"reason": reason}, remedy)
        return
    yield backlog(_("Attempts"), overdue, "deadline_at", late=timedelta(minutes=5), fine_text=fine_text)
