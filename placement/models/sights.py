"""What employers saw of people, and whom people keep away."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from placement.models.candidates import CandidateProfile
from placement.models.employers import Employer
from placement.sight_enums import SeenField, SightChannel


class Sight(models.Model):
    """An employer saw a person in one way on one day, however often. Shown to the person."""

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="+")
    profile = models.ForeignKey(CandidateProfile, models.CASCADE, related_name="sights")
    channel = models.CharField(max_length=12, choices=SightChannel.choices)
    day = models.DateField()  # the site's
    fields = models.JSONField(default=list)  # sight_enums.SeenField values

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["profile", "day", "employer", "channel"], name="sight_once_a_day"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["day"], name="sight_old")]

    def __str__(self) -> str:
        return f"{self.employer} {self.profile} {self.day}"

    @property
    def seen(self) -> list[str]:
        """What they saw, in words."""
        return [str(field.label) for field in SeenField if field in self.fields]


class Objection(models.Model):
    """A person wants one employer to see nothing of them: from that moment until they take it back."""

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="+")
    profile = models.ForeignKey(CandidateProfile, models.CASCADE, related_name="objections")
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["employer", "profile"], condition=Q(ended_at=None), name="objection_standing_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile} {self.employer}"
