"""The author of a new course begins its page in each language, without a right to the home page."""

import pytest
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from courses.models import Course, CoursePage
from lms.accounts.enums import Role
from tests.factories.courses import make_course
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(site, sign_in):
    return sign_in(make_user("nafi", Role.TRAINER, all_courses=False))


def new_course(author) -> Course:
    course = {"code": "tri", "titles_fr": "Trier", "titles_en": "", "level": "1", "hours": "2", "position": "1"}
    answer = author.post(
        "/cms/snippets/courses/course/add/", nested_form_data({**course, "skills": inline_formset([])}), follow=True
    )
    made = Course.objects.get(code="tri")
    assert f"/cms/courses/{made.pk}/pages/" in answer.content.decode()
    return made


def test_from_a_new_course_to_its_first_lesson(author):
    course = new_course(author)
    address = f"/cms/courses/{course.pk}/pages/"
    form = author.get(address).context["form"]
    french = form.fields["locale"].queryset.get(language_code="fr")
    data = {"locale": french.pk, "title": "Trier des images", "summary": "Regarder et classer."}
    answer = author.post(address, data)
    page = CoursePage.objects.get(course=course)
    assert answer.url == f"/cms/pages/{page.pk}/edit/"
    assert (page.live, page.owner.username, page.locale) == (False, "nafi", french)
    assert author.get(answer.url).status_code == 200
    assert author.get(f"/cms/pages/add/courses/modulepage/{page.pk}/").status_code == 200
    assert author.get("/cms/").content.decode().count("/edit/")
    assert [locale.language_code for locale in author.get(address).context["form"].fields["locale"].queryset] == ["en"]


def test_what_was_typed_is_kept_and_a_language_has_one_page(author):
    course = new_course(author)
    address = f"/cms/courses/{course.pk}/pages/"
    french = author.get(address).context["form"].fields["locale"].queryset.get(language_code="fr")
    answer = author.post(address, {"locale": french.pk, "title": "Trier", "summary": ""})
    assert answer.status_code == 422
    assert 'value="Trier"' in answer.content.decode()
    data = {"locale": french.pk, "title": "Trier", "summary": "Classer."}
    assert author.post(address, data).status_code == 302
    assert author.post(address, data).status_code == 422
    assert CoursePage.objects.filter(course=course).count() == 1


def test_two_courses_may_have_one_title(author):
    for code in ("one", "two"):
        make_course(code, languages=())
    course = new_course(author)
    address = f"/cms/courses/{course.pk}/pages/"
    for locale in author.get(address).context["form"].fields["locale"].queryset:
        answer = author.post(address, {"locale": locale.pk, "title": "Trier", "summary": "Classer."})
        assert answer.status_code == 302
    assert author.get(address).context["form"] is None


def test_not_for_a_course_of_others(author):
    other = make_course("other", languages=("fr",))
    assert author.get(f"/cms/courses/{other.pk}/pages/").status_code == 404
