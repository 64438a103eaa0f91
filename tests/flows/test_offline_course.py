"""A course on a phone: kept with one tap, read and answered without a line, sent once when there is one again."""

import re
import shutil

import pytest
from playwright.sync_api import Page, expect

from assessments.enums import Purpose
from assessments.models import Attempt, Grade, Response
from certificates.models import Certificate
from certificates.tasks import sweep_certificates
from courses.models import Enrolment, StepProgress
from tests.conftest import PATIENCE
from tests.factories.assessments import make_assessment, make_bank, make_question
from tests.factories.courses import make_course, make_enrolment
from tests.factories.people import PASSWORD, make_user
from tests.flows.bad_line import Line

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
        path = shutil.which("chromium") or shutil.which("chromium-browser")
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
