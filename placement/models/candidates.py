"""What a learner offers and agrees to show, the search index, and who looked."""

from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.lib.changed_columns import SavesChangedColumns
from placement.email_frequency import EmailFrequency
from placement.enums import Cefr, Connectivity
from placement.models.employers import Employer
from placement.querysets import CandidateQuerySet


class Held(NamedTuple):
    """What one valid certificate proves of one skill."""

    code: str
    names: dict[str, str]
    level: int
    on: datetime
    title: str
    certificate: str
    until: datetime | None = None


class CandidateProfile(SavesChangedColumns):
    """What a learner offers and what they agree to show. ``pseudonym`` is the programme's own name for them, which
    no employer sees: each has a ``CodeName`` of its own.

    A fact that they have not given is unknown: None, or empty. It is shown as unknown, and never matched as if given.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="candidate_profile")
    pseudonym = models.CharField(_("the programme’s code name"), max_length=40, unique=True)
    is_searchable = models.BooleanField(_("employers may find me under my code name"), default=False)
    searchable_since = models.DateTimeField(null=True, blank=True, editable=False)
    country = models.CharField(_("country"), max_length=2, blank=True)
    region = models.CharField(_("region"), max_length=80, blank=True)
    hours_per_week = models.PositiveSmallIntegerField(_("hours a week I can work"), null=True, blank=True)
    works_remote = models.BooleanField(_("I can work remotely"), null=True, blank=True)
    works_on_site = models.BooleanField(_("I can work on site in my region"), null=True, blank=True)
    equipment = models.JSONField(_("equipment"), default=list, blank=True)  # enums.Equipment values
    connectivity = models.PositiveSmallIntegerField(
        _("connection"), choices=Connectivity.choices, null=True, blank=True
    )
    pay_floor = models.PositiveIntegerField(_("lowest pay a month"), null=True, blank=True)  # never shown to employers
    pay_currency = models.CharField(_("currency"), max_length=3, blank=True)
    available_from = models.DateField(_("available from"), null=True, blank=True)
    mails = models.CharField(_("e-mails"), max_length=8, choices=EmailFrequency.choices, default=EmailFrequency.DAILY)
    at_work_since = models.DateField(null=True, blank=True, editable=False)  # until they look for work again
    last_active_at = models.DateTimeField(default=timezone.now)
    indexed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CandidateQuerySet.as_manager()

    held: list[Held]  # these are there after ``evidence.with_evidence``
    spoken: dict[str, int]  # language: level
    disclosure: Any = None  # what an employer sees of them now, after ``services.disclosure.show_people``
    interviews: tuple[int, int]  # planned and of known end, kept
    mark: Any = None  # of ``marks.Mark``, and the newest note with their number, after ``services.notes.add_marks``
    note: tuple[str, int] | None = None
    match: Any = None  # ``matching.Match`` with an opportunity, where a page asks for that order

    class Meta:
        verbose_name = _("candidate profile")
        verbose_name_plural = _("candidate profiles")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(hours_per_week__lte=168), name="candidate_hours_of_a_week"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-last_active_at", "id"], name="candidate_lately"),
        ]

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


class PersonRead(models.Model):
    """Whom an employer's contact was shown lately, in a list, on a page or in a file (``placement.people_shown``)."""

    employer = models.ForeignKey(Employer, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    profile = models.ForeignKey(CandidateProfile, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    is_counted = models.BooleanField(default=True)  # new to the organisation

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["employer", "user", "profile"], name="person_read_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["employer", "at"], name="person_read_lately"),
            models.Index(fields=["at"], name="person_read_old"),
        ]

    def __str__(self) -> str:
        return f"{self.employer} {self.profile}"


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
