"""Language-neutral rows: skills, courses, cohorts, and who learnt what."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, Panel
from wagtail.models import Orderable
from wagtail.search import index

from courses.enums import LEVEL_WORDS, CourseRoleKind, Framework, Level, StepKind
from lms.lib.changed_columns import SavesChangedColumns
from lms.lib.sort_order import Alphabetical
from lms.lib.translated import TranslatedField, pick


class Skill(index.Indexed, SavesChangedColumns):
    """A competence with a stable code. Courses teach it, questions test it, certificates prove it."""

    code = models.CharField(_("code"), max_length=40, unique=True)  # digcomp.1.1, dw.data-entry
    framework = models.CharField(_("framework"), max_length=20, choices=Framework.choices)
    names = TranslatedField(_("name"))
    descriptions = TranslatedField(_("description"), lines=2, blank=True)
    level_1_words = TranslatedField(_("level 1: what they can do"), lines=2, blank=True)
    level_2_words = TranslatedField(_("level 2: what they can do"), lines=2, blank=True)
    level_3_words = TranslatedField(_("level 3: what they can do"), lines=2, blank=True)
    esco_uri = models.URLField(_("ESCO address"), blank=True)

    search_fields: ClassVar[list[index.BaseField]] = [
        index.AutocompleteField("code"),
        index.SearchField("code"),
    ]

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the active language."""
        return pick(self.names) or self.code

    @property
    def description(self) -> str:
        return pick(self.descriptions)

    def words_at(self, level: int, language: str | None = None) -> str:
        """What somebody can do who has it at this level: in its own words, else in those of the level."""
        wanted = language or translation.get_language() or settings.LANGUAGE_CODE
        own: str = getattr(self, f"level_{Level(level)}_words").get(wanted, "")
        with translation.override(wanted):
            return own or str(LEVEL_WORDS[Level(level)])


class Course(index.Indexed, ClusterableModel, SavesChangedColumns):
    """The language-neutral course; its content is one ``CoursePage`` tree per language.

    ``content_version`` goes up whenever a page of any of its trees is published, moved or withdrawn: it is part of
    every cache key made from the content.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    titles = TranslatedField(_("title"))
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices, default=Level.BASIC)
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=1, default=1)
    prerequisites = models.ManyToManyField("self", symmetrical=False, blank=True, verbose_name=_("to finish first"))
    is_open = models.BooleanField(
        _("open to everyone"), default=True, help_text=_("Otherwise only groups can take it.")
    )
    position = models.PositiveSmallIntegerField(_("position in the catalogue"), default=100)
    content_version = models.PositiveIntegerField(default=1, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    panels: ClassVar[list[Panel]] = [
        MultiFieldPanel(
            [
                FieldPanel(
                    "code",
                    help_text=_(
                        "For addresses and files: lower-case letters, digits and hyphens. The same in every language."
                    ),
                ),
                FieldPanel("titles"),
                FieldPanel("level"),
                FieldPanel("hours"),
            ]
        ),
        InlinePanel("skills", heading=_("Skills it proves"), label=_("skill")),
        MultiFieldPanel(
            [
                FieldPanel("prerequisites", widget=forms.CheckboxSelectMultiple),
                FieldPanel("is_open"),
                FieldPanel("position"),
            ],
            heading=_("Who takes it"),
        ),
    ]
    search_fields: ClassVar[list[index.BaseField]] = [
        index.AutocompleteField("code"),
        index.SearchField("code"),
    ]

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering: ClassVar[list[str]] = ["position", "code"]
        permissions: ClassVar[list[Any]] = [("all_courses", "Can work on all courses")]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(hours__gt=0),
                name="course_takes_time",
                violation_error_message=_("A course takes some time: write a number of hours above 0."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, **kwargs: Any) -> None:
        """Addresses hold the code, so saving makes every cache key new; a stale form never takes the version back."""
        is_whole = self.pk is not None and kwargs.get("update_fields") is None and not self._state.adding
        if is_whole:
            self.content_version = F("content_version") + 1
        super().save(**kwargs)
        if is_whole:
            self.refresh_from_db(fields=["content_version"])

    @property
    def title(self) -> str:
        return pick(self.titles) or self.code


class CourseSkill(Orderable):
    course = ParentalKey(Course, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+", verbose_name=_("skill"))
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices, default=Level.BASIC)

    panels: ClassVar[list[Panel]] = [FieldPanel("skill"), FieldPanel("level")]

    class Meta(Orderable.Meta):
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["course", "skill"], name="course_skill_once"),
        ]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"


class CourseRole(models.Model):
    """Who writes a course, and who reads and corrects it. Without a role a trainer sees nothing of it in the admin.

    Authors write and publish. Reviewers read all of it and propose corrections as drafts, which authors publish.
    """

    course = models.ForeignKey(Course, models.CASCADE, related_name="roles", verbose_name=_("course"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="course_roles", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=10, choices=CourseRoleKind.choices)

    class Meta:
        verbose_name = _("role in a course")
        verbose_name_plural = _("roles in courses")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["course", "user"], name="one_role_in_a_course"),
        ]

    def __str__(self) -> str:
        return f"{self.user} / {self.course}: {self.get_role_display()}"


class Cohort(SavesChangedColumns):
    """A group that learns together, with its trainers."""

    name = models.CharField(_("name"), max_length=120)
    place = models.CharField(_("place"), max_length=120, blank=True)
    contact_whatsapp = models.CharField(
        _("WhatsApp number for questions"), max_length=20, blank=True, default="", db_default="",
        help_text=_("Shown to the learners of this group when they are stuck. Empty: the contact of the centre."),
    )  # fmt: skip
    contact_phone = models.CharField(
        _("phone number for questions"), max_length=20, blank=True, default="", db_default=""
    )
    courses = models.ManyToManyField(Course, blank=True, related_name="cohorts", verbose_name=_("courses"))
    trainers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="cohorts_led", verbose_name=_("trainers")
    )
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    join_code = models.CharField(max_length=8, unique=True, null=True, editable=False)  # courses/join_codes.py
    join_until = models.DateTimeField(null=True, editable=False)
    join_places = models.PositiveSmallIntegerField(default=0, editable=False)  # how many more may join with it
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering: ClassVar[list[Any]] = ["-starts_on", Alphabetical("name")]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="cohort_ends_after_it_starts",
                violation_error_message=_("The last day is before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CohortMember(models.Model):
    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="cohort_memberships")
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["cohort", "user"], name="cohort_member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} / {self.cohort}"


class Enrolment(models.Model):
    """One person on one course, for ever. ``completed_at`` is the row that certificates wait for."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="enrolments")
    course = models.ForeignKey(Course, models.PROTECT, related_name="enrolments")
    cohort = models.ForeignKey(Cohort, models.SET_NULL, null=True, blank=True, related_name="enrolments")
    language = models.CharField(max_length=12, default=settings.LANGUAGE_CODE)  # the last they learnt it in
    started_at = models.DateTimeField(default=timezone.now)
    last_step_key = models.UUIDField(null=True, blank=True)  # "continue where I was"
    last_active_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["user", "course"], name="enrolled_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["completed_at"], condition=Q(completed_at__isnull=False), name="enrolment_completed"),
        ]

    def __str__(self) -> str:
        return f"{self.user} / {self.course}"


class StepProgress(models.Model):
    """A step they finished: a lesson read, an assessment passed. The key is the page's ``translation_key``."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="steps")
    step_key = models.UUIDField()
    kind = models.CharField(max_length=12, choices=StepKind.choices)
    done_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["enrolment", "step_key"], name="step_done_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.step_key}"


class LoadedPart(models.Model):
    """What a course folder put in, as it was written then: what is in it no longer, and what was edited here since,
    is known by this row.
    """

    course = models.ForeignKey(Course, models.CASCADE, related_name="loaded_parts")
    kind = models.CharField(max_length=12)  # course, page, order, bank, question, assessment
    key = models.UUIDField()  # the translation key, or one made from codes
    language = models.CharField(max_length=12, blank=True)  # none: the same in every language
    fields = models.JSONField(default=dict)  # name -> fingerprint; of an order, the keys in it
    is_retired = models.BooleanField(default=False)  # the folder has it no longer

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["course", "kind", "key", "language"], name="loaded_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.language}"
