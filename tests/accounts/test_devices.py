"""A known device keeps its own count of wrong PINs: strangers who guess cannot lock the owner out."""

import pytest
from django.conf import settings
from django.test import Client

from lms.accounts import devices, services
from lms.accounts.models import AuditEvent, User
from tests.factories.people import PASSWORD, make_user

LOGIN = "/fr/accounts/login/"
COOKIE = devices.cookies()["/fr/accounts/"]


@pytest.fixture
def awa(db) -> User:
    return make_user("awa.ndiaye", full_name="Awa Ndiaye", phone="+221771234567")


def attempt(client: Client, password: str = PASSWORD, login: str = "awa.ndiaye", **extra: str) -> bool:
    client.post(LOGIN, {"login": login, "password": password}, **extra)
    is_in = "_auth_user_id" in client.session
    if is_in:
        client.post("/fr/accounts/logout/")
    return is_in


def strangers(times: int = 8) -> None:
    for _try in range(times):
        attempt(Client(), "wrong")


def test_strangers_do_not_lock_a_known_device_out(awa):
    own_phone = Client()
    assert attempt(own_phone)
    strangers(40)
    assert not attempt(Client())
    assert attempt(own_phone)


def test_a_whole_network_of_strangers_does_not_either(awa):
    own_phone = Client()
    assert attempt(own_phone, REMOTE_ADDR="41.82.0.1")
    for number in range(300):
        attempt(Client(), "wrong", login=f"name{number}", REMOTE_ADDR="41.82.0.1")
    assert not attempt(Client(), REMOTE_ADDR="41.82.0.1")
    assert attempt(own_phone, REMOTE_ADDR="41.82.0.1")


def test_a_known_device_has_a_limit_too(awa):
    own_phone = Client()
    assert attempt(own_phone)
    for _try in range(8):
        attempt(own_phone, "wrong")
    assert not attempt(own_phone)
    assert attempt(Client())  # their mistakes there do not count elsewhere


def test_a_shared_phone_knows_each_of_its_people_and_nobody_else(awa):
    shared = Client()
    ines = make_user("ines")
    make_user("noor")
    assert attempt(shared)
    assert attempt(shared, login="ines")
    strangers()
    for login in ("ines", "noor"):
        for _try in range(8):
            attempt(Client(), "wrong", login=login)
    assert attempt(shared)
    assert attempt(shared, login="ines")
    assert not attempt(shared, login="noor")
    assert str(ines.pk) not in shared.cookies[COOKIE].value.split(".")


@pytest.mark.parametrize("value", ["", ".", "x", "a" * 16, "a" * 16 + ".b", "a" * 5000, "\u00e9.\u00e9", "a.b.c.d"])
def test_a_cookie_that_is_not_ours_is_a_stranger(awa, value):
    strangers()
    client = Client()
    client.cookies[COOKIE] = value
    assert not attempt(client)


def test_a_proof_holds_for_its_device_only(awa):
    own_phone = Client()
    attempt(own_phone)
    _name, proof = own_phone.cookies[COOKIE].value.split(".")
    strangers()
    client = Client()
    client.cookies[COOKIE] = f"{'b' * 16}.{proof}"
    assert not attempt(client)


def test_a_new_pin_ends_the_pause_and_forgets_the_devices(awa):
    other = Client()
    assert attempt(other)
    strangers()
    services.set_pin(user=awa, pin="une-autre-phrase")
    assert attempt(Client(), "une-autre-phrase")
    for _try in range(8):
        attempt(Client(), "wrong")
    assert not attempt(other, "une-autre-phrase")


def test_choosing_a_pin_knows_the_device(awa):
    client = Client()
    client.post(LOGIN, {"login": "awa.ndiaye", "password": PASSWORD})
    client.post("/fr/accounts/pin/change/", {"current": PASSWORD, "pin": "une-autre-phrase"})
    client.post("/fr/accounts/logout/")
    strangers()
    assert attempt(client, "une-autre-phrase")


def test_lessons_do_not_carry_the_cookie(awa):
    client = Client()
    answer = client.post(LOGIN, {"login": "awa.ndiaye", "password": PASSWORD})
    cookie = answer.cookies[COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/fr/accounts/", True, "Lax")
    assert len(cookie.value) < 40
    assert (cookie["max-age"], cookie["expires"]) == (devices.YEAR, "")


def test_the_sign_in_page_of_every_language_knows_the_device(awa):
    """A browser sends a cookie to the pages below its path: each language's page of accounts needs one of its own."""
    client = Client()
    answer = client.post(LOGIN, {"login": "awa.ndiaye", "password": PASSWORD})
    strangers()
    for code, _name in settings.LANGUAGES:
        page = f"/{code}/accounts/login/"
        elsewhere = Client()
        for name, cookie in answer.cookies.items():
            if name.startswith("device") and page.startswith(cookie["path"]):
                elsewhere.cookies[name] = cookie.value
        elsewhere.post(page, {"login": "awa.ndiaye", "password": PASSWORD})
        assert "_auth_user_id" in elsewhere.session, code


def test_a_cookie_of_the_last_version_is_known_too(awa):
    client, older = Client(), Client()
    attempt(client)
    strangers()
    older.cookies["device"] = client.cookies[COOKIE].value
    assert attempt(older)


def test_a_trainer_ends_the_pause(awa, trainer, sign_in, django_capture_on_commit_callbacks):
    awa.created_by = trainer
    awa.save()
    own_phone = Client()
    assert attempt(own_phone)
    for _try in range(8):
        attempt(own_phone, "wrong")
    strangers()
    page = sign_in(trainer).get(f"/cms/learners/{awa.pk}/").content.decode()
    assert "10 minutes" in page
    assert "Finir la pause" in page
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(trainer).post(f"/cms/learners/{awa.pk}/lift-pause/")
    assert AuditEvent.objects.filter(verb="lift-pause", actor=trainer).count() == 1
    assert "Finir la pause" not in sign_in(trainer).get(f"/cms/learners/{awa.pk}/").content.decode()
    assert attempt(Client())
    assert attempt(own_phone)
