"""Sessions end: by age, at sign-out, when an account is closed, when the PIN changes."""

import time

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from lms.accounts import services, sign_ins
from lms.accounts.enums import Role
from tests.factories.people import PASSWORD, make_user

PAGE = "/fr/accounts/"


def is_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_idle_and_absolute_limits_by_role(db, sign_in, role):
    idle, absolute = sign_ins.LIMITS[role]
    for key, age in (("seen", idle), ("began", absolute)):
        client = sign_in(make_user(f"{role}-{key}", role))
        assert is_in(client)
        session = client.session
        session[key] = int(time.time()) - age + 60
        session.save()
        assert is_in(client)
        session = client.session
        session[key] = int(time.time()) - age - 60
        session.save()
        assert not is_in(client)
        assert "_auth_user_id" not in client.session


def test_a_superuser_has_the_managers_limits(db, sign_in):
    boss = make_user("boss", is_superuser=True)
    client = sign_in(boss)
    is_in(client)
    session = client.session
    session["seen"] = int(time.time()) - sign_ins.LIMITS[Role.MANAGER][0] - 60
    session.save()
    assert not is_in(client)


def test_signing_out_asks_then_ends_the_session_on_the_server(learner, sign_in):
    client = sign_in(learner)
    asked = client.get("/fr/accounts/logout/")
    assert asked.status_code == 200
    assert is_in(client)
    key = client.session.session_key
    stolen = client.cookies["sessionid"].value
    answer = client.post("/fr/accounts/logout/")
    assert answer.status_code == 302
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(pk=key).exists()
    replay = Client()
    replay.cookies["sessionid"] = stolen
    assert not is_in(replay)


def test_private_pages_are_never_stored(learner, sign_in):
    client = sign_in(learner)
    for path in ("/fr/accounts/", "/fr/accounts/pin/change/", "/fr/accounts/logout/", "/fr/", "/fr/nothing-here/"):
        assert "no-store" in client.get(path)["Cache-Control"], path


def test_a_closed_account_is_out_at_once(learner, manager, sign_in):
    client = sign_in(learner)
    assert is_in(client)
    learner.is_active = False
    services.save_learner(learner=learner, changed=["is_active"], by=manager)
    assert not is_in(client)


def test_a_new_pin_ends_the_other_sessions_and_keeps_this_one(learner, sign_in):
    here, elsewhere = sign_in(learner), sign_in(learner)
    answer = here.post("/fr/accounts/pin/change/", {"current": PASSWORD, "pin": "un-nouveau-pin"})
    assert answer["Location"] == "/fr/accounts/"
    assert is_in(here)
    assert not is_in(elsewhere)


def test_the_present_pin_is_asked_and_guesses_count(learner, sign_in):
    client = sign_in(learner)
    for _try in range(8):
        page = client.post("/fr/accounts/pin/change/", {"current": "wrong", "pin": "un-nouveau-pin"}).content.decode()
        assert "actuel" in page
    page = client.post("/fr/accounts/pin/change/", {"current": PASSWORD, "pin": "un-nouveau-pin"}).content.decode()
    assert "minutes" in page
    learner.refresh_from_db()
    assert learner.check_password(PASSWORD)


def test_a_pin_that_somebody_else_knows_is_changed_first(learner, sign_in):
    learner.must_change_pin = True
    learner.save()
    client = sign_in(learner)
    for path in ("/fr/accounts/", "/fr/learn/", "/cms/"):
        assert client.get(path)["Location"] == "/fr/accounts/pin/"
    assert client.get("/fr/accounts/logout/").status_code == 200
    assert "facile" in client.post("/fr/accounts/pin/", {"pin": "111111"}).content.decode()
    assert client.post("/fr/accounts/pin/", {"pin": "moi-seule"}).status_code == 302
    learner.refresh_from_db()
    assert not learner.must_change_pin
    assert is_in(client)


def test_choosing_without_the_present_pin_is_only_for_those_who_must(learner, sign_in):
    client = sign_in(learner)
    assert client.post("/fr/accounts/pin/", {"pin": "a-thief-was-here"})["Location"] == "/fr/accounts/pin/change/"
    learner.refresh_from_db()
    assert learner.check_password(PASSWORD)


def test_staff_need_ten_characters(trainer, sign_in):
    trainer.must_change_pin = True
    trainer.save()
    client = sign_in(trainer)
    assert "10" in client.post("/fr/accounts/pin/", {"pin": "8letters"}).content.decode()


def test_settings_language_and_sms(learner, sign_in):
    client = sign_in(learner)
    answer = client.post("/fr/accounts/", {"full_name": "Awa Ba", "language": "en", "sms_stopped": "on"})
    assert answer["Location"] == "/en/accounts/"
    learner.refresh_from_db()
    assert (learner.full_name, learner.language, learner.sms_stopped) == ("Awa Ba", "en", True)
    page = client.post("/en/accounts/", {"full_name": "<b>", "language": "en"}).content.decode()
    assert "letters" in page


def test_settings_cannot_raise_rights(learner, sign_in):
    fields = {"full_name": "Awa Ba", "language": "fr", "role": "manager", "is_superuser": "on", "username": "admin"}
    sign_in(learner).post("/fr/accounts/", fields)
    learner.refresh_from_db()
    assert (learner.role, learner.is_superuser, learner.username) == ("learner", False, "awa")


def test_language_signed_out_and_in(learner, sign_in):
    client = Client()
    answer = client.post("/fr/accounts/language/", {"language": "en", "next": "/fr/accounts/login/"})
    assert answer["Location"] == "/en/accounts/login/"
    client = sign_in(learner)
    client.post("/fr/accounts/language/", {"language": "en", "next": "/fr/"})
    learner.refresh_from_db()
    assert learner.language == "en"
    client.post("/fr/accounts/language/", {"language": "klingon"})
    learner.refresh_from_db()
    assert learner.language == "en"
    assert client.get("/fr/accounts/language/").status_code == 405


def test_where_each_role_lands(learner, trainer, employer_user, manager, sign_in):
    assert sign_in(learner).get("/fr/accounts/go/")["Location"].startswith("/fr/learn/")
    assert sign_in(trainer).get("/fr/accounts/go/")["Location"] == "/cms/"
    assert sign_in(manager).get("/fr/accounts/go/")["Location"] == "/cms/"
    assert sign_in(employer_user).get("/fr/accounts/go/")["Location"].startswith("/fr/employers/")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_after_signing_out_speaks_the_language_of_the_page_before(client, learner, language):
    client.force_login(learner)
    assert client.post(f"/{language}/accounts/logout/")["Location"] == f"/{language}/"
