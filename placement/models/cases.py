"""What was reported about an employer, and everything that the programme did about it."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.lib.append_only import AppendOnly
from placement.case_enums import CaseOutcome, CaseState, EntryKind
from placement.models.employers import Employer
from placement.models.referrals import Referral


class Case(models.Model):
    """Reports about one employer, looked at together: where it stands. What happened is in ``entries``."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="cases")
    state = models.CharField(max_length=8, choices=CaseState.choices, default=CaseState.OPEN)
    outcome = models.CharField(max_length=12, choices=CaseOutcome.choices, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    acted_at = models.DateTimeField(default=timezone.now)  # the programme did something, or the case was opened
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("case about an employer")
        verbose_name_plural = _("cases about employers")
        ordering: ClassVar[list[str]] = ["opened_at", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["employer"], condition=~Q(state=CaseState.CLOSED), name="one_case_of_an_employer"
            ),
            models.CheckConstraint(
                condition=Q(state=CaseState.CLOSED, closed_at__isnull=False) & ~Q(outcome="")
                | ~Q(state=CaseState.CLOSED) & Q(closed_at=None, outcome=""),
                name="case_closed_with_an_outcome",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["opened_at"], condition=~Q(state=CaseState.CLOSED), name="case_to_work_at"),
            models.Index(fields=["-closed_at"], condition=Q(state=CaseState.CLOSED), name="case_closed_lately"),
        ]

    def __str__(self) -> str:
        return f"{self.employer} {self.pk}"

    @property
    def is_closed(self) -> bool:
        return self.state == CaseState.CLOSED


class CaseEntry(AppendOnly):
    """The log of a case: reports, replies, notes, steps. Append-only."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="entries")
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=12, choices=EntryKind.choices)
    referral = models.ForeignKey(
        Referral, models.CASCADE, null=True, blank=True, related_name="case_entries"
    )  # of who reported, is replied to, or works there
    after = models.CharField(max_length=8, choices=CaseState.choices, blank=True)
    outcome = models.CharField(max_length=12, choices=CaseOutcome.choices, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["case", "at"], name="case_in_order")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"
