"""Rubbish instead of what a passkey signed is a wrong code, at every address that reads one."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.forms import JSONField
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string

from lms.accounts.enums import Role
from lms.accounts.factor_forms import LONGEST_CREDENTIAL, CredentialField
from lms.accounts.models import User
from tests.accounts.test_second_factor import SECRET
from tests.factories.people import PASSWORD, make_user

CLIENT_DATA = "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiYSIsIm9yaWdpbiI6ImEifQ"
RESPONSES = [
    "{}", "null", '{"clientDataJSON":"YQ","attestationObject":"YQ"}',
    '{"clientDataJSON":"W10","attestationObject":"oA"}',
    f'{{"clientDataJSON":"{CLIENT_DATA}","attestationObject":"oA"}}',
    f'{{"clientDataJSON":"{CLIENT_DATA}","attestationObject":"o2"}}',
    f'{{"clientDataJSON":"{CLIENT_DATA}","authenticatorData":"YQ","signature":"YQ","userHandle":"YQ"}}',
    '{"clientDataJSON":"e30","authenticatorData":"","signature":""}', "3", '"é"',
]  # fmt: skip
RUBBISH = [
    "", "x", "null", "1", '"a"', "[]", "{}", "NaN", "[" * 3000, '{"a":' * 3000, '{"id":"a"}', '{"id":1}',
    '{"id":1,"rawId":2,"response":3}', '{"id":"é","rawId":"é","type":"public-key","response":{}}',
    '{"id":"\\u0000"}', '{"id":"\x00"}', '{"clientExtensionResults":"x"}', f'{{"id":"{"a" * LONGEST_CREDENTIAL}"}}',
    f'{{"id":{"9" * 5000}}}', '{"id":1e999}', '{"id":"\\ud800","rawId":"\\ud800","response":{}}',
    *(f'{{"id":"YQ","rawId":"YQ","type":"public-key","response":{response}}}' for response in RESPONSES),
]  # fmt: skip


@pytest.fixture
def person(db, settings) -> User:
    settings.SECOND_FACTOR_REQUIRED = True
    return make_user("moussa", Role.MANAGER, full_name="Moussa Ba", email="moussa@passerelle.example")


def entered(person: User) -> Client:
    client = Client(raise_request_exception=False)
    client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    return client


@pytest.mark.parametrize("rubbish", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_sets_up_no_passkey(person, rubbish):
    client = entered(person)
    page = client.get(reverse("mfa_add_webauthn"))
    assert page.status_code == 200
    answer = client.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": rubbish})
    assert answer.status_code in (200, 400)
    assert answer.status_code == 400 or answer.context["form"].errors
    assert not Authenticator.objects.filter(type="webauthn").exists()


@pytest.mark.parametrize("rubbish", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_signs_nobody_in(person, rubbish):
    TOTP.activate(person, SECRET)
    client = entered(person)
    answer = client.post(reverse("mfa_authenticate"), {"credential": rubbish})
    assert answer.status_code in (200, 400)
    assert "_auth_user_id" not in client.session


def test_every_form_of_ours_that_reads_a_passkey_reads_it_with_our_field():
    """And all that allauth may be told to use are ours."""
    forms = [import_string(path) for name, path in settings.MFA_FORMS.items() if "webauthn" in name]
    assert len(forms) == 3
    for form in forms:
        found = [field for field in form(user=User(pk=1)).fields.values() if isinstance(field, JSONField)]
        assert [type(field) for field in found] == [CredentialField]
