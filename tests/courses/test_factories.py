from courses.models import CoursePage, LessonPage
from tests.factories.courses import BOTH, lesson_page, make_course, step_keys


def test_make_course_builds_twins_that_share_their_keys(db):
    course = make_course(lessons=2, languages=BOTH)
    assert CoursePage.objects.filter(course=course, live=True).count() == 2
    assert LessonPage.objects.live().count() == 4
    french, english = lesson_page(course, 2, "fr"), lesson_page(course, 2, "en")
    assert french.translation_key == english.translation_key == step_keys(course)[1]
    assert french.live_revision_id
