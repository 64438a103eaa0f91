"""The admin as trainers and managers meet it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from courses.models import Course, LessonPage
from tests.factories.courses import add_lesson, course_page, lesson_page, make_course, make_skill, module_page


@pytest.fixture
def course(site):
    return make_course(lessons=2)


@pytest.mark.parametrize(
    "path",
    [
        "/cms/",
        "/cms/snippets/courses/course/",
        "/cms/snippets/courses/skill/",
        "/cms/course_pages/",
        "/cms/lesson_pages/",
    ],
)
def test_lists_open_for_the_team(course, trainer, manager, sign_in, path):
    for user in (trainer, manager):
        assert sign_in(user).get(path).status_code == 200


def test_lists_do_not_grow_in_queries(course, trainer, sign_in):
    client = sign_in(trainer)
    client.get("/cms/lesson_pages/")
    with CaptureQueriesContext(connection) as few:
        client.get("/cms/lesson_pages/")
    for number in range(3, 11):
        add_lesson(module_page(course), "fr", number)
    with CaptureQueriesContext(connection) as many:
        client.get("/cms/lesson_pages/")
    assert len(many) <= len(few) + 2


def test_a_trainer_edits_lessons_and_courses_but_no_skills(course, trainer, sign_in):
    client = sign_in(trainer)
    assert client.get(f"/cms/pages/{lesson_page(course).pk}/edit/").status_code == 200
    assert client.get(f"/cms/snippets/courses/course/edit/{course.pk}/").status_code == 200
    assert client.get("/cms/snippets/courses/skill/add/").status_code in {302, 403}


def test_a_course_is_written_in_one_language_first(site, trainer, sign_in):
    client = sign_in(trainer)
    course = {"code": "tri", "titles_fr": "Trier", "titles_en": "", "level": "1", "hours": "2", "position": "1"}
    data = nested_form_data({**course, "skills": inline_formset([])})
    page = client.post("/cms/snippets/courses/course/add/", data, follow=True)
    assert page.redirect_chain, page.context["form"].errors
    assert re.search(r"Trier.*Anglais", page.content.decode(), re.S)
    row = Course.objects.get(code="tri")
    assert f"/cms/courses/{row.pk}/pages/" in page.content.decode()
    assert "pas encore écrit" in client.get(f"/cms/snippets/courses/course/edit/{row.pk}/").content.decode()
    with translation.override("en"):
        assert row.title == "Trier"


def test_previews_are_rendered(course, client):
    for page in (lesson_page(course), module_page(course), course_page(course)):
        assert page.title in page.make_preview_request().rendered_content


def test_nothing_a_trainer_does_not_need_is_in_the_menu(course, trainer, sign_in):
    page = sign_in(trainer).get("/cms/").content.decode()
    for path in ("/cms/redirects/", "/cms/sites/", "/cms/locales/", "/cms/users/", "/cms/reports/workflow/"):
        assert path not in page


def test_two_steps_of_a_course_never_have_one_slug(course):
    """The second gets a number: an error would stand in a tab that nobody has open."""
    other = course_page(course).add_child(instance=type(module_page(course))(title="Suite", slug="m2"))
    form_class = LessonPage.get_edit_handler().get_form_class()

    def slug_of(wanted: str) -> str:
        data = {"title": "x", "slug": wanted, "minutes": "5", "body-count": "0"}
        form = form_class(instance=LessonPage(), parent_page=other, data=data)
        assert "slug" not in form.errors
        return form.cleaned_data["slug"]

    assert slug_of("lecon-1") == "lecon-1-2"
    assert slug_of("enrol") == "enrol-2"
    assert slug_of("libre") == "libre"
    assert slug_of("") == "x"  # saved before the browser had made one of the title


@pytest.mark.parametrize("path", ["cms/plainpage/{home}", "courses/modulepage/{course}"])
def test_no_page_is_refused_because_a_neighbour_is_called_alike(course, site, manager, sign_in, path):
    """Twice the same: what a kind of page needs else is an error of its own, the slug never is."""
    client = sign_in(manager)
    parents = {"home": site.pk, "course": course_page(course).pk}
    data = {"title": "Introduction", "slug": "introduction", "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0}
    data |= {"body-count": "0"}
    for number in ("", "-2"):
        answer = client.post(f"/cms/pages/add/{path.format(**parents)}/", data)
        assert answer.status_code == 302, answer.context["form"].errors
        assert Page.objects.filter(slug=f"introduction{number}").exists()


def test_the_admin_speaks_the_language_of_the_account(trainer):
    assert trainer.wagtail_userprofile.preferred_language == "fr"


def test_the_first_page_leads_to_courses_and_says_how_to_make_one(course, trainer, sign_in):
    page = sign_in(trainer).get("/cms/").content.decode()
    assert f"/cms/pages/{course_page(course).pk}/" in page
    assert "/cms/pages/add/courses/coursepage/" in page
    assert "/cms/snippets/assessments/question/add/" in page


def test_steps_are_listed_in_the_order_of_learners(course, trainer, sign_in):
    module = module_page(course)
    titles = [page.title for page in module.get_children()]
    listing = sign_in(trainer).get(f"/cms/pages/{module.pk}/").content.decode()
    places = [listing.index(title) for title in titles]
    assert places == sorted(places)


def test_a_course_is_made_where_it_is_chosen(site, trainer, sign_in):
    client = sign_in(trainer)
    url = "/cms/snippets/choose/courses/course/"
    assert "titles" in client.get(url).content.decode()


def test_managers_reach_people_and_trainers_do_not(course, trainer, manager, sign_in):
    assert "/cms/users/" in sign_in(manager).get("/cms/").content.decode()
    assert "/cms/users/" not in sign_in(trainer).get("/cms/").content.decode()


def test_after_publishing_a_button_leads_to_the_next_page(course, trainer, sign_in):
    page = course_page(course)
    data = {"title": "Trier", "slug": "trier", "action-publish": "1", "comments-TOTAL_FORMS": 0}
    data |= {"comments-INITIAL_FORMS": 0}
    client = sign_in(trainer)
    answer = client.post(f"/cms/pages/add/courses/modulepage/{page.pk}/", data, follow=True)
    module = page.get_children().get(slug="trier")
    assert f"/cms/pages/{module.pk}/add_subpage/" in answer.content.decode()
    assert "Moderators approval" not in client.get(f"/cms/pages/{module.pk}/edit/").content.decode()


def test_the_editor_says_what_could_be_better_and_stops_nothing(course, trainer, sign_in):
    page = lesson_page(course)
    page.body = [("text", "<p>" + "mot " * 40 + ".</p>"), ("image", {"image": None, "alt": "", "caption": ""})]
    page.save_revision()
    editor = sign_in(trainer).get(f"/cms/pages/{page.pk}/edit/")
    assert editor.status_code == 200
    shown = editor.content.decode()
    assert "pas de description pour les personnes" in shown
    assert "Phrases de plus de 25 mots" in shown
    assert "Elle n’a pas de question pour s’exercer" in shown


def test_a_lesson_teaches_skills_of_its_course_only(course):
    make_skill("digcomp.1.3")
    lesson = LessonPage.objects.first()
    form = LessonPage.get_edit_handler().get_form_class()(instance=lesson, parent_page=lesson.get_parent())
    assert [skill.code for skill in form.fields["skills"].queryset] == ["dw.data-entry"]
