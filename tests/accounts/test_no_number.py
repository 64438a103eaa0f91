"""Signing up with no number, or with one that somebody else has: everybody gets in at once, and learns nothing."""

import gzip
import re
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.contrib.auth import hashers
from django.test import Client

from lms.accounts import services
from lms.accounts.enums import Role
from lms.accounts.models import ConsentRecord, User
from lms.lib.ratelimit import Tries
from tests.factories.people import PASSWORD, make_user
from tests.factories.runs import import_learners

SIGN_UP, WELCOME = "/fr/accounts/signup/", "/fr/accounts/welcome/"
NUMBER = "+221771234567"
FORM = {"full_name": "Awa N’Diaye", "country": "SN", "phone": "", "password1": "pin-de-awa", "language": "fr"}
SHARED = {**FORM, "phone": "77 123 45 67"}


@pytest.fixture
def bineta(db) -> User:
    return make_user("bineta", full_name="Bineta Fall", phone=NUMBER)


def signed_in(client: Client) -> User | None:
    pk = client.session.get("_auth_user_id")
    return User.objects.get(pk=pk) if pk else None


def test_by_user_name_alone(client, db):
    answer = client.post(SIGN_UP, FORM)
    assert answer["Location"] == WELCOME
    user = User.objects.get()
    assert signed_in(client) == user
    assert (user.username, user.phone, user.country) == ("awa.ndiaye", None, "")
    assert ConsentRecord.objects.filter(user=user, purpose="account").count() == 1
    other = Client()
    other.post("/fr/accounts/login/", {"login": "Awa.Ndiaye", "password": "pin-de-awa"})
    assert signed_in(other) == user


@pytest.mark.parametrize(("language", "word"), [("fr", "Notez-le"), ("en", "Write it down")])
def test_the_user_name_stands_large_on_the_first_page(client, db, language, word):
    page = client.post(f"/{language}/accounts/signup/", FORM | {"language": language}, follow=True).content.decode()
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.S).group(1)
    assert "awa.ndiaye" in heading
    assert word in page
    assert re.findall(r"<script[^>]* src=\"([^\"]*)", page) == ["/static/js/phone.js"], "what is typed is kept"


def test_the_first_page_leads_on_to_where_they_were_going(client, db):
    answer = client.post(SIGN_UP, FORM | {"next": "/fr/courses/"})
    assert answer["Location"] == f"{WELCOME}?next=%2Ffr%2Fcourses%2F"
    assert 'href="/fr/courses/"' in client.get(answer["Location"]).content.decode()
    page = client.get(f"{WELCOME}?next=https://evil.example/").content.decode()
    assert 'href="https://evil.example' not in page
    assert 'href="/fr/accounts/go/"' in page


def alike(answer: Any, user: User) -> tuple[int, list[Any], str]:
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|data-me="[^"]*"', "", answer.content.decode())
    return answer.status_code, answer.redirect_chain, text.replace(user.username, "NAME")


def test_the_second_on_a_number_gets_in_and_sees_what_the_first_sees(bineta):
    """Page by page the same, also on the page of the account: who else has the number is not told."""
    first, second = Client(), Client()
    answers = {}
    for client, phone in ((second, "77 123 45 67"), (first, "77 123 45 68")):
        answers[client] = client.post(SIGN_UP, {**FORM, "phone": phone}, follow=True)
    alone, sharing = signed_in(first), signed_in(second)
    assert (alone.phone, sharing.phone) == ("+221771234568", None)
    assert sharing != bineta
    assert alike(answers[first], alone) == alike(answers[second], sharing)
    pages = [client.get("/fr/accounts/", follow=True) for client in (first, second)]
    assert alike(pages[0], alone) == alike(pages[1], sharing)
    bineta.refresh_from_db()
    assert (bineta.phone, bineta.check_password(PASSWORD)) == (NUMBER, True)
    again = Client()
    again.post("/fr/accounts/login/", {"login": sharing.username, "password": "pin-de-awa"})
    assert signed_in(again) == sharing


def test_the_words_at_sign_in_help_who_shares_a_number(bineta, client):
    client.post(SIGN_UP, SHARED)
    answer = Client().post("/fr/accounts/login/", {"login": "77 123 45 67", "password": "pin-de-awa"})
    assert "nom d’utilisateur" in re.search(r'class="errors".*?</div>', answer.content.decode(), re.S).group(0)


def test_the_same_person_again_is_in_the_account_they_have(client, db):
    """Sent twice, or forgotten that there was one: the PIN says whose it is."""
    client.post(SIGN_UP, SHARED)
    again = Client()
    assert again.post(SIGN_UP, SHARED)["Location"] == WELCOME
    assert signed_in(again) == User.objects.get()


def test_a_guess_at_sign_up_counts_as_one_at_sign_in(bineta, db):
    """Else the form tells in no time which PIN a number has."""
    most = site_settings.GUESS_LIMITS["account"][0][0]
    for place in range(most):
        Client().post(SIGN_UP, SHARED | {"password1": f"essai-{place}-xyz"})
    guesser = Client()
    guesser.post(SIGN_UP, SHARED | {"password1": PASSWORD})
    assert signed_in(guesser) != bineta
    assert signed_in(guesser) is not None
    answer = Client().post("/fr/accounts/login/", {"login": "bineta", "password": PASSWORD})
    assert answer.status_code == 200


def test_a_new_account_costs_no_guess(client, db, monkeypatch):
    taken: list[str] = []
    take = Tries.take
    monkeypatch.setattr(Tries, "take", lambda self: taken.append(self.name) or take(self))
    client.post(SIGN_UP, FORM)
    Client().post(SIGN_UP, SHARED)
    assert taken == []


@pytest.mark.parametrize("role", [Role.TRAINER, Role.EMPLOYER, Role.MANAGER])
def test_no_account_of_the_team_or_an_employer_opens_by_signing_up(db, role):
    make_user("claire", role, phone=NUMBER)
    client = Client()
    client.post(SIGN_UP, SHARED | {"password1": PASSWORD})
    assert signed_in(client).username == "awa.ndiaye"


def test_a_closed_account_stays_closed(bineta):
    User.objects.filter(pk=bineta.pk).update(is_active=False)
    client = Client()
    client.post(SIGN_UP, SHARED | {"password1": PASSWORD})
    assert signed_in(client).username == "awa.ndiaye"


def test_a_free_number_and_a_taken_one_take_the_same_work(bineta, monkeypatch):
    work: list[int] = []
    kind = type(hashers.get_hasher())
    real = kind.encode
    monkeypatch.setattr(kind, "encode", lambda self, *args, **kw: work.append(1) or real(self, *args, **kw))
    counts = []
    for phone in ("77 123 45 67", "77 123 45 68"):
        work.clear()
        Client().post(SIGN_UP, {**FORM, "phone": phone})
        counts.append(len(work))
    assert counts[0] == counts[1] > 0


def test_two_of_one_number_at_once(bineta, db, monkeypatch):
    """Both looked before either wrote: the second still gets in."""
    from lms.accounts import newcomers

    look, calls = newcomers.holder, []

    def late(phone: str) -> User | None:
        calls.append(phone)
        return None if len(calls) == 1 else look(phone)

    monkeypatch.setattr(newcomers, "holder", late)
    client = Client()
    assert client.post(SIGN_UP, SHARED)["Location"] == WELCOME
    assert signed_in(client).phone is None


def test_where_codes_are_sent_a_number_is_proved_and_none_needs_none(db, settings, client):
    settings.SMS_SIGN_IN = settings.ACCOUNT_LOGIN_BY_CODE_ENABLED = settings.ACCOUNT_PHONE_VERIFICATION_ENABLED = True
    assert client.post(SIGN_UP, FORM)["Location"] == WELCOME
    assert signed_in(client).username == "awa.ndiaye"
    other = Client()
    assert other.post(SIGN_UP, SHARED)["Location"] == "/fr/accounts/phone/verify/"
    assert signed_in(other) is None
    page = other.get("/fr/accounts/phone/verify/").content.decode()
    way_out = re.search(r'href="([^"]+again[^"]+)"', page).group(1)
    assert other.get(SIGN_UP).status_code == 302  # a sign-up that waits for its code
    assert other.get(way_out).status_code == 200
    assert other.post(SIGN_UP, FORM)["Location"] == WELCOME
    assert signed_in(other).phone is None


@pytest.mark.parametrize("phone", ["", NUMBER])
def test_an_import_takes_nobody_without_a_number_for_another(bineta, trainer, phone):
    """They stand for nobody whom others name."""
    services.sign_up(full_name="Awa Ndiaye", phone=phone, pin="739154", language="fr", is_free=False)
    import_learners("Nom complet\nAwa Ndiaye", trainer)
    assert User.objects.filter(full_name="Awa Ndiaye", created_by=trainer).count() == 1


def test_the_pages_are_light(client, db):
    sign_up = client.get(SIGN_UP).content
    welcome = client.post(SIGN_UP, FORM, follow=True).content
    assert len(gzip.compress(sign_up)) < 2_900
    assert len(gzip.compress(welcome)) < 1_600
