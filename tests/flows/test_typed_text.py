"""A connection that drops takes nothing that a learner has typed: with Back, and with the script."""

import re
from contextlib import suppress

import pytest
from django.test import Client
from playwright.sync_api import Error, Page, expect

from assessments.models import Response
from lms.lib.page_owner import owner_of
from tests.assessments.helpers import begin
from tests.browsers import chromium_path
from tests.conftest import PATIENCE
from tests.factories.assessments import make_assessment, make_question
from tests.factories.courses import make_course, make_enrolment
from tests.factories.people import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TYPED = "Je recopie la fiche"
NOTE = "Ce que vous aviez écrit est de nouveau là."


@pytest.fixture
def attempt(site):
    course = make_course("saisie", lessons=1)
    questions = [make_question("short_text", code=f"q{number}") for number in range(2)]
    assessment = make_assessment(course, questions=questions)
    return begin(make_enrolment(make_user("awa"), course), assessment)


@pytest.fixture
def open_phone(chromium, live_server):
    """A context of a learner with JavaScript or without, signed in."""
    opened = []

    def build(username: str = "awa", scripts: bool = True, context=None):
        context = context or chromium.new_context(
            base_url=live_server.url,
            viewport={"width": 360, "height": 640},
            java_script_enabled=scripts,
            locale="fr-FR",
        )
        opened.append(context)
        page = context.new_page()
        page.goto("/fr/accounts/login/")
        page.locator("input[name=login]").fill(username)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main form .btn").click()
        expect(page).to_have_url(re.compile(r"/learn/|/opportunities/|/courses/"))
        return page

    yield build
    for context in opened:
        context.close()


def address(attempt, position: int = 1) -> str:
    return f"/fr/learn/saisie/test/test/{attempt.pk}/{position}/"


def box(page: Page):
    return page.locator("#a")


def next_without_line(page: Page) -> None:
    page.context.set_offline(True)
    page.locator(".dock .btn").click()
    page.wait_for_url(re.compile("chrome-error"), wait_until="commit")


def back(page: Page) -> None:
    """As the phone's own button: ``go_back`` waits for an event that a page which was kept whole does not send."""
    history = None
    for _try in range(PATIENCE // 100):
        with suppress(Error):  # while the browser puts one page in the place of another, neither is there
            session = page.context.new_cdp_session(page)
            history = session.send("Page.getNavigationHistory")
            break
        page.wait_for_timeout(100)
    assert history
    entry = history["entries"][history["currentIndex"] - 1]
    session.send("Page.navigateToHistoryEntry", {"entryId": entry["id"]})


@pytest.fixture
def plain_phone(chromium, live_server, open_phone):
    """Without JavaScript; as phones do and tests do not, it keeps the page before this one."""
    path = chromium_path(keeps_pages=True)
    keeps = ["--disable-back-forward-cache"]
    browser = chromium.browser_type.launch(executable_path=path, args=["--no-sandbox"], ignore_default_args=keeps)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="fr-FR")
    context.set_default_timeout(PATIENCE)
    yield open_phone(context=context)
    browser.close()


def test_without_a_script_back_leads_to_the_filled_form(attempt, plain_phone):
    page = plain_phone
    page.goto(address(attempt))
    box(page).fill(TYPED)
    next_without_line(page)
    back(page)
    expect(box(page)).to_have_value(TYPED)


def test_also_from_a_form_that_was_refused(attempt, open_phone):
    page = open_phone()
    page.goto(address(attempt))
    box(page).evaluate("e => e.maxLength = 10000")
    box(page).fill("x" * 501)
    page.locator(".dock .btn").click()
    expect(page.locator("#e")).to_be_visible()
    box(page).fill(TYPED)
    next_without_line(page)
    page.context.set_offline(False)
    page.goto(address(attempt))
    expect(box(page)).to_have_value(TYPED)


def test_with_the_script_it_is_there_after_a_reload_and_is_sent_once(attempt, open_phone):
    page = open_phone()
    page.goto(address(attempt))
    box(page).fill(TYPED)
    next_without_line(page)
    page.context.set_offline(False)
    page.goto(address(attempt))
    expect(box(page)).to_have_value(TYPED)
    expect(page.get_by_text(NOTE)).to_be_visible()
    page.locator(".dock .btn").click()
    expect(page).to_have_url(re.compile("/2/$"))
    page.goto(address(attempt))
    expect(box(page)).to_have_value(TYPED)
    expect(page.get_by_text(NOTE)).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('d:'))") == []
    assert [row.answer for row in Response.objects.all()] == [{"text": TYPED}]


def test_a_killed_browser_gives_it_back(attempt, open_phone):
    page = open_phone()
    page.goto(address(attempt))
    box(page).fill(TYPED)
    context = page.context
    page.close()
    again = context.new_page()
    again.goto(address(attempt))
    expect(box(again)).to_have_value(TYPED)


def test_a_newer_answer_from_elsewhere_stands(attempt, open_phone):
    page = open_phone()
    page.goto(address(attempt))
    box(page).fill(TYPED)
    elsewhere = Client()
    elsewhere.force_login(attempt.enrolment.user)
    form = elsewhere.get(address(attempt)).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', form)[1]
    field = re.search(r'<input id="a" name="([^"]+)"', form)[1]
    elsewhere.post(address(attempt) + "?save", {"key": key, field: "Plus tard, ailleurs"})
    page.goto(address(attempt))
    expect(box(page)).to_have_value("Plus tard, ailleurs")


def test_the_next_person_on_this_phone_finds_nothing(attempt, open_phone):
    make_user("fanta")
    page = open_phone()
    page.goto(address(attempt))
    box(page).fill(TYPED)
    page.context.clear_cookies()  # the session ended without a sign-out
    other = open_phone("fanta", context=page.context)
    assert other.evaluate("JSON.stringify(localStorage)").find(TYPED) == -1


def test_sign_out_takes_it_from_the_phone(attempt, open_phone):
    page = open_phone()
    page.goto(address(attempt))
    box(page).fill(TYPED)
    page.goto("/fr/accounts/logout/")
    page.locator("main form .btn").first.click()
    expect(page).not_to_have_url(re.compile("logout"))
    assert page.evaluate("Object.keys(localStorage)") == []


def test_any_other_form_keeps_it_until_it_is_saved(attempt, open_phone):
    page = open_phone()
    page.goto("/fr/opportunities/profile/")
    page.locator("[name=hours_per_week]").fill("12")
    page.goto("/fr/opportunities/profile/")
    expect(page.locator("[name=hours_per_week]")).to_have_value("12")
    page.locator(".dock .btn").click()
    expect(page.locator(".msg-success")).to_be_visible()
    page.goto("/fr/opportunities/profile/")
    assert page.evaluate("Object.keys(localStorage)") == []


def test_owners_tell_nothing_and_differ():
    awa, fanta = make_user("awa"), make_user("fanta")
    assert owner_of(awa) == owner_of(awa) != owner_of(fanta)
    assert str(awa.pk) != owner_of(awa)


def test_an_answered_form_is_a_page_like_any_other_for_back_and_refresh(attempt, open_phone):
    """The next question comes as the answer to the form: its address is its own, and no form is ever asked again."""
    page, sent = open_phone(), []
    page.on("request", lambda request: sent.append(request.method) if request.is_navigation_request() else None)
    page.goto(address(attempt, 1))
    sent.clear()
    box(page).fill(TYPED)
    page.locator(".dock .btn").click()
    expect(page).to_have_url(re.compile(address(attempt, 2) + "$"))
    assert sent == ["POST"], "no redirect"
    page.reload()
    expect(page).to_have_url(re.compile(address(attempt, 2) + "$"))
    back(page)
    expect(page).to_have_url(re.compile(address(attempt, 1) + "$"))
    expect(box(page)).to_have_value(TYPED)
    assert "POST" not in sent[1:]
    assert Response.objects.count() == 1
