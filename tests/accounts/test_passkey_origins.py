"""A passkey answers on our own address only, and a copy of it is noticed by its counter."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.test import Client
from django.urls import reverse

from lms.accounts import second_factor
from lms.accounts.enums import Role
from lms.accounts.models import AuditEvent, User
from tests.accounts.soft_key import SoftKey
from tests.factories.people import PASSWORD, make_user

HOST = "learn.passerelle.example"
HERE = f"https://{HOST}"


@pytest.fixture
def person(db, settings) -> User:
    settings.SECOND_FACTOR_REQUIRED, settings.BASE_URL = True, HERE
    return make_user("moussa", Role.MANAGER, full_name="Moussa Ba", email="moussa@passerelle.example")


@pytest.fixture
def key(person) -> SoftKey:
    made = SoftKey(HOST)
    WebAuthn.add(person, "Clé", made.registration("YQ", HERE, counter=10))
    return made


def sign_in(person: User, key: SoftKey, origin: str = HERE, counter: int = 0) -> bool:
    client = Client()
    client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    client.get(reverse("mfa_authenticate"))
    challenge = client.session["mfa.webauthn.state"]["challenge"]
    client.post(reverse("mfa_authenticate"), {"credential": json.dumps(key.assertion(challenge, origin, counter))})
    return "_auth_user_id" in client.session


def test_it_signs_in_here(person, key):
    assert sign_in(person, key, counter=11)


@pytest.mark.parametrize(
    "origin",
    [f"http://{HOST}", f"https://x.{HOST}", f"{HERE}:8443", "https://passerelle.example", f"{HERE}.evil.example", ""],
)
def test_it_signs_nobody_in_from_elsewhere(person, key, origin):
    assert not sign_in(person, key, origin, counter=11)


def test_none_is_set_up_from_elsewhere(person):
    client = Client()
    client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    for origin, number in ((f"https://x.{HOST}", 0), (HERE, 1)):
        client.get(reverse("mfa_add_webauthn"))
        challenge = client.session["mfa.webauthn.state"]["challenge"]
        credential = json.dumps(SoftKey(HOST).registration(challenge, origin))
        client.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": credential})
        assert Authenticator.objects.filter(type="webauthn").count() == number


def set_up(client: Client, key: SoftKey) -> str:
    """The page after a passkey was registered."""
    client.get(reverse("mfa_add_webauthn"))
    challenge = client.session["mfa.webauthn.state"]["challenge"]
    credential = json.dumps(key.registration(challenge, HERE))
    return client.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": credential}, follow=True).text


def test_no_passkey_is_of_two_people_nor_twice_of_one(person, key):
    other = make_user("fatou", Role.MANAGER, full_name="Fatou Sow")
    client = Client()
    client.post(reverse("account_login"), {"login": other.username, "password": PASSWORD})
    assert "déjà enregistrée" in set_up(client, key)
    fresh = SoftKey(HOST)
    assert "déjà enregistrée" not in set_up(client, fresh)
    assert "déjà enregistrée" in set_up(client, fresh)
    assert sorted(Authenticator.objects.filter(type="webauthn").values_list("user", flat=True)) == [person.pk, other.pk]


@pytest.mark.parametrize("signed", ["elsewhere", "not json", '{"id": 1}', "[]", "null", '"x"'])
def test_what_does_not_work_is_a_passkey_not_a_code(person, key, signed):
    client = Client()
    client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    client.get(reverse("mfa_authenticate"))
    challenge = client.session["mfa.webauthn.state"]["challenge"]
    if signed == "elsewhere":
        signed = json.dumps(key.assertion(challenge, "https://elsewhere.example", 11))
    page = client.post(reverse("mfa_authenticate"), {"credential": signed}).text
    assert "Cette clé d’accès n’a pas fonctionné." in page
    assert "code n’est pas bon" not in page


def test_a_counter_that_does_not_go_on_is_a_copy(person, key):
    assert not sign_in(person, key, counter=10)  # as when it was set up
    assert sign_in(person, key, counter=101)
    assert not sign_in(person, key, counter=2)
    assert not sign_in(person, key, counter=101)
    assert not sign_in(person, key, counter=0)
    assert AuditEvent.objects.filter(verb="passkey-copied").count() == 4
    assert sign_in(person, key, counter=102)


def test_a_key_without_a_counter_goes_on(person):
    made = SoftKey(HOST)
    WebAuthn.add(person, "Téléphone", made.registration("YQ", HERE))
    assert sign_in(person, made)
    assert sign_in(person, made)


def test_it_is_confirmed_again_by_the_same_rules(person, key):
    client = Client()
    client.force_login(person)
    for counter, origin, where in ((11, f"https://x.{HOST}", 200), (9, HERE, 200), (12, HERE, 302)):
        client.get(reverse("mfa_reauthenticate_webauthn"))
        challenge = client.session["mfa.webauthn.state"]["challenge"]
        signed = json.dumps(key.assertion(challenge, origin, counter))
        answer = client.post(reverse("mfa_reauthenticate_webauthn"), {"credential": signed})
        assert answer.status_code == where
    assert second_factor.passkeys(person).get().data["counter"] == 12
