"""The names under which employers know people before their yes."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from placement.models.candidates import CandidateProfile
from placement.models.employers import Employer


class CodeName(models.Model):
    """What one employer calls one person: nobody else's there, and another employer's name for them is another one.

    It ends when they hide or withdraw; who is shown again to this employer then is shown under a new one. An ended name
    stays, so that nobody else gets it and the programme still knows who was meant.
    """

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="code_names")
    profile = models.ForeignKey(CandidateProfile, models.CASCADE, related_name="code_names")
    name = models.CharField(_("code name"), max_length=40)
    given_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["employer", "name"], name="code_name_once"),
            models.UniqueConstraint(
                fields=["employer", "profile"], condition=Q(ended_at=None), name="code_name_of_a_person_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["name"], name="code_name_looked_up")]

    def __str__(self) -> str:
        return self.name
