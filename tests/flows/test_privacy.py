"""The privacy page says what is true: no cookie but those it names."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from cms.services import STARTERS
from lms.accounts import devices
from lms.accounts.models import User
from tests.flows.table import living_rows

pytestmark = pytest.mark.pages

STARTER = Path(settings.BASE_DIR) / "templates" / "cms" / "starter"
PIN = "274951"
COOKIES = {
    "sessionid": ("sign-in", "connexion"),
    "csrftoken": ("forms", "formulaires"),
    "messages": ("messages on the page", "messages de la page"),
    "django_language": ("your language", "votre langue"),
    "saved": ("has arrived", "est bien arrivé"),
    **dict.fromkeys(devices.cookies().values(), ("this device", "cet appareil")),
}
"""Each cookie that a visitor or a learner may get -> what the page calls it, in English and in French."""


def cookies_of(response) -> set[str]:
    """Names of what the answer sets; what it takes away has no value."""
    return {name for name, morsel in response.cookies.items() if morsel.value}


def sign_in(person: User) -> set[str]:
    """What a browser holds after the sign-in page, the wrong PIN and the right one."""
    client, held = Client(headers={"accept-language": "en"}), set()  # not their language: that is kept too
    form = {"login": person.username, "password": "000001"}
    for response in (
        client.get("/fr/accounts/login/"),
        client.post("/fr/accounts/login/", form),
        client.post("/fr/accounts/login/", {**form, "password": PIN, "draft": "a1b2c3d4"}),
        client.get("/fr/accounts/after-sign-in/"),
        client.post("/fr/accounts/logout/"),
    ):
        held |= cookies_of(response)
    return held


@pytest.mark.parametrize("role", ["anonymous", "learner"])
def test_no_address_sets_a_cookie_that_the_page_does_not_name(world, role):
    client = world.client(role)
    rows = {(row.method, row.route): row for row in living_rows(world) if row.cells[role] in {"ok", "go"}}
    held = {
        name
        for (method, route), row in rows.items()
        if method in {"GET", "POST"} and not route.startswith(("wagtail", "/cms", "cms"))
        for name in cookies_of(client.generic(method, row.address(world)))
    }
    assert held - set(COOKIES) == set()
    assert len(held) >= 2, "this test no longer sees cookies"


def test_signing_in_sets_each_cookie_that_the_page_names(world):
    world.learner.set_password(PIN)
    world.learner.save()
    assert sign_in(world.learner) == set(COOKIES)


@pytest.mark.parametrize(("language", "of"), [("en", 0), ("fr", 1)])
def test_the_page_names_each_cookie_and_no_other(language, of):
    text = (STARTER / f"privacy.{language}.html").read_text()
    named = re.split(r"<h2>(?:Les c|C)ookies</h2>", text)[1]
    assert "privacy" in STARTERS
    assert [words[of] for words in COOKIES.values() if words[of] not in named] == []
    kinds = set(COOKIES.values())  # the device has one for each language
    assert len(re.findall(r"\bone (?:for|to|by)\b|\bun pour\b", named)) == len(kinds)
