"""Employers, what they offer, what candidates agree to show, and every step of putting the two in touch."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.models import Certificate
from courses.enums import Level
from courses.models import Skill
from lms.lib.leases import Leased
from lms.lib.translated import TranslatedField, pick
from placement.enums import (
    Cefr,
    Connectivity,
    Kind,
    OpportunityState,
    OutcomeMark,
    Place,
    ReferralState,
    RefusalReason,
    Vetting,
)


class Employer(models.Model):
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
    vetting_note = models.TextField(_("note on the check"), blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("employer")
        verbose_name_plural = _("employers")
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class EmployerContact(models.Model):
    """A person who answers for an employer."""

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="contacts")
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="employer_contact")
    job_title = models.CharField(_("function"), max_length=80, blank=True)
    receives_referrals = models.BooleanField(_("receives candidates by e-mail"), default=True)

    class Meta:
        verbose_name = _("employer contact")
        verbose_name_plural = _("employer contacts")

    def __str__(self) -> str:
        return f"{self.user} ({self.employer})"


class Opportunity(models.Model):
    """A job, internship, apprenticeship or mission with what it needs, in the employer's own words."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="opportunities")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    titles = TranslatedField(_("title"))
    descriptions = TranslatedField(_("description"), lines=6, blank=True)
    place = models.CharField(_("where"), max_length=8, choices=Place.choices, default=Place.REMOTE)
    country = models.CharField(_("country"), max_length=2, blank=True)
    region = models.CharField(_("region or town"), max_length=80, blank=True)
    hours_per_week = models.PositiveSmallIntegerField(_("hours a week"), default=20)
    seats = models.PositiveSmallIntegerField(_("seats"), default=1)
    pay_min = models.PositiveIntegerField(_("pay from"), null=True, blank=True)
    pay_max = models.PositiveIntegerField(_("pay to"), null=True, blank=True)
    pay_currency = models.CharField(_("currency"), max_length=3, default="XOF")  # ISO 4217
    pay_period = models.CharField(
        _("for"), max_length=8, default="month",
        choices=[("hour", _("an hour")), ("month", _("a month")), ("task", _("a task"))],
    )  # fmt: skip
    equipment = models.JSONField(_("equipment needed"), default=list, blank=True)  # enums.Equipment values
    connectivity = models.PositiveSmallIntegerField(
        _("line needed"), choices=Connectivity.choices, default=Connectivity.MOBILE_3G
    )
    starts_on = models.DateField(_("start"), null=True, blank=True)
    closes_on = models.DateField(_("answers until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=OpportunityState.choices, default=OpportunityState.DRAFT)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        ordering: ClassVar[list[str]] = ["-created_at"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return pick(self.titles)

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


class CandidateProfile(models.Model):
    """What a learner offers and what she agrees to show. ``pseudonym`` is all an employer sees before her yes."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="candidate_profile")
    pseudonym = models.CharField(_("code name"), max_length=40, unique=True)
    is_searchable = models.BooleanField(_("employers may find me under my code name"), default=False)
    searchable_since = models.DateTimeField(null=True, blank=True, editable=False)
    country = models.CharField(_("country"), max_length=2, blank=True)
    region = models.CharField(_("region"), max_length=80, blank=True)
    hours_per_week = models.PositiveSmallIntegerField(_("hours a week I can work"), default=20)
    works_remote = models.BooleanField(_("I can work at a distance"), default=True)
    works_on_site = models.BooleanField(_("I can work on site in my region"), default=True)
    equipment = models.JSONField(_("equipment"), default=list, blank=True)  # enums.Equipment values
    connectivity = models.PositiveSmallIntegerField(
        _("line"), choices=Connectivity.choices, default=Connectivity.MOBILE_3G
    )
    pay_floor = models.PositiveIntegerField(_("lowest pay a month"), null=True, blank=True)  # never shown to employers
    pay_currency = models.CharField(_("currency"), max_length=3, default="XOF")
    available_from = models.DateField(_("free from"), null=True, blank=True)
    last_active_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("candidate profile")
        verbose_name_plural = _("candidate profiles")

    def __str__(self) -> str:
        return self.pseudonym


class CandidateLanguage(models.Model):
    profile = models.ForeignKey(CandidateProfile, models.CASCADE, related_name="languages")
    language = models.CharField(_("language"), max_length=12)
    level = models.PositiveSmallIntegerField(_("level"), choices=Cefr.choices, default=Cefr.B1)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["profile", "language"], name="candidate_language_once"),
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.get_level_display()}"


class CandidateToken(models.Model):
    """The search index, one row per fact, expanded so that "at least" is equality: ``skill:dw.data-entry:2``.

    Written by ``services.index_profile`` only; rebuilt from certificates and the profile (never from claims).
    """

    profile = models.ForeignKey(CandidateProfile, models.CASCADE, related_name="tokens")
    token = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["token", "profile"], name="candidate_token_once"),
        ]

    def __str__(self) -> str:
        return self.token


class Shortlisted(models.Model):
    employer = models.ForeignKey(Employer, models.CASCADE, related_name="shortlist")
    profile = models.ForeignKey(CandidateProfile, models.CASCADE, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["employer", "profile"], name="shortlisted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.profile}"


class ProfileView(models.Model):
    """Who saw which profile, when: shown to the learner."""

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    profile = models.ForeignKey(CandidateProfile, models.CASCADE, related_name="views")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["profile", "-at"], name="profile_seen")]

    def __str__(self) -> str:
        return f"{self.employer} {self.profile}"


class Referral(Leased):
    """A candidate and an opportunity. ``Leased`` is for sending: CONSENTED asks to be sent."""

    opportunity = models.ForeignKey(Opportunity, models.PROTECT, related_name="referrals")
    profile = models.ForeignKey(CandidateProfile, models.PROTECT, related_name="referrals")
    certificate = models.ForeignKey(Certificate, models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=ReferralState.choices,
        default=ReferralState.SUGGESTED,
        db_index=True,
    )
    asked_by_employer = models.BooleanField(default=False)  # the employer found her first
    score = models.PositiveSmallIntegerField(default=0)  # 0-100, when it was proposed
    reasons = models.JSONField(default=list)  # matching's lines, frozen, with the version of the weights
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    forwarded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    refusal_reason = models.CharField(max_length=16, choices=RefusalReason.choices, blank=True)
    refusal_shared = models.BooleanField(default=True)
    employer_message = models.TextField(blank=True)  # shown to the learner
    reply_hash = models.CharField(max_length=64, blank=True, editable=False)  # SHA-256 of the one-click secret

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering: ClassVar[list[str]] = ["-created_at"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["opportunity", "profile"], name="referred_once"),
        ]

    def __str__(self) -> str:
        return f"{self.profile} -> {self.opportunity}"


class ReferralEvent(models.Model):
    """The log of a referral: every change of state, by whom, when. Append-only."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.CharField(max_length=12)  # learner, employer, manager, clock
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16, choices=ReferralState.choices)
    note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"


class Consent(models.Model):
    """Her yes to one employer for one opportunity: which fields, which wording, when, and when it ended."""

    referral = models.OneToOneField(Referral, models.PROTECT, related_name="consent")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="placement_consents")
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="consents")
    fields = models.JSONField(default=list)  # names of what may be shown: "name", "phone", "email" ...
    wording = models.CharField(max_length=40)
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("consent to be put forward")
        verbose_name_plural = _("consents to be put forward")

    def __str__(self) -> str:
        return f"{self.user_id} {self.employer}"


class Outcome(models.Model):
    """What became of a referral: started, and still there after 30, 90, 180 and 365 days."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="outcomes")
    mark = models.CharField(max_length=8, choices=OutcomeMark.choices)
    due_on = models.DateField()
    in_work = models.BooleanField(null=True, blank=True)  # null: not known
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=12, blank=True)  # learner, employer, manager

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["referral", "mark"], name="outcome_mark_once"),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.mark}"
