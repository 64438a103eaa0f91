"""What an employer's people write down about a person, for themselves."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from placement.models.candidates import CandidateProfile
from placement.models.employers import Employer


class PersonNote(models.Model):
    """Read by the people of this employer alone. Gone as soon as the employer no longer knows the person by the name
    under which it was written."""

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="notes")
    profile = models.ForeignKey(CandidateProfile, models.CASCADE, related_name="employer_notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["employer", "profile", "-at", "-id"], name="note_of_employer_on_person"),
            models.Index(fields=["at"], name="note_old"),
        ]

    def __str__(self) -> str:
        return f"{self.employer_id} {self.profile_id}"

    @property
    def author_name(self) -> str:
        """Empty once the account of whoever wrote it is gone."""
        return self.author.known_name if self.author else ""
