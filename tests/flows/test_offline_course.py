"""A course on a phone: kept with one tap, read and answered offline, sent once when there is one again."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, expect

from assessments.enums import Purpose
from assessments.models import Attempt, Grade, Response
from certificates.models import Certificate
from certificates.tasks import sweep_certificates
from courses.models import Enrolment, StepProgress
from tests.browsers import chromium_path
from tests.conftest import PATIENCE
from tests.factories.assessments import make_assessment, make_bank, make_question
from tests.factories.courses import make_course, make_enrolment
from tests.factories.people import PASSWORD, make_user
from tests.flows.bad_network import Line

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COURSE = "/fr/learn/saisie/"


@pytest.fixture
def school(site):
    """Three lessons, practice with one question of its own bank, and an assessment of two questions."""
    course = make_course("saisie", lessons=3)
    exercise = make_question("single", code="p1", bank=make_bank("exercices"))
    make_assessment(course, code="exercice", questions=[exercise], purpose=Purpose.PRACTICE)
    questions = [make_question("single", code="q1"), make_question("numeric", code="q2")]
    make_assessment(course, code="examen", questions=questions, pass_mark=70)
    awa = make_user("awa", full_name="Awa Ndiaye")
    make_enrolment(awa, course)
    return awa


class Device:
    """A phone whose browser can be killed: what it keeps is in its folder."""

    def __init__(self, chromium, folder, url: str) -> None:
        self.chromium, self.folder, self.url = chromium, folder, url
        self.open()

    def open(self) -> None:
        path = chromium_path()
        self.context = self.chromium.browser_type.launch_persistent_context(
            str(self.folder), executable_path=path, args=["--no-sandbox"], base_url=self.url,
            viewport={"width": 360, "height": 640}, locale="fr-FR",
        )  # fmt: skip
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.pages[0]

    def kill(self) -> None:
        self.context.close()
        self.open()

    def sign_in(self, username: str = "awa") -> None:
        self.page.goto("/fr/accounts/login/")
        self.page.locator("input[name=login]").fill(username)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("main form .btn").click()
        expect(self.page).to_have_url(re.compile(r"/learn/|/courses/"))

    def keep(self) -> None:
        self.page.goto(COURSE)
        self.page.locator("[data-keep] .btn").click()
        expect(self.page.locator("[data-kept-now]")).to_be_visible()


@pytest.fixture
def line(live_server):
    line = Line(live_server.url)
    yield line
    line.close()


@pytest.fixture
def device(chromium, line, tmp_path):
    device = Device(chromium, tmp_path / "profile", line.url)
    yield device
    device.context.close()


def go_on(page: Page, address: str, what: str = ".dock .btn") -> None:
    page.locator(what).first.click()
    expect(page).to_have_url(re.compile(address))


def hand_in(page: Page) -> None:
    page.locator("form.dock .btn").click()
    expect(page.locator("h1")).to_contain_text("Rendu sur ce téléphone")


def test_the_airplane_story(school, device, line):
    device.sign_in()
    device.keep()
    device.kill()
    line.become("down")
    page = device.page
    page.goto(COURSE + "lecon-1/")
    expect(page.locator("h1")).to_contain_text("Leçon 1")
    go_on(page, "lecon-2/$", "form[data-send] .btn")
    go_on(page, "lecon-3/$", "form[data-send] .btn")
    go_on(page, "test/evaluation/", "form[data-send] .btn")
    page.locator(".dock .btn").click()
    expect(page).to_have_url(re.compile(r"/1/$"))
    page.get_by_text("Oui", exact=True).click()
    page.locator(".dock .btn").click()
    expect(page.locator("#told")).to_contain_text("C’est juste")
    page.locator("form [value=overview]").click()
    hand_in(page)
    page.goto(COURSE)
    expect(page.locator("li.done")).to_have_count(3)
    page.locator("li a[href*=evaluation-2]").click()
    page.locator(".dock .btn").click()
    expect(page).to_have_url(re.compile(r"/1/$"))
    page.get_by_text("Oui", exact=True).click()
    go_on(page, r"/2/$")
    page.locator("#a").fill("98765,5")
    page.locator(".dock .btn").click()
    expect(page.locator("li.done")).to_have_count(2)
    hand_in(page)
    assert (StepProgress.objects.count(), Response.objects.count(), Grade.objects.count()) == (0, 0, 0)
    device.kill()
    device.page.goto(COURSE)
    expect(device.page.locator("[role=status]")).to_contain_text("8")
    line.become("up")
    device.page.goto(COURSE + "lecon-1/")
    expect(device.page.get_by_role("link", name="Connectez-vous pour les envoyer.")).to_be_visible()
    device.sign_in()
    expect(device.page.get_by_text("Vos réponses sont arrivées")).to_have_count(2)
    assert [attempt.score for attempt in Attempt.objects.filter(assessment__code="examen")] == [100]
    assert (Response.objects.count(), Grade.objects.count()) == (3, 2)
    assert Enrolment.objects.get().completed_at is not None
    sweep_certificates()
    assert Certificate.objects.count() == 1


def answer_first(page: Page) -> None:
    """The first question of the certifying assessment, on the phone."""
    page.goto(COURSE + "test/evaluation-2/")
    page.locator(".dock .btn").click()
    expect(page).to_have_url(re.compile(r"/1/$"))
    page.get_by_text("Oui", exact=True).click()
    go_on(page, r"/2/$")


def test_a_line_that_takes_everything_and_answers_nothing(school, device, line):
    device.sign_in()
    device.keep()
    page = device.page
    line.become("silent")
    page.goto(COURSE + "lecon-1/")
    expect(page.locator("h1")).to_contain_text("Leçon 1")
    page.goto(COURSE)
    expect(page.locator("h1")).to_contain_text("Saisie")
    answer_first(page)
    assert Response.objects.count() == 0
    line.become("up")
    with suppress(Error):  # what waits may go by itself before the button is reached, and the button with it
        page.get_by_role("button", name="Envoyer maintenant").click(timeout=5_000)
    expect(page.get_by_text("Tout est envoyé.")).to_be_visible()
    assert Response.objects.get().item.position == 1


def test_the_next_person_on_this_phone_sees_nothing_and_loses_nothing(school, device, line):
    make_enrolment(make_user("fanta"), Enrolment.objects.get().course)
    device.sign_in()
    device.keep()
    line.become("down")
    answer_first(device.page)
    device.kill()  # and with the browser the session went
    line.become("up")
    device.sign_in("fanta")
    page = device.page
    page.goto(COURSE)
    expect(page.locator("[data-keep] .btn")).to_be_visible()
    expect(page.get_by_text("pas encore envoyé")).to_have_count(0)
    assert Response.objects.count() == 0
    line.become("down")
    assert not has_page(page, COURSE + "lecon-1/")
    device.kill()
    assert not has_page(device.page, COURSE + "lecon-1/")
    line.become("up")
    device.sign_in("fanta")
    sign_out(device.page)
    device.sign_in()
    device.page.wait_for_function("() => document.querySelector('.msg')?.textContent.includes('Tout est envoyé')")
    assert Response.objects.get().item.attempt.enrolment.user.username == "awa"


def sign_out(page: Page) -> None:
    page.goto("/fr/accounts/logout/")
    page.locator("main form .btn").first.click()
    expect(page).not_to_have_url(re.compile("logout"))


def has_page(page: Page, address: str) -> bool:
    """In a tab of its own, which a failure leaves half way."""
    tab = page.context.new_page()
    try:
        tab.goto(address)
        return tab.locator("[data-kept]").count() == 1
    except Error:
        return False
    finally:
        tab.close()


def test_sign_out_offers_to_send_first_and_wipes(school, device, line):
    device.sign_in()
    device.keep()
    page = device.page
    line.become("down")
    answer_first(page)
    line.become("up")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    sign_out(page)
    assert len(asked) <= 1, "nothing was lost, so nothing more was asked"
    assert Response.objects.count() == 1
    line.become("down")
    assert not has_page(page, COURSE + "lecon-1/")


def test_removing_a_course_takes_it_from_the_phone(school, device, line):
    device.sign_in()
    device.keep()
    device.page.locator("[data-remove]").click()
    expect(device.page.locator("[data-keep] .btn")).to_be_visible()
    line.become("down")
    assert not has_page(device.page, COURSE + "lecon-1/")


def test_a_kept_lesson_costs_no_byte(school, device, line):
    device.sign_in()
    device.keep()
    line.asked.clear()
    device.page.goto(COURSE + "lecon-1/")
    device.page.goto(COURSE + "lecon-2/")
    expect(device.page.locator("h1")).to_contain_text("Leçon 2")
    assert line.asked == []
