"""From the catalogue to the certificate on a 360 px phone without JavaScript, in a real browser."""

import re

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from certificates.models import Certificate
from certificates.tasks import sweep_certificates
from tests.factories.assessments import make_assessment, make_in_both_languages
from tests.factories.courses import BOTH, make_course
from tests.factories.people import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fits(page: Page) -> None:
    """No page of a learner scrolls sideways."""
    assert page.locator("html").evaluate("e => [e.scrollWidth, e.clientWidth]")[0] <= 360, page.url


@pytest.fixture
def school():
    course = make_course("saisie", lessons=2, languages=BOTH)
    questions = [make_in_both_languages("single", code=f"q{number}")[0] for number in range(3)]
    make_assessment(course, questions=questions, pass_mark=70)
    return make_user("awa", full_name="Aïssatou Ndiaye")


def sign_in(page: Page, language: str) -> None:
    page.goto(f"/{language}/accounts/login/")
    page.locator("input[name=login]").fill("awa")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form .btn").click()
    expect(page).to_have_url(re.compile(r"/learn/"))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_from_the_catalogue_to_the_certificate(site, school, phone, language):
    sign_in(phone, language)
    assert phone.locator("header").bounding_box()["height"] < 3 * 44, "two rows at most, whatever the language"
    phone.goto(f"/{language}/courses/")
    fits(phone)
    phone.locator("main a[href*='/courses/saisie/']").first.click()
    fits(phone)
    phone.locator("form[action*=enrol] button").click()
    phone.locator("main a.btn[href*='/learn/saisie/']").first.click()
    for _lesson in range(2):
        fits(phone)
        phone.locator("form[action*=done] button").click()
    fits(phone)
    take_assessment(phone)
    expect(phone.locator("main")).to_contain_text("100")
    fits(phone)
    connection.close()
    assert sweep_certificates() >= 1
    phone.goto(f"/{language}/certificates/")
    fits(phone)
    certificate = Certificate.objects.get()
    assert certificate.language == language
    with phone.expect_download() as download:
        phone.locator("a.btn[href$='.pdf']").click()  # a code may spell PDF
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    phone.context.clear_cookies()
    phone.goto(f"/v/{certificate.code}")
    expect(phone.locator("main")).to_contain_text("Aïssatou Ndiaye")
    fits(phone)


def take_assessment(page: Page) -> None:
    page.locator("main form .btn").click()
    for _question in range(3):
        fits(page)
        page.get_by_text("Oui", exact=True).click()
        page.locator(".dock .btn").click()
    fits(page)
    page.locator("main form .btn").last.click()
