"""Assessments as parts of a course: how one is added from its title, what it needs before it goes live."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Page

from assessments.copying import free_code
from assessments.drawing import DrawError
from assessments.enums import Purpose
from assessments.models import Assessment, AssessmentPage, AssessmentSection, QuestionBank
from assessments.services.starting import try_draw
from courses import arranging, tree
from courses.enums import StepKind
from courses.models import Course
from courses.tree import Gap, edit_url, title_of

FIRST_DRAW = 5
"""How many questions a new assessment draws from the bank of its course."""


def new_assessment(module: Page, course: Course, title: str) -> AssessmentPage:
    """With one section that draws from the bank of the course, which is made if it has none."""
    language, bank = module.locale.language_code, bank_of_course(course)
    code = free_code(Assessment, f"{course.code}-{Assessment.objects.filter(course=course).count() + 1}", 80)
    assessment = Assessment.objects.create(code=code, titles={language: title}, course=course)
    AssessmentSection.objects.create(assessment=assessment, bank=bank, draw=FIRST_DRAW, sort_order=0)
    return AssessmentPage(title=title, assessment=assessment)


def bank_of_course(course: Course | None) -> QuestionBank:
    """The first bank of the course; made when it has none."""
    bank = QuestionBank.objects.filter(course=course).order_by("pk").first() if course else None
    if bank is None:
        code = free_code(QuestionBank, course.code if course else "bank", 60)
        bank = QuestionBank.objects.create(code=code, titles=dict(course.titles) if course else {}, course=course)
    return bank


def gaps_of_assessment(page: AssessmentPage) -> Iterable[str]:
    try:
        try_draw(page.assessment)
    except DrawError as error:
        yield _("The assessment “%(page)s” is not ready: %(problem)s") % {"page": title_of(page), "problem": error}


def gaps_of_course(course: Course) -> Iterable[Gap]:
    """A course without an assessment that certifies proves nothing."""
    pages = AssessmentPage.objects.filter(assessment__course=course, in_trash=None)
    if not pages.filter(assessment__purpose=Purpose.CERTIFYING).exists():
        first = course.pages.order_by("pk").first()
        url = edit_url(first) if first else ""
        yield Gap(_("No assessment certifies: add one, or the course proves nothing."), url)


def write_url(page: Any) -> str:
    """Where its questions are written."""
    return reverse("assessment_write", args=[page.assessment_id]) + f"?language={page.locale.language_code}"


def rename_assessment(page: Any, old: str) -> None:
    assessment, language = page.assessment, page.locale.language_code
    if assessment.titles.get(language, old) == old:
        assessment.titles = assessment.titles | {language: page.title}
        assessment.save(update_fields=["titles"])


def register() -> None:
    arranging.NEW_STEPS[StepKind.ASSESSMENT] = new_assessment
    arranging.AFTER_RENAME[AssessmentPage] = rename_assessment
    tree.WRITE[AssessmentPage] = write_url
    tree.GAPS[AssessmentPage] = gaps_of_assessment
    tree.COURSE_GAPS.append(gaps_of_course)
