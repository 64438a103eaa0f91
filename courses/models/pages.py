"""What trainers write: course, module and lesson pages, one Wagtail tree per language. The tree is the outline."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, HelpPanel, Panel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from cms.blocks import ContentBlocks
from cms.fields import ContentField
from cms.forms import RowsPageForm
from cms.models import BasePage
from courses.enums import StepKind
from courses.models.records import Course, CourseSkill, Enrolment, Skill
from courses.panels import AdvicePanel


class CoursePage(BasePage):
    """A course in one language."""

    is_copied_alone = needs_author = True
    belongs_to: ClassVar[str] = "course"  # cms.forms

    course = models.ForeignKey(Course, models.PROTECT, related_name="pages", verbose_name=_("course"))
    summary = models.CharField(_("summary"), max_length=300)
    audience = models.CharField(_("who it is for"), max_length=300, blank=True)
    outcomes = RichTextField(_("what learners can do afterwards"), features=["ul", "bold"], blank=True)
    cover = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cover picture"),
    )

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        HelpPanel(template="courses/admin/course_help.html", heading=_("How a course is built")),
        FieldPanel("course"),
        FieldPanel("summary"),
        FieldPanel("audience"),
        FieldPanel("outcomes"),
        FieldPanel("cover"),
    ]
    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = ["courses.ModulePage"]
    admin_default_ordering = "ord"  # as learners meet them; rows can be dragged
    search_fields: ClassVar[list[index.BaseField]] = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("audience"),
    ]
    template = "courses/course_preview.html"

    class Meta:
        verbose_name = _("course page")
        verbose_name_plural = _("course pages")

    def clean(self) -> None:
        super().clean()
        other = CoursePage.objects.filter(course_id=self.course_id, locale_id=self.locale_id).exclude(pk=self.pk)
        if self.course_id and self.locale_id and other.exists():
            raise ValidationError(
                {"course": _("This course already has a page in this language. Edit that page instead.")}
            )

    def serve(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """The public address of a course is the catalogue's."""
        return HttpResponseRedirect(reverse("catalogue:course", args=[self.course.code]))


class ModulePage(BasePage):
    """A chapter: a title over its steps."""

    needs_author = True

    page_description = _("A chapter of the course: a title over its lessons.")
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        HelpPanel(template="courses/admin/module_help.html", heading=_("What a module is")),
    ]
    parent_page_types: ClassVar[list[str]] = ["courses.CoursePage"]
    subpage_types: ClassVar[list[str]] = ["courses.LessonPage", "assessments.AssessmentPage"]
    admin_default_ordering = "ord"
    template = "courses/module_preview.html"

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")

    def may_be_read_by(self, user: Any) -> bool:
        return super().may_be_read_by(user) and takes_its_course(user, self)

    def serve(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return HttpResponseRedirect(self.get_parent().specific.get_url(request))


def takes_its_course(user: Any, page: Page) -> bool:
    """Whether this person is enrolled in the course that the page is a part of, and nothing above it is withdrawn.

    Wagtail leaves a lesson live when its module is unpublished. What stands above the course does not count: learners
    reach its steps without it.
    """
    course_page = CoursePage.objects.ancestor_of(page).first()
    if course_page is None or not user.is_authenticated:
        return False
    above = course_page.get_descendants(inclusive=True) & Page.objects.ancestor_of(page)
    if above.filter(live=False).exists():
        return False
    return Enrolment.objects.filter(user=user, course=course_page.course_id).exists()


RESERVED_SLUGS = {"enrol", "finish", "news"}  # addresses beside the lessons


class StepPage(BasePage):
    """What a learner does one after the other. Its language-neutral key is ``translation_key``."""

    needs_author = True
    step_kind: ClassVar[StepKind]
    weight_lookups: ClassVar[tuple[str, ...]] = ()  # what ``weight_bytes`` reads, fetched at once for many pages
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=5, help_text=_("About how long it takes."))
    is_required = models.BooleanField(_("counts for finishing the course"), default=True)

    class Meta:
        abstract = True

    @classmethod
    def slug_is_taken(cls, parent: Page, slug: str, own: int | None = None) -> bool:
        """A step's address holds its course and its slug, not its module: the slug is its own in the whole course."""
        course_page = parent.get_parent()
        if course_page is None:
            return super().slug_is_taken(parent, slug, own)
        steps = Page.objects.descendant_of(course_page).filter(depth=course_page.depth + 2, slug=slug)
        return slug in RESERVED_SLUGS or steps.exclude(pk=own).exists()

    def learner_path(self, course_code: str) -> str:
        """Path of the step for a learner, in the page's language."""
        raise NotImplementedError

    def weight_bytes(self) -> int:
        """About how many bytes a phone loads for this step, pictures of 360 px included, audio and video not."""
        raise NotImplementedError

    def may_be_read_by(self, user: Any) -> bool:
        return super().may_be_read_by(user) and takes_its_course(user, self)

    def serve(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        course_page = self.get_parent().get_parent().specific
        return HttpResponseRedirect(self.learner_path(course_page.course.code))


class LessonForm(RowsPageForm):
    """A lesson teaches some of the skills of its course."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        course_page = self.parent_page.get_parent().specific if self.parent_page else None
        if "skills" in self.fields and isinstance(course_page, CoursePage):
            self.fields["skills"].queryset = Skill.objects.filter(
                pk__in=CourseSkill.objects.filter(course=course_page.course_id).values("skill")
            )


class LessonPage(StepPage):
    """One idea, a few minutes, read on a phone."""

    page_description = _("Text, pictures, sound, and a question to check what was learnt.")
    base_form_class = LessonForm
    is_copied_alone = True
    step_kind = StepKind.LESSON
    summary = models.CharField(_("in one line"), max_length=200, blank=True)
    body = ContentField(ContentBlocks(required=True), verbose_name=_("content"))
    skills = ParentalManyToManyField(  # the same in every language: receivers keep the translations together
        Skill,
        blank=True,
        related_name="lessons",
        verbose_name=_("skills it teaches"),
        help_text=_(
            "A learner who does not show one of them in an assessment is sent back to this lesson. The same "
            "in every language."
        ),
    )
    body_bytes = models.PositiveIntegerField(default=0, editable=False)  # written when published (cms.weight)

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        HelpPanel(template="courses/admin/lesson_help.html", heading=_("A good lesson")),
        FieldPanel("summary"),
        FieldPanel("minutes"),
        FieldPanel("body"),
        AdvicePanel(template="courses/admin/advice.html", heading=_("What could be better")),
        FieldPanel("skills", widget=forms.CheckboxSelectMultiple),
        FieldPanel("is_required"),
    ]
    parent_page_types: ClassVar[list[str]] = ["courses.ModulePage"]
    subpage_types: ClassVar[list[str]] = []
    search_fields: ClassVar[list[index.BaseField]] = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
    ]
    template = "courses/lesson_preview.html"

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def learner_path(self, course_code: str) -> str:
        return reverse("courses:lesson", args=[course_code, self.slug])

    def weight_bytes(self) -> int:
        return self.body_bytes
