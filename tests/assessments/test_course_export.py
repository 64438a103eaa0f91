"""A course leaves as the folder it came from: loading it again changes nothing, loading it elsewhere makes the same
course, and what a folder cannot say is named.
"""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import models
from wagtail.models import Page

from assessments.loading import exporting, load_folder
from assessments.loading.exporting import export_folder
from assessments.models import Assessment, AssessmentPage, Question, QuestionBank
from cms.blocks import ContentBlocks
from courses.loading import exporting as course_exporting
from courses.loading.lesson_text import WRITTEN
from courses.models import Course, CoursePage, LessonPage, LoadedPart
from courses.outline import get_outline
from tests.assessments.folders import EXAMPLE
from tests.worlds import built, put_back


@pytest.fixture(scope="module")
def loaded_once(django_db_setup, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), built(lambda: load_folder(EXAMPLE)):
        yield


@pytest.fixture
def db(loaded_once, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), put_back():
        yield


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def forget_course() -> None:
    """As on a site that never had it; the library is emptied too."""
    from wagtail.documents import get_document_model
    from wagtail.images import get_image_model
    from wagtailmedia.models import get_media_model

    LoadedPart.objects.all().delete()
    for page in CoursePage.objects.all():
        Page.objects.get(pk=page.pk).delete()
    Assessment.objects.all().delete()
    Question.objects.all().delete()
    QuestionBank.objects.all().delete()
    Course.objects.all().delete()
    for model in (get_image_model(), get_document_model(), get_media_model()):
        model.objects.all().delete()


def everything(code: str = "example-course") -> list[Any]:
    """What is in the course, without ids of rows."""
    course = Course.objects.get(code=code)
    found: list[Any] = [
        (course.titles, course.level, course.hours, course.position, course.is_open),
        list(course.skills.order_by("sort_order").values_list("skill__code", "level")),
    ]
    for page in Page.objects.descendant_of(Page.objects.first()).order_by("path").specific():
        if isinstance(page, CoursePage | LessonPage | AssessmentPage):
            body = [(block.block_type, str(block.render())) for block in page.body] if hasattr(page, "body") else []
            skills = sorted(page.skills.values_list("code", flat=True)) if hasattr(page, "skills") else []
            found.append((page.translation_key, page.locale_id, page.title, page.slug, skills, len(body)))
    for question in Question.objects.order_by("translation_key", "locale"):
        found.append((question.translation_key, question.locale_id, question.code, question.title, question.prompt,
                      question.feedback, question.image_alt, question.answers.get_prep_value(), question.skill_id,
                      question.difficulty, question.points))  # fmt: skip
    for assessment in Assessment.objects.order_by("code"):
        sections = assessment.sections.order_by("sort_order")
        named = [list(row.named.values_list("question__code", flat=True)) for row in sections]
        rules = [(row.titles, row.draw, row.skill_id, row.difficulty) for row in sections]
        found.append((assessment.code, assessment.titles, assessment.pass_mark, assessment.pause_minutes, rules, named))
    return found


def test_the_example_makes_the_journey_and_is_the_same(db, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    assert export_folder("example-course", first) == []
    before = everything()
    marks = {(row.kind, row.key, row.language): row.fields for row in LoadedPart.objects.all()}
    report, words = load_folder(first)
    assert (report.created, report.updated, report.kept_edits, report.retired) == (0, 0, [], [])
    assert words == f"questions: 0 made, 0 renewed, {Question.objects.count()} as before"
    assert {(row.kind, row.key, row.language): row.fields for row in LoadedPart.objects.all()} == marks
    forget_course()
    report, _words = load_folder(first)
    assert not report.problems
    assert everything() == before
    assert export_folder("example-course", second) == []
    assert files(second) == files(first)
    assert {name for name in files(first) if name.startswith("media/")} == {
        name for name in files(EXAMPLE) if name.startswith("media/")
    }
