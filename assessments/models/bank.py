"""Question banks, questions (versioned by Wagtail revision), assessments and the pages that place them in a course."""

import re
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, Panel
from wagtail.fields import RichTextField
from wagtail.models import (
    DraftStateMixin,
    Orderable,
    Page,
    PreviewableMixin,
    RevisionMixin,
    TranslatableMixin,
)
from wagtail.search import index

from assessments.answers import AnswerBlocks, kind_of
from assessments.enums import Difficulty, EvidenceKind, Purpose, ShowAnswers
from cms import foreign
from cms.blocks import LIKE_PROSE
from cms.fields import ContentField, ProseField
from cms.models import PHONE_FIRST
from cms.weight import image_bytes
from courses.enums import StepKind
from courses.models import Course, Skill, StepPage
from lms.lib.changed_columns import SavesChangedColumns
from lms.lib.translated import TranslatedField, pick

QUESTION_TEXT = LIKE_PROSE


class QuestionBank(index.Indexed, SavesChangedColumns):
    """A named collection of questions; assessments draw from it."""

    belongs_to: ClassVar[str] = "course"  # cms.forms

    code = models.SlugField(_("code"), max_length=60, unique=True)
    titles = TranslatedField(_("title"))
    course = models.ForeignKey(  # none: of the whole site, for those who work on all courses
        Course,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="banks",
        verbose_name=_("course"),
        help_text=_("Its authors and reviewers work on it."),
    )
    is_shared = models.BooleanField(
        _("also for practice"),
        default=False,
        help_text=_("Otherwise practice leaves out the questions that may come in an assessment that certifies."),
    )
    is_demo = models.BooleanField(default=False, editable=False)

    search_fields: ClassVar[list[index.BaseField]] = [
        index.AutocompleteField("code"),
        index.SearchField("code"),
    ]

    class Meta:
        verbose_name = _("question bank")
        verbose_name_plural = _("question banks")
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return pick(self.titles) or self.code


class Question(PreviewableMixin, DraftStateMixin, RevisionMixin, TranslatableMixin, index.Indexed, ClusterableModel):
    """One question in one language. Its translations share ``translation_key`` and the answers' ids.

    Only live questions are drawn; an attempt keeps the revision it showed.
    """

    belongs_to: ClassVar[str] = "bank"  # cms.forms

    bank = models.ForeignKey(QuestionBank, models.PROTECT, related_name="questions", verbose_name=_("bank"))
    code = models.SlugField(_("code"), max_length=60, blank=True)  # the author's own, for imports
    title = models.CharField(
        _("name"),
        max_length=250,
        blank=True,
        help_text=_("For the team: learners never see it. In files it is called the title."),
    )
    prompt = ProseField(_("question"), features=QUESTION_TEXT)
    image = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    image_alt = models.CharField(_("what the picture shows"), max_length=250, blank=True)
    answers = ContentField(
        AnswerBlocks(max_num=1),
        verbose_name=_("answers"),
        help_text=_("Choose one type of question."),
    )
    feedback = ProseField(_("explanation"), features=QUESTION_TEXT, blank=True)
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="questions", verbose_name=_("skill"))
    difficulty = models.PositiveSmallIntegerField(
        _("difficulty"), choices=Difficulty.choices, default=Difficulty.MEDIUM
    )
    points = models.PositiveSmallIntegerField(_("points"), default=1, validators=[MinValueValidator(1)])

    panels: ClassVar[list[Panel]] = [
        FieldPanel("prompt"),
        FieldPanel("answers"),
        FieldPanel("feedback"),
        MultiFieldPanel([FieldPanel("image"), FieldPanel("image_alt")], heading=_("Picture")),
        MultiFieldPanel(
            [
                FieldPanel("bank", widget=forms.Select),
                FieldPanel("skill", widget=forms.Select),
                FieldPanel("difficulty"),
                FieldPanel("points"),
                FieldPanel("title"),
                FieldPanel("code"),
            ],
            heading=_("Classification"),
        ),
    ]
    search_fields: ClassVar[list[index.BaseField]] = [
        index.SearchField("prompt"),
        index.AutocompleteField("code"),
        index.SearchField("title"),
        index.SearchField("feedback"),
        index.FilterField("locale_id"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["bank", "code", "locale"], condition=~models.Q(code=""), name="question_code_in_bank"
            ),
            models.CheckConstraint(condition=models.Q(points__gte=1), name="question_earns_points"),
        ]

    def __str__(self) -> str:
        return Truncator(re.sub(r"[ \t\r\n]+", " ", foreign.plain_text(self.prompt)).strip()).chars(
            80
        )  # keeps no-break spaces

    def save_revision(self, *args: Any, overwrite_revision: Any = None, **kwargs: Any) -> Any:
        """As Wagtail does, but autosave never overwrites a version that learners may have seen."""
        if overwrite_revision is not None and self.is_frozen(overwrite_revision.pk):
            overwrite_revision = None
        return super().save_revision(*args, overwrite_revision=overwrite_revision, **kwargs)

    def is_frozen(self, revision_id: int) -> bool:
        """This version is live, or stands in an attempt."""
        return revision_id == self.live_revision_id or self.items.filter(revision=revision_id).exists()

    @property
    def kind(self) -> str:
        """The name of its type; empty while there are no answers."""
        return kind_of(self.answers.get_prep_value())

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [("", _("As a learner sees it")), ("answers", _("With the right answers"))]

    @property
    def preview_sizes(self) -> list[dict[str, Any]]:
        return PHONE_FIRST

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "assessments/question_preview.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        """The template asks ``previews`` for the rest: models know no pages."""
        return {**super().get_preview_context(request, mode_name), "mode": mode_name}


class Assessment(ClusterableModel, SavesChangedColumns):
    """Rules and sections, the same in every language. The pages that show it share its ``step_key``."""

    belongs_to: ClassVar[str] = "course"  # cms.forms

    code = models.SlugField(_("code"), max_length=80, unique=True)
    titles = TranslatedField(_("title"))
    course = models.ForeignKey(  # none: of the whole site, for those who work on all courses
        Course,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assessments",
        verbose_name=_("course"),
        help_text=_("Its authors and reviewers work on it."),
    )
    purpose = models.CharField(_("what it is for"), max_length=12, choices=Purpose.choices, default=Purpose.CERTIFYING)
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark, %"), default=70, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    skill_pass_mark = models.PositiveSmallIntegerField(
        _("pass mark of each skill, %"),
        default=50,
        validators=[MaxValueValidator(100)],
        help_text=_("0: only the whole counts. Otherwise who is below it in one skill has not passed."),
    )
    max_attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, help_text=_("0: as many as they like."))
    pause_minutes = models.PositiveSmallIntegerField(_("minutes between two attempts"), default=0)
    time_limit_minutes = models.PositiveSmallIntegerField(
        _("time limit, minutes"), default=0, help_text=_("0: no limit. Measured by the server’s clock.")
    )
    show_answers = models.CharField(
        _("show the right answers"), max_length=12, choices=ShowAnswers.choices, default=ShowAnswers.PASSED
    )
    evidence = models.CharField(
        _("kind of evidence"),
        max_length=12,
        choices=EvidenceKind.choices,
        default=EvidenceKind.KNOWLEDGE,
        help_text=_(
            "Printed on certificates. Work simulation: the questions are the work itself. Supervised: somebody of the "
            "team is in the room and knows who sits there."
        ),
    )
    about = TranslatedField(
        _("how it is tested"), lines=3, blank=True, help_text=_("For employers, on a page that anybody may read.")
    )
    sample = models.ForeignKey(
        Question,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("public sample"),
        help_text=_("A question that anybody may see, without its answer: none that may come in an assessment."),
    )
    is_demo = models.BooleanField(default=False, editable=False)

    panels: ClassVar[list[Panel]] = [
        MultiFieldPanel(
            [
                FieldPanel("code"),
                FieldPanel("titles"),
                FieldPanel("course"),
                FieldPanel("purpose"),
                FieldPanel("pass_mark"),
                FieldPanel("skill_pass_mark"),
            ]
        ),
        InlinePanel("sections", label=_("Section"), heading=_("Sections"), min_num=1),
        MultiFieldPanel(
            [
                FieldPanel("max_attempts"),
                FieldPanel("pause_minutes"),
                FieldPanel("time_limit_minutes"),
                FieldPanel("show_answers"),
            ],
            heading=_("Rules"),
        ),
        MultiFieldPanel(
            [FieldPanel("evidence"), FieldPanel("about"), FieldPanel("sample")], heading=_("What employers read")
        ),
    ]

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering: ClassVar[list[str]] = ["code"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=models.Q(pass_mark__range=(1, 100)), name="pass_mark_is_a_percentage"),
            models.CheckConstraint(
                condition=models.Q(skill_pass_mark__lte=100), name="skill_pass_mark_is_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return pick(self.titles) or self.code

    @property
    def is_practice(self) -> bool:
        return self.purpose == Purpose.PRACTICE


class AssessmentSection(Orderable, ClusterableModel):
    """Names questions, or draws some from a bank."""

    assessment = ParentalKey(Assessment, on_delete=models.CASCADE, related_name="sections")
    titles = TranslatedField(_("title"), blank=True)
    bank = models.ForeignKey(
        QuestionBank, models.PROTECT, related_name="+", verbose_name=_("bank"), null=True, blank=True
    )
    draw = models.PositiveSmallIntegerField(
        _("how many to draw"), default=5, help_text=_("In addition to the questions chosen below.")
    )
    skill = models.ForeignKey(
        Skill, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("only this skill")
    )
    difficulty = models.PositiveSmallIntegerField(
        _("only this difficulty"), choices=Difficulty.choices, null=True, blank=True
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("titles"),
        FieldRowPanel([FieldPanel("bank", widget=forms.Select), FieldPanel("draw")]),
        FieldPanel("skill", widget=forms.Select),
        FieldPanel("difficulty"),
        InlinePanel(
            "named",
            label=_("Question"),
            heading=_("Questions that everybody gets"),
            help_text=_("Learners see them in their own language when they are translated."),
        ),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("section")

    def __str__(self) -> str:
        return pick(self.titles) or f"{self.assessment_id}/{self.sort_order}"


class SectionQuestion(Orderable):
    """A question that every attempt gets; its translation into the learner's language is shown."""

    section = ParentalKey(AssessmentSection, on_delete=models.CASCADE, related_name="named")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+", verbose_name=_("question"))

    panels: ClassVar[list[Panel]] = [FieldPanel("question")]

    class Meta(Orderable.Meta):
        pass

    def __str__(self) -> str:
        return str(self.question)


class AssessmentPage(StepPage):
    """The place of an assessment in a course, in one language."""

    page_description = _("Places an assessment created under “Assessments” in this module.")

    step_kind = StepKind.ASSESSMENT
    weight_lookups = ("assessment__sections__named__question__image__renditions",)
    WEIGHT_PER_QUESTION = 1500  # bytes on the wire, a question page without its picture

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="pages", verbose_name=_("assessment"))
    intro = RichTextField(_("introduction"), features=["bold", "ul"], blank=True)

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("assessment"),
        FieldPanel("minutes"),
        FieldPanel("intro"),
        FieldPanel("is_required"),
    ]
    parent_page_types: ClassVar[list[str]] = ["courses.ModulePage"]
    subpage_types: ClassVar[list[str]] = []
    template = "assessments/assessment_preview.html"

    class Meta:
        verbose_name = _("assessment in a course")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """For the preview: the pages of learners are rendered by ``views``."""
        context = {"rules": self.assessment, "questions": self.question_count()} if self.assessment_id else {}
        return {**super().get_context(request, *args, **kwargs), **context}

    def learner_path(self, course_code: str) -> str:
        return reverse("assessments:intro", args=[course_code, self.slug])

    def question_count(self) -> int:
        sections = self.assessment.sections.all()
        return sum((section.draw if section.bank_id else 0) + len(section.named.all()) for section in sections)

    def weight_bytes(self) -> int:
        """With the pictures of the questions that everybody gets, such as the documents of a batch."""
        named = [row.question for section in self.assessment.sections.all() for row in section.named.all()]
        pictures = {question.image_id: question.image for question in named if question.image is not None}
        return self.WEIGHT_PER_QUESTION * self.question_count() + sum(map(image_bytes, pictures.values()))
