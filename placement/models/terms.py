"""What a candidate said yes to, word for word, and whether they must be asked again."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from placement.models.referrals import Referral


class AgreedTerms(models.Model):
    """The terms as they were at the candidate's yes. ``changed_at``: they are no longer those of the opportunity in
    a way that matters, and the candidate has not agreed to the new ones yet.
    """

    referral = models.OneToOneField(Referral, models.CASCADE, related_name="agreed_terms")
    terms = models.JSONField(default=dict)  # ``placement.terms.terms_of``
    agreed_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    earlier = models.JSONField(default=list)  # terms agreed to before these, with the day

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["changed_at"], condition=Q(changed_at__isnull=False), name="terms_to_agree_to"),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id}"
