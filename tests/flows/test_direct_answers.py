"""A form of a learner's page is answered with the page it leads to, where the script asks for that (``now``)."""

import re

import pytest

from assessments.models import Response
from courses.models import StepProgress
from lms.lib.page_owner import owner_of
from tests.assessments.helpers import begin
from tests.factories.assessments import make_assessment, make_question
from tests.factories.courses import make_course, make_enrolment

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

LESSON, NEXT = "/fr/learn/saisie/lecon-1/", "/fr/learn/saisie/lecon-2/"


@pytest.fixture
def course(site):
    return make_course(lessons=2)


@pytest.fixture
def awa(learner, sign_in, course):
    return sign_in(learner)


def key_in(page) -> str:
    return re.search(r'name="key" value="([^"]+)"', page.content.decode()).group(1)


def test_a_lesson_that_is_read_is_answered_with_the_next(awa, learner, course):
    make_enrolment(learner, course)
    followed = awa.get(NEXT).content.decode()
    answer = awa.post(LESSON + "done/", {"now": ""})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    page = answer.content.decode()
    assert f'data-me="{owner_of(learner)} {NEXT}"' in page, "where it stands, for the script"
    assert re.sub(r'(data-me="\w+)[^"]*|(csrfmiddlewaretoken" value=")\w+', r"\1\2", page) == re.sub(
        r'(csrfmiddlewaretoken" value=")\w+', r"\1", followed
    )
    assert StepProgress.objects.count() == 1
    assert f'data-me="{owner_of(learner)}"' in awa.get(NEXT).content.decode(), "not what others are shown"


def test_without_the_script_it_is_a_redirect(awa, learner, course):
    make_enrolment(learner, course)
    assert awa.post(LESSON + "done/").url == NEXT


def test_who_may_not_see_the_page_is_not_shown_it(awa, course):
    assert awa.post(LESSON + "done/", {"now": ""}).url == "/fr/courses/saisie/", "enrols first"
    assert not StepProgress.objects.exists()


def test_enrolling_and_a_whole_attempt_in_one_request_each(awa, learner, course):
    assessment = make_assessment(course, questions=[make_question("short_text", code=f"q{n}") for n in (1, 2)])
    assert "Leçon 1" in awa.post("/fr/learn/saisie/enrol/", {"now": ""}).content.decode()
    intro = "/fr/learn/saisie/test/evaluation/"
    page = awa.post(intro, {"now": ""})
    attempt = learner.enrolments.get().attempts.get(assessment=assessment)
    for position, go in ((1, "next"), (2, "overview")):
        here = f"{intro}{attempt.pk}/{position}/"
        assert f'action="{here}?save"' in page.content.decode(), "the address that it has before the script runs"
        page = awa.post(f"{here}?save", {"key": key_in(page), "text": "x", "go": go, "now": ""})
        assert page.status_code == 200
    assert Response.objects.count() == 2
    page = awa.post(f"{intro}{attempt.pk}/", {"now": ""})
    assert f"{intro}{attempt.pk}/result/" in page.content.decode()
    again = awa.post(f"{intro}{attempt.pk}/", {"now": ""})
    assert (again.status_code, attempt.grades.count()) == (200, 1), "a form that is sent twice changes nothing"


def test_what_is_told_once_is_told_on_that_page(awa, learner, course):
    attempt = begin(make_enrolment(learner, course), make_assessment(course, questions=[make_question("short_text")]))
    here = f"/fr/learn/saisie/test/test/{attempt.pk}/1/"
    old = key_in(awa.get(here))
    new = key_in(awa.get(here))
    awa.post(here, {"key": new, "text": "nouveau", "go": "next"})
    page = awa.post(here, {"key": old, "text": "vieux", "go": "next", "now": ""})
    assert "nouveau" in page.content.decode()
    assert 'class="msg' in page.content.decode()
    assert 'class="msg' not in awa.get(here).content.decode()


@pytest.mark.parametrize("form", [{"now": "", "draft": "abcdefgh"}, {}])
def test_a_draft_is_told_by_a_redirect(awa, learner, course, form):
    make_enrolment(learner, course)
    assert awa.post(LESSON + "done/", form).status_code == 302


def test_forms_that_lead_elsewhere_redirect(awa, learner):
    assert awa.post("/fr/accounts/language/", {"language": "en", "next": "/en/learn/", "now": ""}).status_code == 302
