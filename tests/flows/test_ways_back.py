"""Nobody is stuck at the door: with no number, with a number that others use, and after a PIN was forgotten twice, each
gets in alone, and without the paper by one person who has a name and a number.
"""

import re
from dataclasses import dataclass, field

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from cms.contacts import refresh
from cms.models import CentreContact
from courses.learner_help import NO_COURSE
from lms.accounts.enums import Role
from lms.accounts.models import User
from tests.factories.courses import make_course
from tests.factories.people import PASSWORD, make_user

NUMBER, WHATSAPP, DESK = "+221771234567", "+221770000001", "+221338000000"
NAME = "Khady Diop"
WORDS = re.compile(r"<li><strong>([a-z]+)</strong></li>")
CARD = re.compile(r"\w{5}-\w{5}-\w{5}-\w{5}")


@pytest.fixture
def centre(site):
    """The one person: a centre with a number, and a trainer whom the learner's course knows."""
    from wagtail.models import Site

    make_course("saisie", lessons=1)
    CentreContact.objects.create(
        site=Site.objects.get(is_default_site=True), name="Centre de Dakar", whatsapp=WHATSAPP, phone=DESK,
        places={"fr": "Rue 10, Médina"}, hours={"fr": "Lundi, 9 h à 17 h"},
    )  # fmt: skip
    refresh()
    make_user("bineta", full_name="Bineta Fall", phone=NUMBER)
    return make_user("formatrice", role=Role.TRAINER, full_name="Fatou Sow")


@dataclass
class Learner:
    """What a learner has: a browser, a user name, a paper."""

    client: Client = field(default_factory=Client)
    login: str = ""
    words: str = ""

    @property
    def is_in(self) -> bool:
        return self.client.get("/fr/learn/").status_code == 200

    def sign_up(self, phone: str) -> None:
        form = {"full_name": NAME, "country": "SN", "phone": phone, "password1": "soleil-rouge", "language": "fr"}
        page = self.client.post("/fr/accounts/signup/", form, follow=True).content.decode()
        self.login = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.S).group(1)  # type: ignore[union-attr]

    def write_down(self) -> None:
        """The page after a sign-up or a new PIN asks for nothing."""
        self.words = " ".join(WORDS.findall(self.client.post("/fr/accounts/words/").content.decode()))
        assert self.words.count(" ") == 3

    def lose_phone(self) -> None:
        self.client = Client()

    def sign_in(self, pin: str) -> str:
        form = {"login": self.login, "password": pin}
        return self.client.post("/fr/accounts/login/", form, follow=True).content.decode()

    def recover(self, pin: str) -> str:
        form = {"login": self.login, "words": self.words, "pin": pin}
        return self.client.post("/fr/accounts/recover/", form, follow=True).content.decode()


@pytest.mark.parametrize("phone", ["", "77 123 45 67"], ids=["no number", "a shared number"])
def test_each_gets_in_alone_and_then_by_one_named_person(centre, phone):
    khady = Learner()
    khady.sign_up(phone)
    assert khady.is_in
    khady.write_down()

    for pin in ("premier-pin-9", "second-pin-99"):  # forgotten, and forgotten again
        khady.lose_phone()
        page = khady.sign_in("je-ne-sais-plus")
        assert not khady.is_in
        assert "/fr/accounts/recover/" in page
        used = khady.words
        khady.recover(pin)
        assert khady.is_in
        khady.write_down()
        assert khady.words != used

    khady.lose_phone()
    khady.words = "je les ai perdus"
    page = khady.recover("troisieme-pin-9")
    assert not khady.is_in
    for wanted in ("Centre de Dakar", f"https://wa.me/{WHATSAPP[1:]}", f"tel:{DESK}", "Rue 10, Médina", "9 h à 17 h"):
        assert wanted in page, "whom to reach, and how"

    user = User.objects.get(full_name=NAME)
    assert user.phone is None, "the number stays with whoever has it"
    assert User.objects.get(username="bineta").check_password(PASSWORD)
    card = card_from(centre, khady.login)
    khady.client.post(f"/fr/accounts/card/{card}/", {"pin": "le-dernier-pin"})
    assert khady.is_in
    khady.lose_phone()
    khady.sign_in("le-dernier-pin")
    assert khady.is_in


def card_from(trainer: User, login: str) -> str:
    """Of a learner who takes no course yet: both names are enough, for whoever has the person before them."""
    desk = Client()
    desk.force_login(trainer)
    form = {"login": login, "full_name": NAME, "course": NO_COURSE, "is_here": "on"}
    page = desk.post(reverse("courses_learner_help"), form).content.decode()
    return CARD.findall(page)[0].replace("-", "")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser_without_a_script(centre, phone: Page):
    """Sign up with no number, forget the PIN twice, lose the paper: what the pages lead to is enough."""
    phone.goto("/fr/accounts/signup/")
    phone.locator("input[name=full_name]").fill(NAME)
    phone.locator("input[name=password1]").fill("soleil-rouge")
    phone.locator("main form .btn").click()
    login = phone.locator("main h1").inner_text()
    words = shown_words(phone)
    for pin in ("premier-pin-9", "second-pin-99"):
        phone.context.clear_cookies()
        recover(phone, login, words.upper(), pin)
        words = shown_words(phone)
        phone.goto("/fr/learn/")
        expect(phone.locator("h1")).to_contain_text("Khady")
    phone.context.clear_cookies()
    recover(phone, login, "abeille abri accord acier", "troisieme-pin-9")
    expect(phone.locator("[role=alert], .errors").first).to_be_visible()
    expect(phone.get_by_text("Centre de Dakar")).to_be_visible()
    assert phone.locator(f"a[href='https://wa.me/{WHATSAPP[1:]}']").is_visible()
    phone.goto("/fr/accounts/card/")
    connection.close()
    phone.locator("main input[name=code]").fill(card_from(centre, login))
    phone.locator("main form .btn").click()
    phone.locator("main input[name=pin]").fill("le-dernier-pin")
    phone.locator("main form .btn").click()
    phone.goto("/fr/learn/")
    expect(phone.locator("h1")).to_contain_text("Khady")


def shown_words(page: Page) -> str:
    page.locator("form[action$='/accounts/words/'] .btn").click()
    found = page.locator("main ol strong").all_inner_texts()
    assert len(found) == 4
    return " ".join(found)


def recover(page: Page, login: str, words: str, pin: str) -> None:
    """From the sign-in page, by what it offers."""
    page.goto("/fr/accounts/login/")
    page.locator("main a[href$='/accounts/recover/']").click()
    for name, value in (("login", login), ("words", words), ("pin", pin)):
        page.locator(f"main input[name={name}]").fill(value)
    page.locator("main form .btn").click()
