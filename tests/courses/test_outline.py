from django.utils import translation

from courses.models import Course, LessonPage
from courses.outline import all_outlines, best_outline, get_outline, get_outlines
from tests.factories.courses import BOTH, add_lesson, course_page, lesson_page, make_course, module_page, step_keys


def test_outline_lists_live_steps_in_order(db):
    course = make_course(lessons=2)
    outline = get_outline(course, "fr")
    assert [step.slug for step in outline.steps] == ["lecon-1", "lecon-2"]
    assert [step.key for step in outline.steps] == step_keys(course)
    assert outline.steps[0].path == "/fr/learn/saisie/lecon-1/"
    assert outline.minutes == 10
    assert outline.kilobytes > 1


def test_outline_in_each_language_shares_keys(db):
    course = make_course(lessons=2, languages=BOTH)
    french, english = all_outlines(course)
    assert french.required == english.required
    assert english.steps[1].path == "/en/learn/saisie/lesson-2/"


def test_a_second_reading_asks_the_database_nothing(db, django_assert_num_queries):
    course = make_course()
    get_outline(course, "fr")
    with django_assert_num_queries(0):
        get_outline(course, "fr")


def test_many_outlines_cost_as_many_queries_as_one(db, django_assert_max_num_queries):
    courses = [make_course(f"c{n}") for n in range(5)]
    with django_assert_max_num_queries(5):
        assert len(get_outlines(courses, "fr")) == 5


def test_a_course_in_no_language_has_no_outline(db):
    course = make_course()
    assert get_outline(course, "en") is None
    with translation.override("en"):
        assert best_outline(course).language == "fr"
    course_page(course).unpublish()
    course.refresh_from_db()
    assert best_outline(course) is None


def test_a_live_lesson_under_a_withdrawn_module_is_left_out(db):
    course = make_course()
    module_page(course).unpublish()
    course.refresh_from_db()
    assert get_outline(course, "fr").steps == ()


def test_publishing_moving_withdrawing_and_deleting_renew_the_outline(db):
    course = make_course(lessons=2)
    seen = [course.content_version]

    def version() -> int:
        return Course.objects.get(pk=course.pk).content_version

    page = lesson_page(course, 1)
    page.title = "Relire"
    page.save_revision().publish()
    seen.append(version())
    lesson_page(course, 2).move(module_page(course), pos="first-child")
    seen.append(version())
    lesson_page(course, 1).unpublish()
    seen.append(version())
    lesson_page(course, 1).delete()
    seen.append(version())
    add_lesson(module_page(course), "fr", 9)
    seen.append(version())
    assert seen == sorted(set(seen))
    course.refresh_from_db()
    assert [step.title for step in get_outline(course, "fr").steps] == ["Relire", "Leçon 9"]


def test_a_draft_changes_nothing(db):
    course = make_course()
    before = Course.objects.get(pk=course.pk).content_version
    page = lesson_page(course, 1)
    page.title = "Brouillon"
    page.save_revision()
    assert Course.objects.get(pk=course.pk).content_version == before


def test_saving_the_course_row_never_takes_the_version_back(db):
    course = make_course()
    stale = Course.objects.get(pk=course.pk)
    lesson_page(course, 1).save_revision().publish()
    newest = Course.objects.get(pk=course.pk).content_version
    stale.code = "saisie-2"
    stale.save()
    assert stale.content_version == newest + 1
    assert get_outline(stale, "fr").steps[0].path == "/fr/learn/saisie-2/lecon-1/"


def test_two_lessons_of_one_slug_keep_an_address_each(db):
    course = make_course(lessons=1)
    other = course_page(course).add_child(instance=type(module_page(course))(title="Suite", slug="m2"))
    add_lesson(other, "fr", 1)
    course.refresh_from_db()
    assert [step.slug for step in get_outline(course, "fr").steps] == ["lecon-1", "lecon-1-2"]


def test_publishing_writes_the_weight_of_the_lesson(db):
    course = make_course(lessons=1)
    assert 1100 < LessonPage.objects.get(pk=lesson_page(course, 1).pk).body_bytes < 3000
