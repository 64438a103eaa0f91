"""Work for a team. Each line of a mission is an opportunity (approved, agreed to, shown and ended like any other) with
what only a team has: its seats, the price of a unit, and what of it reaches the person who does it.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.lib.changed_columns import SavesChangedColumns
from lms.lib.translated import TranslatedField, pick
from placement.enums import OpportunityState, WorkPlace
from placement.mission_enums import LEFT, YES, TimeWindow
from placement.missions.money import UnitPrice
from placement.models.employers import Employer, Opportunity
from placement.models.referrals import Referral
from placement.querysets import MissionQuerySet

STATES = (OpportunityState.OPEN, OpportunityState.WAITING, OpportunityState.DRAFT, OpportunityState.FILLED)
"""A mission is in the first of these that one of its lines is in, else closed."""


class Mission(SavesChangedColumns):
    """What an employer wants done by several people. Its state is that of its lines."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="missions", verbose_name=_("employer"))
    titles = TranslatedField(_("title"))
    descriptions = TranslatedField(_("description"), lines=6, blank=True)
    place = models.CharField(_("where"), max_length=8, choices=WorkPlace.choices, default=WorkPlace.REMOTE)
    country = models.CharField(_("country"), max_length=2)
    region = models.CharField(_("region or town"), max_length=80, blank=True)
    same_region = models.BooleanField(_("everybody in one region"), default=False)
    has_lead = models.BooleanField(_("one person leads"), default=False)
    reserve_percent = models.PositiveSmallIntegerField(
        _("reserve, in percent"), default=0, validators=[MaxValueValidator(100)]
    )
    currency = models.CharField(_("currency"), max_length=3, default="XOF")  # ISO 4217
    worker_share = models.PositiveSmallIntegerField(_("share for the person, in percent"))
    local_share = models.PositiveSmallIntegerField(_("share for others in the country, in percent"), default=0)
    closes_on = models.DateField(_("answer by"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    assigned_at = models.DateTimeField(null=True, editable=False)  # when people were last looked for
    is_demo = models.BooleanField(default=False, editable=False)

    objects = MissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("team mission")
        verbose_name_plural = _("team missions")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(worker_share__gte=1) & Q(worker_share__lte=100 - F("local_share")),
                name="mission_shares_of_a_price",
            ),
            models.CheckConstraint(condition=Q(reserve_percent__lte=100), name="mission_reserve_in_percent"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return pick(self.titles)

    @property
    def description(self) -> str:
        return pick(self.descriptions)

    @property
    def stays(self) -> int:
        """Percent of the price that stays in the country."""
        return self.worker_share + self.local_share

    @property
    def state(self) -> OpportunityState:
        """Read it ``with_lines``."""
        found = {line.opportunity.state for line in self.lines.all()}
        return next((state for state in STATES if state in found), OpportunityState.CLOSED)

    @property
    def is_asked(self) -> bool:
        """A line was open: people were asked about it. Read it ``with_lines``."""
        return any(not line.may_change for line in self.lines.all())

    @property
    def may_change(self) -> bool:
        """About one of its lines nobody was asked. Read it ``with_lines``."""
        return any(line.may_change for line in self.lines.all())

    @property
    def may_open(self) -> bool:
        """Read it ``with_lines``."""
        return any(line.may_open for line in self.lines.all())


class MissionLine(models.Model):
    """So many people for the same work. Skill, level, language, hours, equipment, connection, first day and pay are the
    opportunity's.
    """

    mission = models.ForeignKey(Mission, models.CASCADE, related_name="lines")
    number = models.PositiveSmallIntegerField()
    opportunity = models.OneToOneField(Opportunity, models.PROTECT, related_name="mission_line")
    people = models.PositiveSmallIntegerField(_("people"))
    window = models.CharField(_("when"), max_length=8, choices=TimeWindow.choices, default=TimeWindow.FREE)
    unit = models.CharField(_("unit of work"), max_length=60)
    price = models.DecimalField(_("price of a unit"), max_digits=12, decimal_places=3)
    units_per_hour = models.DecimalField(_("units an hour"), max_digits=8, decimal_places=2)

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["mission", "number"], name="mission_line_once"),
            models.CheckConstraint(
                condition=Q(people__gte=1) & Q(price__gt=0) & Q(units_per_hour__gt=0), name="mission_line_is_some_work"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mission_id} {self.number}"

    @property
    def may_change(self) -> bool:
        """Nobody was asked yet: it was never open."""
        return self.opportunity.approved_at is None

    @property
    def may_open(self) -> bool:
        return self.may_change and self.opportunity.state not in {OpportunityState.OPEN, OpportunityState.WAITING}

    @property
    def money(self) -> UnitPrice:
        mission = self.mission
        return UnitPrice(self.price, self.units_per_hour, mission.worker_share, mission.local_share)


class SeatQuerySet(models.QuerySet[Any]):
    def freed(self) -> "SeatQuerySet":
        """Somebody had it, and it stands empty: they said no, or nothing, or left, or are no longer here."""
        gone = Q(referral__consent__withdrawn_at__isnull=False) | Q(referral__profile__user__is_active=False)
        return self.filter(Q(referral__state__in=sorted(LEFT)) | gone)

    def empty(self) -> "SeatQuerySet":
        return self.filter(referral=None)


class MissionSeat(models.Model):
    """A place in the team and who is asked for it now; who was asked before stands in the referrals of the line."""

    line = models.ForeignKey(MissionLine, models.CASCADE, related_name="seats")
    number = models.PositiveSmallIntegerField()
    is_reserve = models.BooleanField(default=False)
    is_lead = models.BooleanField(default=False)
    referral = models.OneToOneField(Referral, models.SET_NULL, null=True, related_name="seat")
    since = models.DateTimeField(null=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["is_reserve", "number"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["line", "number"], name="mission_seat_once"),
            models.CheckConstraint(condition=~Q(is_reserve=True, is_lead=True), name="mission_lead_is_in_the_team"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.number}"

    @property
    def is_taken(self) -> bool:
        """The person said yes."""
        return self.referral is not None and self.referral.state in YES
