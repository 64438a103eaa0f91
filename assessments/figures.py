"""Figures of attempts."""

from collections.abc import Iterator

from django.db.models import Count, Q

from assessments.models import Attempt
from lms.lib.leases import database_now
from lms.lib.metrics import Figure, register


@register
def attempts() -> Iterator[Figure]:
    late = Q(deadline_at__lt=database_now())
    found = Attempt.objects.filter(submitted_at=None).aggregate(open=Count("pk"), overdue=Count("pk", filter=late))
    yield Figure("attempts_open", "Attempts that somebody is just working on.", found["open"])
    yield Figure("attempts_overdue", "Attempts whose time is up and that are not closed.", found["overdue"])
