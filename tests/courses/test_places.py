"""Where new pages go."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.enums import CourseRoleKind
from courses.roles import give_role
from lms.accounts.enums import Role
from tests.factories.courses import course_page, home_page, make_course, module_page
from tests.factories.people import make_user


@pytest.fixture
def ask(site, sign_in, trainer):
    client = sign_in(trainer)
    return lambda kind, **given: client.get(f"/cms/{kind}/choose_parent/", given)


def test_a_course_goes_to_the_home_page_of_its_language_at_once(ask):
    answer = ask("course_pages", locale="fr")
    assert answer.url == f"/cms/pages/add/courses/coursepage/{home_page('fr').pk}/"
    assert len(ask("course_pages").context["places"]) == 2


def test_a_lesson_goes_to_a_module_named_with_its_course(ask):
    course = make_course(languages=("fr",), titles={"fr": "Trier des images"})
    make_course("other", languages=("fr",))
    page = ask("lesson_pages").content.decode()
    assert f"/cms/pages/add/courses/lessonpage/{module_page(course).pk}/" in page
    assert course_page(course).title == "Trier des images"
    assert page.index("Trier des images") < page.index("Saisie")


def test_without_a_module_it_says_what_to_make_first(ask):
    assert "faites-les d’abord" in ask("lesson_pages").content.decode()


def test_the_number_of_queries_does_not_grow_with_modules(ask):
    make_course("one"), make_course("two")
    ask("lesson_pages")
    with CaptureQueriesContext(connection) as few:
        assert len(ask("lesson_pages").context["places"]) == 2
    for code in ("three", "four", "five"):
        make_course(code)
    with CaptureQueriesContext(connection) as many:
        assert len(ask("lesson_pages").context["places"]) == 5
    assert len(many) <= len(few)


def test_an_author_sees_the_places_in_their_courses(site, sign_in):
    author = make_user("nafi", Role.TRAINER, all_courses=False)
    one, two = make_course("one", languages=("fr",)), make_course("two", languages=("fr",))
    make_course("not-theirs", languages=("fr",))
    for course in (one, two):
        give_role(course=course, user=author, role=CourseRoleKind.AUTHOR, by=None)
    client = sign_in(author)
    page = client.get("/cms/lesson_pages/choose_parent/")
    assert [place.url.split("/")[-2] for place in page.context["places"]] == [
        str(module_page(course).pk) for course in (one, two)
    ]
    assert client.get("/cms/course_pages/choose_parent/").status_code in {200, 302}


def test_a_learner_is_not_shown_it(site, sign_in, learner):
    assert sign_in(learner).get("/cms/lesson_pages/choose_parent/").status_code == 403
