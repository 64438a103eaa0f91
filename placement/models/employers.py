"""Partner employers, their people, and what they offer."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.enums import Level
from courses.models import Skill
from lms.lib.changed_columns import SavesChangedColumns
from lms.lib.sort_order import Alphabetical
from lms.lib.translated import TranslatedField, pick
from placement.email_frequency import EmailFrequency
from placement.enums import Cefr, Connectivity, OpportunityKind, OpportunityState, Vetting, WorkPlace
from placement.querysets import EmployerQuerySet, OpportunityQuerySet


class Employer(SavesChangedColumns):
    """A partner. Only vetted employers search, publish and receive."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    country = models.CharField(_("country"), max_length=2)
    town = models.CharField(_("town"), max_length=80, blank=True)
    website = models.URLField(_("website"), blank=True)
    registration = models.CharField(_("company registration"), max_length=60, blank=True)  # NINEA, RCCM, SIRET ...
    about = TranslatedField(_("about"), lines=3, blank=True)
    no_fee_pledge_at = models.DateTimeField(_("pledge: never asks candidates for money"), null=True, blank=True)
    vetting = models.CharField(_("state"), max_length=12, choices=Vetting.choices, default=Vetting.WAITING)
    vetted_at = models.DateTimeField(null=True, blank=True, editable=False)
    vetted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    contact_name = models.CharField(_("person who asked to join"), max_length=120, blank=True)
    contact_email = models.EmailField(_("their e-mail address"), blank=True)
    vetting_note = models.TextField(_("note on the check"), blank=True)
    reading_from = models.DateTimeField(null=True, editable=False)  # a manager began a new count of people looked at
    reading_stopped_at = models.DateTimeField(null=True, editable=False)
    check_end_told = models.DateField(null=True, editable=False)  # the last day of which its people were told
    check_end_told_days = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)  # how long before
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = EmployerQuerySet.as_manager()

    class Meta:
        verbose_name = _("employer")
        verbose_name_plural = _("employers")
        ordering: ClassVar[list[Any]] = [Alphabetical("name")]

    def __str__(self) -> str:
        return self.name

    @property
    def about_text(self) -> str:
        return pick(self.about)


class EmployerContact(SavesChangedColumns):
    """A person who answers for an employer. Owners also change who does, its page, and what colleagues published."""

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="contacts", verbose_name=_("employer"))
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="employer_contact", verbose_name=_("person")
    )
    job_title = models.CharField(_("job title"), max_length=80, blank=True)
    receives_referrals = models.BooleanField(_("receives referrals by e-mail"), default=True)
    mails = models.CharField(_("e-mails"), max_length=8, choices=EmailFrequency.choices, default=EmailFrequency.DAILY)
    is_owner = models.BooleanField(
        _("owner"), default=False, db_default=False,
        help_text=_("Owners invite and remove people, and change every opportunity of their organisation."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("employer contact")
        verbose_name_plural = _("employer contacts")

    def __str__(self) -> str:
        return f"{self.user} ({self.employer})"


class Opportunity(SavesChangedColumns):
    """A job, internship, apprenticeship or assignment with what it needs, in the employer's own words."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="opportunities", verbose_name=_("employer"))
    kind = models.CharField(_("kind"), max_length=16, choices=OpportunityKind.choices)
    titles = TranslatedField(_("title"))
    descriptions = TranslatedField(_("description"), lines=6, blank=True)
    place = models.CharField(_("where"), max_length=8, choices=WorkPlace.choices, default=WorkPlace.REMOTE)
    country = models.CharField(_("country"), max_length=2, blank=True)
    region = models.CharField(_("region or town"), max_length=80, blank=True)
    hours_per_week = models.PositiveSmallIntegerField(_("hours a week"), default=20)
    positions = models.PositiveSmallIntegerField(_("positions"), default=1)
    pay_min = models.PositiveIntegerField(_("pay from"), null=True, blank=True)
    pay_max = models.PositiveIntegerField(_("pay to"), null=True, blank=True)
    pay_currency = models.CharField(_("currency"), max_length=3, default="XOF")  # ISO 4217
    pay_period = models.CharField(
        _("pay period"), max_length=8, default="month",
        choices=[("hour", _("an hour")), ("month", _("a month")), ("task", _("a task"))],
    )  # fmt: skip
    equipment = models.JSONField(_("equipment needed"), default=list, blank=True)  # enums.Equipment values
    connectivity = models.PositiveSmallIntegerField(
        _("connection needed"), choices=Connectivity.choices, default=Connectivity.MOBILE_3G
    )
    starts_on = models.DateField(_("start"), null=True, blank=True)
    closes_on = models.DateField(_("answer by"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=OpportunityState.choices, default=OpportunityState.DRAFT)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    proposed_at = models.DateTimeField(null=True, blank=True, editable=False)  # people who fit were told of it
    undo_until = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # its employer ended it: nobody told before
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)  # let pass, the first time it opened
    cleared_words = models.JSONField(default=list, editable=False)  # doubtful ones that a manager let pass
    is_demo = models.BooleanField(default=False, editable=False)

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        ordering: ClassVar[list[str]] = ["-created_at"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(pay_min=None) | Q(pay_max=None) | Q(pay_max__gte=F("pay_min")),
                name="opportunity_pay_in_order",
                violation_error_message=_("The highest pay is below the lowest."),
            ),
            models.CheckConstraint(condition=Q(positions__gte=1), name="opportunity_has_a_position"),
            models.CheckConstraint(condition=Q(hours_per_week__range=(1, 168)), name="opportunity_hours_of_a_week"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "closes_on"], name="opportunity_open"),
            models.Index(fields=["id"], condition=Q(state="open", proposed_at=None), name="opportunity_to_propose"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return pick(self.titles)

    @property
    def author_name(self) -> str:
        """Empty once the account of whoever wrote it is gone."""
        return self.created_by.known_name if self.created_by else ""

    @property
    def may_be_undone(self) -> bool:
        """Its employer ended it and may still take that back."""
        return self.undo_until is not None and self.undo_until > timezone.now()

    @property
    def description(self) -> str:
        return pick(self.descriptions)


class OpportunitySkill(models.Model):
    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices, default=Level.BASIC)
    essential = models.BooleanField(_("essential"), default=True)  # weight 3, else 1

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["opportunity", "skill"], name="opportunity_skill_once"),
        ]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"


class OpportunityLanguage(models.Model):
    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="languages")
    language = models.CharField(_("language"), max_length=12)  # BCP 47
    level = models.PositiveSmallIntegerField(_("level"), choices=Cefr.choices, default=Cefr.B1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["opportunity", "language"], name="opportunity_language_once"),
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.get_level_display()}"
