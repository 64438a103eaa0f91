"""The editor saves by itself: on a slow network too, one form makes one page and one question."""

import json
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page as Browser
from playwright.sync_api import Route, expect
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from assessments.models import Question
from cms.autosave import draft_of_this_form, remember_draft
from courses.models import LessonPage
from tests.factories.assessments import make_bank
from tests.factories.courses import make_course, make_skill, module_page

KEY, OTHER = "0123456789abcdef" * 2, "f" * 32


def lesson(title: str, **changes: str) -> dict[str, str]:
    return nested_form_data(
        {"title": title, "slug": "", "minutes": "5", "body": streamfield([("text", rich_text("<p>Bonjour</p>"))]),
         "objective": "", "creation_key": KEY, "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}, **changes}
    )  # fmt: skip


@pytest.fixture
def add(site, trainer, sign_in):
    """Posts the form of a new lesson: as autosave does, or as a button."""
    client: Client = sign_in(trainer)
    address = f"/cms/pages/add/courses/lessonpage/{module_page(make_course(lessons=0)).pk}/"

    def post(title: str, *, by_itself: bool, **changes: str):
        wants = "application/json" if by_itself else "text/html"
        return client.post(address, lesson(title, **changes), HTTP_ACCEPT=wants)

    return post


def titles() -> list[str]:
    return [page.latest_revision.content["title"] for page in LessonPage.objects.order_by("pk")]


@pytest.mark.django_db
class TestForm:
    def test_an_attempt_whose_answer_was_lost_is_made_up_for(self, add):
        assert json.loads(add("Le clav", by_itself=True).content)["success"]
        assert json.loads(add("Le clavier", by_itself=True).content)["success"]
        assert add("Le clavier azerty", by_itself=False).status_code == 302
        assert titles() == ["Le clavier azerty"]

    def test_what_is_refused_leaves_the_first_draft(self, add):
        add("Le clavier", by_itself=True)
        assert add("Le clavier", by_itself=False, minutes="beaucoup").status_code == 200
        assert titles() == ["Le clavier"]
        add("Le clavier azerty", by_itself=False)
        assert titles() == ["Le clavier azerty"]

    def test_who_clicked_and_comes_back_makes_another(self, add):
        add("Le clavier", by_itself=False)
        add("La souris", by_itself=False)
        assert titles() == ["Le clavier", "La souris"]

    @pytest.mark.parametrize("key", ["", OTHER, "x" * 32, "../etc"])
    def test_other_forms_make_others(self, add, key):
        add("Le clavier", by_itself=True)
        add("La souris", by_itself=True, creation_key=key)
        assert titles() == ["Le clavier", "La souris"]

    def test_what_somebody_worked_on_stays(self, add, trainer):
        add("Le clavier", by_itself=True)
        page = LessonPage.objects.get()
        page.get_latest_revision_as_object().save_revision(user=trainer)
        add("La souris", by_itself=False)
        assert LessonPage.objects.count() == 2

    def test_what_was_published_stays(self, add, trainer):
        add("Le clavier", by_itself=True)
        LessonPage.objects.get().latest_revision.publish(user=trainer)
        add("La souris", by_itself=False)
        assert LessonPage.objects.count() == 2

    def test_a_key_is_worth_nothing_to_another_person(self, add, site, sign_in, admin_user):
        add("Le clavier", by_itself=True)
        parent = LessonPage.objects.get().get_parent()
        sign_in(admin_user).post(f"/cms/pages/add/courses/lessonpage/{parent.pk}/", lesson("La souris"))
        assert titles() == ["Le clavier", "La souris"]

    def test_a_key_is_worth_nothing_at_another_address(self, add, site, sign_in, trainer):
        """Who may no longer change a course deletes none of its drafts by the form of another one."""
        add("Le clavier", by_itself=True)
        elsewhere = module_page(make_course("autre", lessons=0)).pk
        sign_in(trainer).post(f"/cms/pages/add/courses/lessonpage/{elsewhere}/", lesson("La souris"))
        assert titles() == ["Le clavier", "La souris"]

    def test_rows_that_have_no_drafts_are_made_as_ever(self, rf, trainer, site):
        """Whoever asks for JSON by hand: there is no draft to look for, and no fault."""
        request = rf.post("/", {"creation_key": KEY}, headers={"Accept": "application/json"})
        request.user = trainer
        remember_draft(request, make_skill())
        assert draft_of_this_form(request) is None

    def test_questions_too(self, site, trainer, sign_in):
        client, bank = sign_in(trainer), make_bank()
        for wants in ("application/json", "application/json", "text/html"):
            options = streamfield([("item", {"text": t, "correct": "on" if t == "Oui" else "", "feedback": ""})
                                   for t in ("Oui", "Non")])  # fmt: skip
            data = {
                "prompt": rich_text("<p>Vraiment ?</p>"), "bank": bank.pk, "skill": make_skill().pk, "difficulty": 2,
                "points": 1, "creation_key": KEY, "answers": streamfield([("single", {"options": options})]),
            }  # fmt: skip
            client.post("/cms/snippets/assessments/question/add/?locale=fr", nested_form_data(data), HTTP_ACCEPT=wants)
        assert Question.objects.count() == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
class TestBrowser:
    @pytest.fixture
    def office(self, desk, sign_in, trainer, live_server, site) -> Browser:
        cookie = sign_in(trainer).cookies["sessionid"]
        desk.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        desk.goto(f"/cms/pages/add/courses/lessonpage/{module_page(make_course(lessons=0)).pk}/")
        return desk

    def type_until(self, office: Browser, happened: list[Any]) -> str:
        """The editor looks at nothing that is typed in its first seconds: type on until it saves by itself."""
        for number in range(30):
            title = f"Introduction {number}"
            office.locator("#id_title").fill(title)
            for _tenth in range(20):
                office.wait_for_timeout(100)
                if happened:
                    return title
        raise AssertionError("the editor no longer saves by itself")

    def test_a_button_waits_for_what_is_under_way(self, office):
        """As wide as can be: the server has made the page, and its answer is on the way."""
        held: list[tuple[Route, Any]] = []
        office.route("**/pages/add/**", lambda route: held.append((route, route.fetch())))
        title = self.type_until(office, held)
        office.locator("button.action-save").first.click()
        office.wait_for_timeout(500)
        route, response = held.pop()
        assert not held, "the button did not wait"
        route.fulfill(response=response)
        expect(office.locator(".messages .success")).to_be_visible()
        assert titles() == [title]

    def test_an_answer_that_never_comes(self, office):
        lost: list[int] = []

        def lose(route: Route) -> None:
            route.fetch()
            lost.append(LessonPage.objects.count())
            route.abort()

        office.route("**/pages/add/**", lose, times=1)
        title = self.type_until(office, lost)
        assert lost == [1]
        office.locator("button.action-save").first.click()
        expect(office.locator(".messages .success")).to_be_visible()
        assert titles() == [title]
