"""What a trainer does every day, in a browser: it works, and where it does not, the page says so where one looks."""

import pytest
from playwright.sync_api import Page as Browser
from playwright.sync_api import expect

from courses.models import LessonPage
from tests.factories.courses import lesson_page, make_course, module_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAVED = ".w-autosave-indicator__state--saved"


@pytest.fixture
def office(desk, sign_in, trainer, live_server) -> Browser:
    """The desk of a trainer who is signed in."""
    cookie = sign_in(trainer).cookies["sessionid"]
    desk.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    return desk


def test_two_lessons_called_alike_are_taken(office, site):
    course = make_course(lessons=1)
    module = module_page(course)
    for _number in range(2):
        office.goto(f"/cms/pages/add/courses/lessonpage/{module.pk}/")
        office.locator("#id_title").fill("Introduction")
        office.locator("button.action-save").first.click()
        expect(office.locator(".messages .success")).to_be_visible()
    assert set(LessonPage.objects.filter(title="Introduction").values_list("slug", flat=True)) == {
        "introduction", "introduction-2",
    }  # fmt: skip


def test_not_saved_never_stands_beside_saved(office, site):
    """Refused, then put right: only what is true now is on the page."""
    page = lesson_page(make_course(lessons=1))
    office.goto(f"/cms/pages/{page.pk}/edit/")
    office.evaluate("document.querySelector('#page-edit-form').noValidate = true")
    office.locator("#id_minutes").fill("")
    office.locator("button.action-save").first.click()
    expect(office.locator(".messages .error")).to_contain_text("n’est pas enregistrée")
    expect(office.locator(SAVED)).not_to_be_visible()
    expect(office.locator(".messages .success")).to_have_count(0)
    office.locator("#id_minutes").fill("7")
    office.locator("button.action-save").first.click()
    expect(office.locator(".messages .success")).to_be_visible()
    expect(office.locator(".messages .error")).to_have_count(0)
