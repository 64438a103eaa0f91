"""What the programme checked of an employer: by whom, when, with what result, and until when that holds."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from lms.lib.append_only import AppendOnly
from placement.check_enums import CheckKind, CheckResult
from placement.models.employers import Employer


class EmployerCheck(AppendOnly):
    """One check. Append-only: the latest of a kind holds, and what was written wrongly is written again."""

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="checks")
    kind = models.CharField(max_length=12, choices=CheckKind.choices)
    result = models.CharField(max_length=8, choices=CheckResult.choices)
    done_on = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)  # for the team
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["-done_on", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(result=CheckResult.GOOD, valid_until__isnull=False)
                | ~Q(result=CheckResult.GOOD) & Q(valid_until=None),
                name="check_that_is_good_until",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["employer", "kind", "-done_on", "-id"], name="check_latest_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.employer_id} {self.kind} {self.done_on}"
