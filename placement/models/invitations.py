"""Invitations of colleagues to answer for an employer too."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from placement.models.employers import Employer


class Invitation(models.Model):
    """Sent to an e-mail address; its link is used once. ``sent_at`` is part of the link: sending it again ends the
    link that was sent before."""

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)  # used, or withdrawn

    class Meta:
        ordering: ClassVar[list[str]] = ["-sent_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["employer", "email"], condition=Q(ended_at=None), name="invitation_once_at_a_time"
            ),
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["sent_at"], name="invitation_old")]

    def __str__(self) -> str:
        return f"{self.employer_id} {self.pk}"
