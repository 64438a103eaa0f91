"""Guesses are counted whoever asks: every page that any library may bring, a command, a coroutine."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import aauthenticate, authenticate, views
from django.db import connections
from django.test import Client, RequestFactory
from django.urls import path

from lms import urls
from lms.accounts.models import User
from lms.lib.ratelimit import Limit, Tries
from tests.factories.people import PASSWORD, make_user

urlpatterns = [
    path("another/door/", views.LoginView.as_view(template_name="wagtailcore/login.html")),
    *urls.urlpatterns,
]


@pytest.fixture
def awa(db) -> User:
    return make_user("awa.ndiaye", full_name="Awa Ndiaye", phone="+221771234567")


def test_a_sign_in_page_of_a_library_counts_too(awa, settings):
    settings.ROOT_URLCONF = __name__
    client = Client()
    for _try in range(8):
        client.post("/another/door/", {"username": "awa.ndiaye", "password": "wrong"})
    client.post("/another/door/", {"username": "awa.ndiaye", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ["username", "phone"])
def test_whatever_calls_authenticate_counts(awa, name, method):
    request, login = getattr(RequestFactory(), method)("/"), {"username": "AWA.ndiaye", "phone": "+221771234567"}[name]
    assert authenticate(request, **{name: login}, password=PASSWORD) == awa
    for _try in range(8):
        assert authenticate(request, **{name: login}, password="wrong") is None
    assert authenticate(request, **{name: login}, password=PASSWORD) is None
    assert authenticate(None, username="awa.ndiaye", password=PASSWORD) is None


def test_without_a_request(awa):
    for _try in range(8):
        assert authenticate(None, username="awa.ndiaye", password="wrong") is None
    assert authenticate(None, username="awa.ndiaye", password=PASSWORD) is None


@pytest.mark.django_db(transaction=True)
def test_in_a_coroutine():
    make_user("awa.ndiaye")

    async def guess(password: str):
        try:
            return await aauthenticate(None, username="awa.ndiaye", password=password)
        finally:
            await sync_to_async(connections.close_all)()  # that thread's own: an open one keeps the database in use

    def in_a_loop(password: str):
        """Playwright's own loop may run in this thread, in another greenlet."""
        running = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        try:
            return asyncio.run(guess(password))
        finally:
            asyncio._set_running_loop(running)

    for _try in range(8):
        assert in_a_loop("wrong") is None
    assert in_a_loop(PASSWORD) is None


def test_no_backend_of_another_kind_stands_beside_ours(settings):
    """It would not count."""
    assert settings.AUTHENTICATION_BACKENDS == ["lms.accounts.backends.AccountBackend"]


def test_a_network_that_guesses_at_many_names_waits(db):
    for number in range(300):
        authenticate(RequestFactory().post("/", REMOTE_ADDR="41.82.0.1"), username=f"name{number}", password="x")
    make_user("awa.ndiaye")
    request = RequestFactory().post("/", REMOTE_ADDR="41.82.0.1")
    assert authenticate(request, username="awa.ndiaye", password=PASSWORD) is None
    assert request.guess_pause > 0
    assert authenticate(RequestFactory().post("/"), username="awa.ndiaye", password=PASSWORD)


def test_one_house_has_one_count_of_ipv6(db):
    for number in range(300):
        request = RequestFactory().post("/", REMOTE_ADDR=f"2001:db8:1:2::{number:x}")
        authenticate(request, username=f"name{number}", password="x")
    make_user("awa.ndiaye")
    neighbour = RequestFactory().post("/", REMOTE_ADDR="2001:db8:1:2:ffff::1")
    assert authenticate(neighbour, username="awa.ndiaye", password=PASSWORD) is None


def test_tries_wait_for_the_longest_limit(monkeypatch):
    now = 1000.0
    monkeypatch.setattr("time.time", lambda: now)
    tries = Tries("a", [Limit(2, 10), Limit(3, 100)])
    first = tries.take()
    assert first == 1000.0
    assert tries.take() is not None
    assert (tries.take(), tries.seconds_left()) == (None, 10)
    tries.give_back(first)
    assert tries.take() is not None
    now = 1011.0
    assert tries.take() is not None
    assert (tries.take(), tries.seconds_left()) == (None, 89)
    assert Tries("a", tries.limits, since=1010.0).take() is not None  # what was before is forgiven


NUMBERS = ["+221 77 123 45 67", "77 123 45 67", "00221771234567", "771234567"]
NAMES = ["awa.ndiaye", "Awa. Ndiaye", "AWA.NDIAYE", "awa.n’diaye"]


def at_sign_in(login: str) -> str:
    return Client().post("/fr/accounts/login/", {"login": login, "password": "faux-code"}).text


def at_the_words(login: str) -> str:
    form = {"login": login, "words": "un deux trois quatre", "pin": "marmite-bleue"}
    return Client().post("/fr/accounts/recover/", form).text


def at_a_library(login: str) -> str:
    request = RequestFactory().post("/")
    assert authenticate(request, username=login, password="faux-code") is None
    return "Trop d’essais" if hasattr(request, "guess_pause") else ""


@pytest.mark.parametrize("spellings", [NUMBERS, NAMES], ids=["number", "name"])
@pytest.mark.parametrize("ask", [at_sign_in, at_the_words, at_a_library])
def test_a_login_that_is_nobodys_waits_like_one_that_is_somebodys(db, ask, spellings):
    """However it is typed: else it is known by the try that is told to wait."""

    def waits() -> list[bool]:
        return ["Trop d’essais" in ask(spellings[number % len(spellings)]) for number in range(10)]

    told = waits()
    make_user("awa.ndiaye", full_name="Awa Ndiaye", phone="+221771234567")
    assert waits() == told == [False] * 8 + [True] * 2
