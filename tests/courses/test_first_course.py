"""A first course, written by somebody who does it in a browser: how many clicks it takes. The number only falls."""

import pytest
from playwright.sync_api import Page as Browser
from playwright.sync_api import expect

from assessments.models import Question, QuestionImportRun
from courses.models import Course, LessonPage
from courses.outline import get_outline
from tests.factories.courses import make_skill
from tests.factories.runs import work_off

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_CLICKS = 30
QUESTIONS = "\n\n".join(
    f"Quelle saisie faut-il relire dans la fiche {number} ?\n*Celle qui vient d’être faite\nAucune\nLa dernière du mois"
    for number in range(1, 11)
)


class Author:
    """A person at the desk: clicks, choices in a list and keys that send a form are counted."""

    def __init__(self, page: Browser) -> None:
        self.page, self.clicks = page, 0

    def click(self, what) -> None:
        self.clicks += 1
        what.click()

    def button(self, name: str) -> None:
        self.click(self.page.locator("#main").get_by_role("button", name=name, exact=True).first)

    def link(self, name: str) -> None:
        self.click(self.page.locator("#main").get_by_role("link", name=name).first)

    def enter(self, field: str, text: str) -> None:
        self.page.locator(field).fill(text)
        self.clicks += 1
        self.page.locator(field).press("Enter")

    def save_draft(self) -> None:
        self.click(self.page.locator("button.action-save").first)
        expect(self.page.locator(".messages .success")).to_be_visible()


def test_a_first_course(desk, sign_in, trainer, site, live_server):
    skill = make_skill()
    cookie = sign_in(trainer).cookies["sessionid"]
    desk.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    author = Author(desk)
    desk.goto("/cms/")
    author.link("Nouveau cours")
    desk.locator("#id_title").fill("Saisir des données")
    author.button("Créer le cours")
    author.enter("#new-module", "Commencer")
    lessons = desk.locator("textarea[name^=new-lesson]")
    expect(lessons).to_have_count(1)
    author.enter("textarea[name^=new-lesson]", "Ouvrir une fiche\nSaisir\nRelire")
    expect(desk.get_by_label("Titre de la leçon")).to_have_count(3)
    author.enter("input[name^=new-assessment]", "Bilan")
    expect(desk.get_by_label("Titre de l’évaluation")).to_have_count(1)
    author.clicks += 1
    desk.locator("select[name=skill]").select_option(str(skill.pk))
    author.button("Ajouter cette compétence")
    expect(desk.locator(".tree-skills li")).to_have_count(1)
    for title in ("Ouvrir une fiche", "Saisir", "Relire"):
        author.link(f"Écrire : {title}")
        author.click(desk.locator(".c-sf-add-button").first)
        author.click(desk.get_by_role("option", name="Texte", exact=True))
        desk.locator("[data-contentpath=body] [role=textbox]").first.click()
        desk.keyboard.type("Une fiche se relit avant de se rendre.")
        author.save_draft()
        author.click(desk.get_by_role("link", name="Retour au cours"))
    author.link("Écrire : Bilan")
    desk.locator("#id_text").fill(QUESTIONS)
    author.button("Voir les questions")
    work_off(QuestionImportRun.objects.get())
    desk.reload()
    author.button("Ajouter 10 questions")
    work_off(QuestionImportRun.objects.get())
    desk.reload()
    author.link("Retour au cours")
    author.link("Présentation")
    desk.locator("#id_summary").fill("Saisir vite et sans faute, puis relire.")
    author.save_draft()
    author.click(desk.get_by_role("link", name="Retour au cours"))
    author.button("Publier ce qui est prêt")
    expect(desk.get_by_text("6 pages ont été publiées.")).to_be_visible()
    course = Course.objects.get()
    outline = get_outline(course, "fr")
    assert outline is not None
    assert [step.title for step in outline.steps] == ["Ouvrir une fiche", "Saisir", "Relire", "Bilan"]
    assert Question.objects.filter(live=True).count() == 10
    assert LessonPage.objects.filter(live=True).count() == 3
    print(f"a first course: {author.clicks} clicks")  # noqa: T201
    assert author.clicks <= MOST_CLICKS
