import pytest

from assessments.models import AssessmentPage, Question
from courses.models import CoursePage, LessonPage
from tests.factories.assessments import make_assessment, make_question
from tests.factories.courses import BOTH, lesson_page, make_course, step_keys


def test_make_course_builds_translations_that_share_their_keys(db):
    course = make_course(lessons=2, languages=BOTH)
    assert CoursePage.objects.filter(course=course, live=True).count() == 2
    assert LessonPage.objects.live().count() == 4
    french, english = lesson_page(course, 2, "fr"), lesson_page(course, 2, "en")
    assert french.translation_key == english.translation_key == step_keys(course)[1]
    assert french.live_revision_id


MOMENTS = {
    "first_published_at",
    "last_published_at",
    "latest_revision_created_at",
    "live_revision_id",
    "latest_revision_id",
}


def state(row):
    """Its columns; of moments and revisions, whether they are there."""
    values = type(row).objects.filter(pk=row.pk).values()[0]
    return {name: bool(value) if name in MOMENTS else value for name, value in values.items()}


@pytest.mark.parametrize("kind", ["lesson", "assessment", "question"])
def test_the_factories_publish_as_wagtail_does(site, kind):
    course = make_course(lessons=1)
    question = make_question()
    make_assessment(course, questions=[question])
    row = {
        "lesson": lesson_page(course),
        "assessment": AssessmentPage.objects.first(),
        "question": Question.objects.get(),
    }[kind]
    made = state(row)
    row.save_revision().publish()
    assert state(row) == made
    assert row.revisions.first().content.keys() == row.revisions.last().content.keys()
