"""Whoever saves data loads no picture without a tap, and knows before it what it weighs; also without a script."""

import io
import re

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from PIL import Image
from playwright.sync_api import Page, expect
from wagtail.images import get_image_model

from cms.picture_sizes import make_sizes
from cms.pictures import photo_on_tap, with_picture
from courses.models import Course
from lms.accounts.data_saver import saves_data
from lms.accounts.models import User
from tests.factories.courses import lesson_page, make_course, make_enrolment
from tests.factories.people import PASSWORD
from tests.factories.publishing import publish

LESSON, SAMPLE, PACK, MOBILE = (
    "/fr/learn/saisie/lecon-1/", "/fr/courses/saisie/sample/", "/fr/offline/pack/saisie/", "/fr/accounts/mobile/"
)  # fmt: skip
LINK = re.compile(r'<p data-picture="(\d+)"><a href="\?picture=\1#picture-\1" data-tap>Voir l’image \(([\d,]+)\xa0ko\)')


def picture(colour: str):
    file = io.BytesIO()
    Image.effect_noise((640, 360), 40).convert("RGB").save(file, "PNG")
    image = get_image_model().objects.create(title=colour, file=ContentFile(file.getvalue(), f"{colour}.png"))
    make_sizes(image)
    return image


def loaded(html: str) -> int:
    """Pictures that a browser loads by itself: not those of a template."""
    return re.sub(r"<template>.*?</template>", "", html, flags=re.S).count("<picture>")


@pytest.fixture
def course(site) -> Course:
    """Two pictures among the blocks of the first lesson: the first block and the third."""
    course = make_course("saisie", lessons=1)
    page = lesson_page(course)
    blocks = [(name, {"image": picture(name), "alt": f"Une carte {name}", "caption": ""}) for name in ("a", "b")]
    page.body = [("image", blocks[0][1]), ("text", "<p>Relire.</p>"), ("image", blocks[1][1])]
    page.save()
    publish(page)
    return course


@pytest.fixture
def awa(learner, course, sign_in) -> Client:
    make_enrolment(learner, course)
    return sign_in(learner)


def text(client: Client, path: str = LESSON, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def choose(client: Client, value: str) -> None:
    assert client.post(MOBILE, {"data_saver": value}).status_code == 302


def test_pictures_become_links_with_what_they_show_and_weigh(awa):
    assert loaded(text(awa)) == 2
    choose(awa, "on")
    page = text(awa)
    assert loaded(page) == 0
    assert [number for number, _size in LINK.findall(page)] == ["1", "3"]
    assert all(float(size.replace(",", ".")) > 1 for _number, size in LINK.findall(page))
    assert "<small>Une carte b</small>" in page
    assert page.count("<template><picture>") == 2, "what the script puts there"
    choose(awa, "off")
    assert loaded(text(awa)) == 2, "no page of one choice is shown to another"


def test_without_a_script_the_link_shows_this_picture_alone(awa):
    choose(awa, "on")
    for _again in range(2):
        page = text(awa, f"{LESSON}?picture=3")
        assert loaded(page) == 1
        assert '<span id="picture-3"><picture>' in page
        assert [number for number, _size in LINK.findall(page)] == ["1"]
        assert loaded(text(awa)) == 0
    for nothing in ("2", "99999999999", "x", ""):
        assert loaded(text(awa, f"{LESSON}?picture={nothing}")) == 0


@pytest.mark.parametrize(
    ("chosen", "header", "saves"),
    [("", "on", True), ("", "ON ", True), ("", "", False), ("", "off", False), ("off", "on", False), ("on", "", True)],
)
def test_the_choice_stands_above_what_the_phone_asks(rf, chosen, header, saves):
    request = rf.get("/", headers={"save-data": header})
    request.user = User(data_saver=chosen)
    assert saves_data(request) is saves


def test_whoever_is_not_signed_in_is_asked_by_the_phone_alone(course):
    assert loaded(text(Client(), SAMPLE)) == 2
    page = text(Client(), SAMPLE, **{"save-data": "on"})
    assert loaded(page) == 0
    assert loaded(text(Client(), f"{SAMPLE}?picture=1", **{"save-data": "on"})) == 1
    assert "Save-Data" in Client().get(SAMPLE)["Vary"], "a shared cache keeps both"


def test_a_kept_course_loads_no_picture_either(awa):
    def lesson() -> str:
        return next(page[-1] for page in awa.get(PACK).json()["pages"] if page[0] == LESSON)

    before = awa.get(PACK).json()["version"]
    assert loaded(lesson()) == 2
    choose(awa, "on")
    assert awa.get(PACK, {"version": before}).status_code == 200, "what the phone holds is another one"
    assert loaded(lesson()) == 0
    assert len(LINK.findall(lesson())) == 2


def test_a_picture_that_cannot_be_shown_stays_in_words(db):
    image = get_image_model()(title="x")
    image.pk = 1
    assert photo_on_tap(image, "Une <carte>", 1) == "<em>Une &lt;carte&gt;</em>"
    assert with_picture("<p>Rien</p>", 1) == "<p>Rien</p>"


def test_the_page_says_what_the_phone_asks(awa):
    assert "demande d’économiser" not in text(awa, MOBILE)
    assert "demande d’économiser" in text(awa, MOBILE, **{"save-data": "on"})
    answer = awa.post(MOBILE, {"data_saver": "sometimes"})
    assert answer.status_code == 200
    assert 'class="errors' in answer.content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_tap_loads_it_in_place(course, learner, desk: Page):
    make_enrolment(learner, course)
    User.objects.filter(pk=learner.pk).update(data_saver="on")
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.goto("/fr/accounts/login/")
    desk.locator("input[name=login]").fill(learner.username)
    desk.locator("input[name=password]").fill(PASSWORD)
    desk.locator("main form .btn").click()
    desk.goto(LESSON)
    connection.close()
    link = desk.get_by_role("link", name=re.compile("Voir l’image")).first
    expect(link).to_be_visible()
    desk.wait_for_load_state("networkidle")
    assert [url for url in asked if "/media/" in url] == []
    before = len(asked)
    link.click()
    expect(desk.get_by_alt_text("Une carte a")).to_be_visible()
    desk.wait_for_load_state("networkidle")
    assert [url.split("/")[3] for url in asked[before:]] == ["media"], "the picture, and not the page once more"
    expect(desk.get_by_role("link", name=re.compile("Voir l’image"))).to_have_count(1)
