"""Offers of work: every version that was made, and what became of it."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from placement import offer_terms
from placement.enums import WorkPlace
from placement.models.referrals import Referral
from placement.models.threads import ThreadMessage
from placement.offer_enums import Contract, DeclineReason, OfferAnswer, PayUnit
from placement.terms import fingerprint


class Offer(models.Model):
    """One version of an offer. The newest of a referral counts; those before it stay as they were made.

    ``announced``: what it was compared with on that day, ``placement.terms.terms_of``.
    """

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="offers")
    message = models.OneToOneField(ThreadMessage, models.CASCADE, related_name="offer")  # its place in the thread
    version = models.PositiveSmallIntegerField()
    amount = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)  # ISO 4217
    unit = models.CharField(max_length=8, choices=PayUnit.choices)
    day_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    hours_per_week = models.PositiveSmallIntegerField()
    contract = models.CharField(max_length=12, choices=Contract.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=8, choices=WorkPlace.choices)
    where = models.CharField(max_length=200, blank=True)  # the address
    announced = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=8, choices=OfferAnswer.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    start_asked_at = models.DateTimeField(null=True, blank=True)  # whether the work began on ``starts_on``
    declined_for = models.CharField(max_length=12, choices=DeclineReason.choices, blank=True)
    key = models.CharField(max_length=64)  # of the form: sent twice it is one offer

    class Meta:
        ordering: ClassVar[list[str]] = ["-version"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["referral", "version"], name="offer_version_once"),
            models.UniqueConstraint(fields=["referral", "key"], name="offer_once"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="offer_pays"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="offer_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="offer_answered_with_an_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.version}"

    @property
    def terms(self) -> dict[str, Any]:
        """Plain values, as JSON keeps them."""
        values = {name: getattr(self, name) for name in offer_terms.FIELDS}
        return {**values, "starts_on": self.starts_on.isoformat(),
                "ends_on": self.ends_on.isoformat() if self.ends_on else None}  # fmt: skip

    @property
    def lines(self) -> list[offer_terms.Line]:
        """Beside what was announced, in the active language."""
        return offer_terms.lines(self.announced, self.terms)

    @property
    def differs(self) -> bool:
        return any(line.verdict != offer_terms.Verdict.SAME for line in self.lines)

    @property
    def is_worse(self) -> bool:
        return offer_terms.is_worse(self.announced, self.terms)

    @property
    def summary(self) -> str:
        return offer_terms.summary(self.terms)

    @property
    def fingerprint(self) -> str:
        return fingerprint({"offer": self.pk, "terms": self.terms, "announced": self.announced})
