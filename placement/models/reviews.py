"""What waits for a person of the programme before candidates read it, and the lowest pay of each country."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.lib.changed_columns import SavesChangedColumns
from placement.enums import ReviewState, ReviewSubject
from placement.models.employers import Opportunity
from placement.models.referrals import Referral
from placement.terms import Difference, differences, terms_of
from placement.text_checks.advice import NAMES, advice
from placement.text_checks.findings import Finding, FindingKind


class Review(models.Model):
    """An opportunity to open, a change of an open one, or an answer to a candidate, held until somebody decides.

    ``payload`` is what was typed, to be written or sent when it is approved; of an opportunity to open it is empty: the
    draft itself waits.
    """

    subject = models.CharField(max_length=12, choices=ReviewSubject.choices)
    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="reviews")
    referral = models.ForeignKey(Referral, models.CASCADE, null=True, blank=True, related_name="reviews")
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    findings = models.JSONField(default=list)  # of ``text_checks``: kind, subject, certainty, words
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=ReviewState.choices, default=ReviewState.WAITING)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    note = models.TextField(blank=True)  # the employer reads it

    class Meta:
        ordering: ClassVar[list[str]] = ["asked_at", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["opportunity"], condition=Q(state=ReviewState.WAITING, referral=None), name="one_review_waits"
            ),
            models.UniqueConstraint(
                fields=["referral"], condition=Q(state=ReviewState.WAITING), name="one_answer_waits"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["asked_at"], condition=Q(state=ReviewState.WAITING), name="review_waits"),
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()}: {self.opportunity_id}"

    @property
    def found(self) -> list[tuple[str, str]]:
        """Each finding: the name of its kind, then the very words with how to write it."""
        rows = [
            Finding(FindingKind(row["kind"]), row["subject"], row["certainty"], row["words"], 0, 0)
            for row in self.findings
        ]
        return [(str(NAMES[row.kind]), advice(row)) for row in rows]

    @property
    def changes(self) -> list[Difference]:
        """Of a change that is held: what was agreed to beside what it would become, in the active language."""
        fields = self.payload.get("fields", {}) if self.subject == ReviewSubject.CHANGE else {}
        before = terms_of(self.opportunity)
        return differences(before, {name: fields.get(name, value) for name, value in before.items()})


class PayFloor(SavesChangedColumns):
    """The lowest lawful pay of a country, with the text it comes from. Programme managers keep it."""

    country = models.CharField(_("country"), max_length=2, unique=True)
    amount = models.DecimalField(
        _("minimum wage"), max_digits=12, decimal_places=3, validators=[MinValueValidator(0)]
    )  # fmt: skip
    currency = models.CharField(_("currency"), max_length=3)  # ISO 4217
    period = models.CharField(
        _("pay period"), max_length=8, choices=[("hour", _("an hour")), ("month", _("a month"))], default="month"
    )
    week_hours = models.PositiveSmallIntegerField(_("weekly hours of a full-time month"), default=40)
    since = models.DateField(_("in force since"))
    source = models.CharField(_("source"), max_length=200, help_text=_("The decree or law, with its date."))

    class Meta:
        verbose_name = _("minimum wage of a country")
        verbose_name_plural = _("minimum wages by country")
        ordering: ClassVar[list[str]] = ["-since", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(week_hours__range=(1, 60)), name="pay_floor_hours_of_a_week"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.amount:g} {self.currency}"
