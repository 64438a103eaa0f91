"""Signing up: a known number gets the same answer as a new one."""

from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from lms.accounts import services, usernames
from lms.accounts.models import ConsentRecord, User
from tests.factories.people import PASSWORD, make_user

SIGN_UP = "/fr/accounts/signup/"
FORM = {
    "full_name": "  Awa   N’Diaye ",
    "country": "SN",
    "phone": "77 123 45 67",
    "password1": "pin-de-awa",
    "language": "en",
}


def test_a_new_account_then_signing_in_again(db):
    answer = Client().post(SIGN_UP, FORM)
    assert answer["Location"] == "/en/accounts/welcome/"  # their language
    user = User.objects.get()
    assert (user.full_name, user.phone, user.language, user.country) == ("Awa N’Diaye", "+221771234567", "en", "SN")
    assert user.username == "awa.ndiaye"
    assert user.phone_verified_at is None
    assert ConsentRecord.objects.filter(user=user, purpose="account").count() == 1
    answer = Client().post("/fr/accounts/login/", {"login": "+221771234567", "password": "pin-de-awa"})
    assert answer["Location"].startswith("/en/")  # their language


def test_a_known_number_gets_the_same_answer_and_changes_nothing(db):
    known = make_user("moussa", phone="+221771234567")
    clients = [Client(), Client()]
    answers = [
        clients[0].post(SIGN_UP, FORM, follow=True),
        clients[1].post(SIGN_UP, {**FORM, "phone": "77 765 43 21"}, follow=True),
    ]
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].redirect_chain == answers[1].redirect_chain
    names = User.objects.filter(full_name="Awa N’Diaye").order_by("pk").values_list("username", flat=True)
    pages = [answer.content.decode().replace(name, "N") for answer, name in zip(answers, names, strict=True)]
    assert len(pages[0]) == len(pages[1])
    known.refresh_from_db()
    assert known.check_password(PASSWORD)
    assert User.objects.count() == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"phone": "12"}, "numéro"),
        ({"phone": "06 12 34 56 78"}, "+221"),
        ({"password1": "123456"}, "facile"),
        ({"password1": "999999"}, "facile"),
        ({"password1": "1a2"}, "6"),
        ({"full_name": "=cmd()"}, "lettres"),
        ({"full_name": "A"}, "prénom"),
        ({"country": "XX"}, "XX"),
        ({"language": "xx"}, "xx"),
    ],
)
def test_refusals_keep_what_was_typed(db, change, words):
    answer = Client().post(SIGN_UP, {**FORM, **change})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert words in page
    assert 'class="errors"' in page
    assert {**FORM, **change}["phone"] in page
    assert not User.objects.exists()


def test_a_number_of_the_country_that_was_chosen(db):
    Client().post(SIGN_UP, {**FORM, "country": "FR", "phone": "06 12 34 56 78"})
    assert User.objects.get().phone == "+33612345678"


def test_the_same_form_twice_makes_one_account(db):
    for _time in range(2):
        assert Client().post(SIGN_UP, FORM).status_code == 302
    assert User.objects.count() == 1


def test_closed_by_setting(db, settings):
    settings.SELF_SIGN_UP = False
    assert "centre" in Client().get(SIGN_UP).content.decode()
    Client().post(SIGN_UP, FORM)
    assert not User.objects.exists()
    assert "signup" not in Client().get("/fr/accounts/login/").content.decode()


def test_two_of_one_name_at_once_both_get_an_account(db, monkeypatch):
    """Both looked before either wrote: the second finds the user name taken when it writes."""
    services.sign_up(full_name="Fatou Sow", phone="+221770000001", pin="482915", language="fr")
    look = usernames.free_names
    answers = iter([["fatou.sow"]])
    monkeypatch.setattr(usernames, "free_names", lambda names: next(answers, None) or look(names))
    second = services.sign_up(full_name="Fatou Sow", phone="+221770000002", pin="593026", language="fr")
    assert second.username == "fatou.sow2"
    with pytest.raises(IntegrityError), transaction.atomic():
        services.sign_up(full_name="Fatou Sow", phone="+221770000002", pin="482915", language="fr")


def test_an_unproved_number_does_not_come_in_by_another_door(client, settings, db):
    """A session that some library opened without asking for the code ends at the next page."""
    settings.SMS_SIGN_IN = True
    person = services.sign_up(full_name="Awa Ndiaye", phone="+221771234567", pin="482915", language="fr")
    client.force_login(person)
    assert client.get("/fr/learn/").status_code == 302
    assert "_auth_user_id" not in client.session


class TestManyAccountsFromOneAddress:
    def sign_up(self, number: int, address: str = "192.0.2.1", language: str = "fr") -> Any:
        form = {**FORM, "phone": f"77 {number:03} 00 00"}
        return Client(REMOTE_ADDR=address).post(f"/{language}/accounts/signup/", form)

    def test_a_class_of_forty_signs_up_at_once(self, db):
        assert settings.SIGN_UPS_PER_HOUR >= 300
        assert {self.sign_up(number).status_code for number in range(40)} == {302}
        assert User.objects.count() == 40

    @pytest.mark.parametrize(
        ("language", "words"), [("fr", "Réessayez dans une heure"), ("en", "Try again in an hour")]
    )
    def test_a_script_is_stopped_and_nothing_typed_is_lost(self, db, settings, language, words):
        settings.SIGN_UPS_PER_HOUR = 3
        assert [self.sign_up(number).status_code for number in range(3)] == [302] * 3
        answer = self.sign_up(3, language=language)
        assert answer.status_code == 429
        assert words in answer.text
        for typed in ("Awa", "77 003 00 00", FORM["password1"]):
            assert typed in answer.text
        assert User.objects.count() == 3
        assert self.sign_up(3, "192.0.2.2").status_code == 302

    def test_one_ipv6_network_is_one_address(self, db, settings):
        settings.SIGN_UPS_PER_HOUR = 1
        assert self.sign_up(1, "2001:db8::1").status_code == 302
        assert self.sign_up(2, "2001:db8::2").status_code == 429
        assert self.sign_up(2, "2001:db8:0:1::2").status_code == 302

    def test_what_is_refused_as_it_is_typed_counts_for_nothing(self, db, settings):
        settings.SIGN_UPS_PER_HOUR = 1
        for _time in range(3):
            assert Client().post(SIGN_UP, {**FORM, "phone": "12"}).status_code == 200
        assert Client().post(SIGN_UP, FORM).status_code == 302
