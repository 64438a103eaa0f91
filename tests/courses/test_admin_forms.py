"""What the form of a course refuses."""

import pytest
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from courses.models import Course
from tests.factories.courses import make_course

pytestmark = pytest.mark.django_db


def sent(course, *prerequisites):
    fields = {"code": course.code, "titles_fr": "x", "titles_en": "", "level": "1", "hours": "2", "position": "1"}
    data = nested_form_data({**fields, "skills": inline_formset([])})
    return {**data, "prerequisites": [row.pk for row in prerequisites]}


@pytest.fixture
def save(site, sign_in, trainer):
    client = sign_in(trainer)
    return lambda course, *first: client.post(f"/cms/snippets/courses/course/edit/{course.pk}/", sent(course, *first))


def test_a_course_is_not_offered_as_its_own_beginning(save):
    course, other = make_course(), make_course("other")
    form = save(course, course).context["form"]
    assert "prerequisites" in form.errors
    assert list(form.fields["prerequisites"].queryset) == [other]


def test_courses_do_not_wait_for_each_other(save):
    one, two, three = make_course("one"), make_course("two"), make_course("three")
    assert save(one, two).status_code == save(two, three).status_code == 302
    answer = save(three, one)
    assert "personne ne pourrait commencer" in answer.content.decode()
    assert not three.prerequisites.exists()


def test_a_code_stays_once_addresses_hold_it(save):
    used, free = make_course("en-place"), make_course("a-venir", languages=())
    used.code, free.code = "autre", "mieux"
    assert "Gardez le code « en-place »" in save(used).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert save(free).status_code == 302
    assert list(Course.objects.order_by("pk").values_list("code", flat=True)) == ["en-place", "mieux"]
