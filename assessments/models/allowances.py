"""One more attempt, or more time, for one learner."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.enums import AllowanceKind
from assessments.models.bank import Assessment
from assessments.models.records import Attempt
from courses.models import Enrolment


class Allowance(models.Model):
    """What a trainer gave one learner beside the rules of an assessment, and why. No certificate tells of it.

    It is used in one attempt; until then it can be taken back.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="allowances")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="allowances")
    kind = models.CharField(max_length=8, choices=AllowanceKind.choices)
    minutes = models.PositiveSmallIntegerField(default=0)  # of more time
    reason = models.CharField(max_length=200)
    key = models.UUIDField()  # one per form shown
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)
    attempt = models.ForeignKey(  # that used it
        Attempt, models.PROTECT, null=True, blank=True, related_name="allowances"
    )
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("allowance")
        verbose_name_plural = _("allowances")
        ordering: ClassVar[list[str]] = ["given_at", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["enrolment", "key"], name="allowance_once_for_a_form"),
            models.CheckConstraint(
                condition=Q(kind=AllowanceKind.ATTEMPT, minutes=0) | Q(kind=AllowanceKind.TIME, minutes__gte=1),
                name="allowance_of_time_has_minutes",
            ),
            models.CheckConstraint(
                condition=Q(attempt=None) | Q(taken_back_at=None), name="allowance_used_or_taken_back"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.kind} {self.minutes}"
