import pytest

from courses.catalogue import entries, matches
from courses.models import Course
from tests.factories.courses import BOTH, course_page, make_course, make_enrolment

pytestmark = pytest.mark.pages


def listed(response) -> list[str]:
    return [entry.course.code for entry in response.context["page_obj"]]


@pytest.fixture
def courses(db):
    titles = {"fr": "Métier de la saisie", "en": "Data entry work"}
    make_course("saisie", languages=BOTH, titles=titles, hours=2)
    titles = {"fr": "Tableur", "en": "Spreadsheet"}
    make_course("tableur", languages=BOTH, titles=titles, level=2, hours=6, skills=(("dw.spreadsheet", 2),))
    make_course("local", titles={"fr": "Seulement ici"}, hours=20, skills=())


def test_lists_published_courses(client, courses):
    make_course("brouillon", languages=())
    response = client.get("/fr/courses/")
    assert listed(response) == ["local", "saisie", "tableur"]
    assert "Métier de la saisie" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=metier", ["saisie"]),
        ("q=SAISIE métier", ["saisie"]),
        ("q=lecon", ["local", "saisie", "tableur"]),
        ("q=nothing", []),
        ("skill=dw.spreadsheet", ["tableur"]),
        ("level=2", ["tableur"]),
        ("language=en", ["saisie", "tableur"]),
        ("hours=2", ["saisie"]),
        ("q=metier&level=2", []),
    ],
)
def test_search_and_filters(client, courses, query, found):
    assert listed(client.get(f"/fr/courses/?{query}")) == found


def test_an_unknown_filter_says_so_and_keeps_the_words(client, courses):
    response = client.get("/fr/courses/?q=saisie&level=99")
    assert response.status_code == 200
    assert response.context["form"].errors
    assert 'value="saisie"' in response.content.decode()


def test_nothing_found_and_nothing_published_say_what_to_do(client, courses):
    assert "empty" in client.get("/fr/courses/?q=xyz").content.decode()
    for course in Course.objects.all():
        for page in course.pages.all():
            page.unpublish()
    assert "empty" in client.get("/fr/courses/").content.decode()


def test_queries_do_not_grow_with_courses(client, db, django_assert_max_num_queries):
    for number in range(8):
        make_course(f"c{number}")
    with django_assert_max_num_queries(12):
        client.get("/fr/courses/")
    with django_assert_max_num_queries(3):
        client.get("/fr/courses/")


def test_strangers_pages_may_be_cached_and_hold_nothing_personal(client, courses):
    response = client.get("/fr/courses/")
    assert response["Cache-Control"] == "public, max-age=60"
    assert "csrf" not in response.content.decode()
    assert "no-store" not in client.get("/fr/courses/saisie/")["Cache-Control"]


def test_signed_in_peoples_pages_are_never_kept(courses, learner, sign_in):
    assert "no-store" in sign_in(learner).get("/fr/courses/saisie/")["Cache-Control"]


def test_course_page_tells_what_it_takes_and_gives(client, courses):
    page = client.get("/fr/courses/saisie/").content.decode()
    assert "Leçon 2" in page
    assert "Saisie de données" in page
    assert "10\u00a0min" in page
    assert "?next=/fr/courses/saisie/" in page


def test_course_page_offers_to_enrol_or_to_go_on(courses, learner, sign_in):
    client = sign_in(learner)
    assert 'action="/fr/learn/saisie/enrol/"' in client.get("/fr/courses/saisie/").content.decode()
    make_enrolment(learner, Course.objects.get(code="saisie"))
    assert 'href="/fr/learn/saisie/"' in client.get("/fr/courses/saisie/").content.decode()


def test_course_page_says_why_not(courses, learner, sign_in):
    course = Course.objects.get(code="saisie")
    course.prerequisites.add(Course.objects.get(code="tableur"))
    page = sign_in(learner).get("/fr/courses/saisie/").content.decode()
    assert "/enrol/" not in page
    assert 'href="/fr/courses/tableur/"' in page


def test_a_course_of_one_language_is_shown_in_the_other(client, courses):
    page = client.get("/en/courses/local/").content.decode()
    assert "Seulement ici" in page
    assert 'lang="fr"' in page


def test_an_unpublished_course_says_so_and_an_unknown_one_is_not_found(client, courses):
    course_page(Course.objects.get(code="local")).unpublish()
    assert client.get("/fr/courses/local/").status_code == 200
    assert client.get("/fr/courses/nowhere/").status_code == 404


def test_wagtails_own_address_leads_to_the_catalogue(client, courses):
    assert client.get("/fr/saisie/").url == "/fr/courses/saisie/"


def test_matches_is_plain(courses):
    entry = next(entry for entry in entries() if entry.course.code == "saisie")
    assert matches(entry, {})
    assert not matches(entry, {"q": "saisie absent"})
