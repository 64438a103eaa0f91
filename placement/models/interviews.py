"""Times that an employer proposes for an interview, and what became of the one that was chosen."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from placement.interview_enums import InterviewEnd, InterviewHow, InterviewState
from placement.models.referrals import Referral


class Interview(models.Model):
    """One proposal of up to five times. A new one takes the place of the one before, which is then cancelled."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="interviews")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # the same in every calendar file
    sequence = models.PositiveSmallIntegerField(default=0)  # RFC 5545, 3.8.7.4: one more with each change
    state = models.CharField(max_length=12, choices=InterviewState.choices, default=InterviewState.PROPOSED)
    how = models.CharField(max_length=8, choices=InterviewHow.choices)
    where = models.CharField(max_length=300, blank=True)  # who calls which number, a link, an address
    minutes = models.PositiveSmallIntegerField(default=30)
    starts_at = models.DateTimeField(null=True, blank=True)  # the time that was chosen
    proposed_at = models.DateTimeField(default=timezone.now)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )  # fmt: skip
    chosen_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)  # with ``sequence``
    reminded_at = models.DateTimeField(null=True, blank=True)
    told_by_employer = models.CharField(max_length=12, choices=InterviewEnd.choices, blank=True)
    told_by_learner = models.CharField(max_length=12, choices=InterviewEnd.choices, blank=True)
    ended_as = models.CharField(max_length=12, choices=InterviewEnd.choices, blank=True)  # what the two say together
    key = models.CharField(max_length=64)  # of the form: sent twice it is one proposal

    class Meta:
        ordering: ClassVar[list[str]] = ["-proposed_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["referral", "key"], name="interview_once"),
            models.CheckConstraint(
                condition=~models.Q(state=InterviewState.PLANNED) | models.Q(starts_at__isnull=False),
                name="interview_planned_at_a_time",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["starts_at"], name="interview_to_remind",
                condition=models.Q(state=InterviewState.PLANNED, reminded_at=None),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.referral_id} {self.state}"

    @property
    def ends_at(self) -> datetime | None:
        return self.starts_at + timedelta(minutes=self.minutes) if self.starts_at else None

    @property
    def is_over(self) -> bool:
        """Its time has come: each side may say what became of it."""
        return self.state == InterviewState.PLANNED and bool(self.starts_at and self.starts_at <= timezone.now())


class InterviewSlot(models.Model):
    """One of the times that were proposed."""

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["starts_at"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["interview", "starts_at"], name="interview_slot_once"),
        ]

    def __str__(self) -> str:
        return f"{self.interview_id} {self.starts_at}"
