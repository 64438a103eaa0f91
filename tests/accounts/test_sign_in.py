"""Signing in: by number or name, in any habit of writing; guesses stopped, classrooms not."""

import time

import pytest
from django.core.cache import cache
from django.test import Client

from lms.accounts.models import User
from tests.factories.people import PASSWORD, make_user

LOGIN = "/fr/accounts/login/"


def sign_in_with(login: str, password: str = PASSWORD, client: Client | None = None, **extra: str):
    return (client or Client()).post(LOGIN, {"login": login, "password": password}, **extra)


@pytest.fixture
def awa(db) -> User:
    return make_user("awa.ndiaye", full_name="Awa Ndiaye", phone="+221771234567")


@pytest.mark.parametrize(
    "typed",
    ["awa.ndiaye", "Awa.Ndiaye", " awa.ndiaye ", "+221771234567", "77 123 45 67",
     "00221 77 123 45 67", "77.123.45.67"],
)  # fmt: skip
def test_number_or_name_in_any_habit(awa, typed):
    answer = sign_in_with(typed)
    assert answer.status_code == 302
    assert answer["Location"] == "/fr/learn/"


def test_a_number_of_another_country_without_its_prefix(db):
    make_user("claire", phone="+33612345678")
    assert sign_in_with("06 12 34 56 78").status_code == 302


def test_a_wrong_pin_says_one_thing_whether_the_account_exists_or_not(awa):
    for typed in ("awa.ndiaye", "nobody.here", "+221771234567", "+221770000000"):
        answer = sign_in_with(typed, "wrong-pin")
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "ne vont pas ensemble" in page
        assert typed in page  # what they typed stays
        assert "wrong-pin" not in page


def test_the_ninth_wrong_pin_waits_and_says_how_long(awa):
    for _try in range(8):
        assert "ne vont pas ensemble" in sign_in_with("awa.ndiaye", "wrong").content.decode()
    refused = sign_in_with("awa.ndiaye", PASSWORD).content.decode()
    assert "10 minutes" in refused
    assert "carte" in refused


def test_guesses_count_together_under_number_and_name(awa):
    for typed in ["awa.ndiaye", "77 123 45 67", "+221771234567", "AWA.NDIAYE"] * 2:
        sign_in_with(typed, "wrong")
    assert "10 minutes" in sign_in_with("00221771234567").content.decode()


def test_guesses_at_an_address_count_for_its_account_too(awa, settings):
    settings.EMAIL_SIGN_IN, settings.ACCOUNT_LOGIN_METHODS = True, {"username", "phone", "email"}
    User.objects.filter(pk=awa.pk).update(email="awa@example.org")
    for typed in ["awa.ndiaye", "Awa@example.org", "AWA@EXAMPLE.ORG", "awa@example.org"] * 2:
        sign_in_with(typed, "wrong")
    assert "10 minutes" in sign_in_with("awa.ndiaye").content.decode()
    assert "10 minutes" in sign_in_with("awa@example.org").content.decode()


def test_unknown_names_pause_in_the_same_way(db):
    for _try in range(8):
        sign_in_with("nobody.here", "wrong")
    assert "10 minutes" in sign_in_with("nobody.here", "wrong").content.decode()


def test_a_right_pin_costs_no_guess(awa):
    for _time in range(12):
        assert sign_in_with("awa.ndiaye")["Location"] == "/fr/learn/"


def test_a_class_of_sixty_behind_one_address(db):
    people = [make_user(f"learner{n}") for n in range(60)]
    for person in people:
        sign_in_with(person.username, "typing-mistake", REMOTE_ADDR="41.82.0.1")
        assert sign_in_with(person.username, REMOTE_ADDR="41.82.0.1")["Location"] == "/fr/learn/"


def test_a_class_of_thirty_that_mistypes_a_lot_behind_one_address(db):
    people = [make_user(f"learner{n}") for n in range(30)]
    for person in people:
        for _mistake in range(4):
            sign_in_with(person.username, "typing-mistake", REMOTE_ADDR="41.82.0.1")
        assert sign_in_with(person.username, REMOTE_ADDR="41.82.0.1")["Location"] == "/fr/learn/"


def test_one_account_guessed_from_many_addresses_pauses(awa):
    for address in range(8):
        sign_in_with("awa.ndiaye", "wrong", REMOTE_ADDR=f"10.0.0.{address}")
    assert "10 minutes" in sign_in_with("awa.ndiaye", REMOTE_ADDR="10.0.1.1").content.decode()


def test_the_pause_ends(awa, monkeypatch):
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now)
    for _try in range(9):
        sign_in_with("awa.ndiaye", "wrong")
    monkeypatch.setattr("time.time", lambda: now + 601)
    assert sign_in_with("awa.ndiaye").status_code == 302


def test_thirty_guesses_a_day(awa, monkeypatch):
    now = time.time()
    for _round in range(4):
        monkeypatch.setattr("time.time", lambda now=now: now)
        for _try in range(8):
            sign_in_with("awa.ndiaye", "wrong")
        now += 601
    monkeypatch.setattr("time.time", lambda: now)
    assert "heures" in sign_in_with("awa.ndiaye").content.decode()


def test_limits_count_in_the_cache_that_every_process_sees(settings):
    from lms.settings import base

    assert base.CACHES["default"]["OPTIONS"]["MAIN"] == "lms.lib.seams.filecache.FileCache"
    assert base.CACHES["shared"] is base.CACHES["default"]
    cache.set("x", 1)
    assert cache.get("x") == 1


def test_a_closed_account_says_so_only_to_who_knows_the_pin(awa):
    awa.is_active = False
    awa.save()
    assert "ne vont pas ensemble" in sign_in_with("awa.ndiaye", "wrong").content.decode()
    answer = sign_in_with("awa.ndiaye")
    assert answer["Location"].endswith("/accounts/inactive/")
    assert Client().get(answer["Location"]).status_code == 200


def test_only_addresses_of_this_site_are_followed(awa):
    answer = Client().post(LOGIN, {"login": "awa.ndiaye", "password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == "/fr/learn/"
    answer = Client().post(LOGIN, {"login": "awa.ndiaye", "password": PASSWORD, "next": "/fr/learn/"})
    assert answer["Location"] == "/fr/learn/"


def test_the_admin_uses_our_sign_in_page(db):
    answer = Client().get("/cms/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/fr/accounts/login/?next=/cms/")
    assert Client().get("/cms/login/?next=/cms/pages/")["Location"].endswith("/accounts/login/?next=/cms/pages/")
    assert Client().post("/cms/login/", {"username": "x", "password": "y"})["Location"].endswith("/accounts/login/")


def test_signing_out_of_the_admin_is_ours_too(trainer, sign_in):
    assert "Clear-Site-Data" in sign_in(trainer).post("/cms/logout/")


@pytest.mark.parametrize("path", ["email/", "password/change/", "password/set/", "login/code/",
                                  "phone/change/", "reauthenticate/", "3rdparty/", "confirm-email/"])  # fmt: skip
def test_pages_of_allauth_that_nobody_needs_have_no_address(db, path):
    assert Client().get(f"/fr/accounts/{path}").status_code == 404


def test_signing_out_speaks_of_lessons_to_learners_only(learner, employer_user, sign_in):
    pages = [sign_in(person).get("/en/accounts/logout/").content.decode() for person in (learner, employer_user)]
    assert ["kept on this phone" in page for page in pages] == [True, False]
    assert ["this device" in page for page in pages] == [False, True]


@pytest.mark.parametrize("url", ["/en/accounts/", "/en/accounts/pin/change/"])
def test_their_account_speaks_to_who_reads(url, learner, employer_user, sign_in):
    for person, is_learner in ((learner, True), (employer_user, False)):
        page = sign_in(person).get(url).content.decode()
        assert ("Change my PIN" in page) == is_learner
        assert ("Change my password" in page) != is_learner
        assert is_learner or not any(
            word in page for word in ("trainer", "SMS", "Certificates already", "Employers see")
        )
