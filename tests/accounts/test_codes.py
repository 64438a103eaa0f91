"""Signing in with a code by SMS, where the setting allows it."""

import re
import time

import pytest
from django.test import Client

from lms.accounts import services
from lms.accounts.models import OutboundMessage, User
from tests.factories.people import PASSWORD, make_user

ASK, CONFIRM, VERIFY = "/fr/accounts/login/code/", "/fr/accounts/login/code/confirm/", "/fr/accounts/phone/verify/"
SIGN_UP = "/fr/accounts/signup/"
FORM = {"full_name": "Awa Ba", "country": "SN", "phone": "77 123 45 67", "password1": "pin-de-awa", "language": "fr"}


@pytest.fixture(autouse=True)
def codes_on(settings):
    settings.SMS_SIGN_IN = settings.ACCOUNT_LOGIN_BY_CODE_ENABLED = settings.ACCOUNT_PHONE_VERIFICATION_ENABLED = True


@pytest.fixture
def awa(db) -> User:
    return make_user("awa", phone="+221771234567", phone_verified_at="2026-01-01T00:00Z")


def last_code() -> str:
    return re.search(r"\b(\d{6})\b", OutboundMessage.objects.order_by("-created_at")[0].body).group(1)


def test_a_code_opens_the_account(awa):
    client = Client()
    assert client.post(ASK, {"phone": "77 123 45 67"})["Location"] == CONFIRM
    assert client.get(CONFIRM).status_code == 200
    code = last_code()
    assert client.post(CONFIRM, {"code": "000000" if code != "000000" else "111111"}).status_code == 200
    assert client.post(CONFIRM, {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
    assert client.session["_auth_user_id"] == str(awa.pk)


def test_an_unknown_number_gets_the_same_answer_and_no_message(awa):
    known, unknown = Client(), Client()
    answers = [client.post(ASK, {"phone": phone}) for client, phone in ((known, "771234567"), (unknown, "770000000"))]
    assert {answer["Location"] for answer in answers} == {CONFIRM}
    pages = [client.get(CONFIRM).content for client in (known, unknown)]
    assert len(pages[0]) == len(pages[1])
    assert OutboundMessage.objects.count() == 1


def test_another_code_is_answered_alike_for_an_unknown_number(awa, settings):
    """Asked for and sent again until the day's codes are used up: every answer, in the same place of the row."""
    settings.SMS_CODES_PER_NUMBER = 4

    def answers(phone: str) -> list[tuple[int, str]]:
        found = []
        for _time in range(2):
            client = Client()
            found.append(client.post(ASK, {"phone": phone}))
            found += [client.post(CONFIRM, {"action": "resend"}) for _again in range(3)]
        return [(answer.status_code, answer.get("Location", "")) for answer in found]

    known, unknown = answers("771234567"), answers("770000000")
    assert known == unknown
    assert {location for _status, location in known} >= {CONFIRM, "/fr/accounts/login/"}
    assert OutboundMessage.objects.exclude(address=awa.phone).count() == 0


def test_another_code_works_and_the_first_does_not(awa):
    client = Client()
    client.post(ASK, {"phone": "771234567"})
    first = last_code()
    client.post(CONFIRM, {"action": "resend"})
    assert client.post(CONFIRM, {"code": first}).status_code == (200 if first != last_code() else 302)
    client.post(CONFIRM, {"code": last_code()})
    assert client.session["_auth_user_id"] == str(awa.pk)


def test_three_wrong_codes_end_it(awa):
    client = Client()
    client.post(ASK, {"phone": "771234567"})
    wrong = "000000" if last_code() != "000000" else "111111"
    answers = [client.post(CONFIRM, {"code": wrong}) for _try in range(3)]
    assert answers[-1].status_code == 302
    assert client.post(CONFIRM, {"code": last_code()}).status_code == 302
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("page", [CONFIRM, VERIFY])
def test_guesses_made_at_the_same_moment_count_too(db, monkeypatch, page):
    """Each request reads the session as it was before the others: what a race of many threads does."""
    client = Client()
    if page == CONFIRM:
        make_user("awa", phone="+221771234567", phone_verified_at="2026-01-01T00:00Z")
        client.post(ASK, {"phone": "771234567"})
    else:
        client.post(SIGN_UP, FORM)
    code, looked_at = last_code(), []

    def compare(*, actual, expected):
        looked_at.append(actual)
        return actual == expected

    monkeypatch.setattr("allauth.account.forms.compare_user_code", compare)
    before = dict(client.session)
    for number in range(12):
        session = client.session
        session.clear()
        session.update(before)
        session.save()
        guess = f"{number:06d}"
        client.post(page, {"code": guess if guess != code else "999999"})
    session = client.session
    session.clear()
    session.update(before)
    session.save()
    client.post(page, {"code": code})
    assert len(looked_at) == 3
    assert "_auth_user_id" not in client.session


def test_where_no_code_was_sent_guesses_at_one_number_stop_nobody_else(awa):
    for number in range(6):
        client = Client()
        client.post(ASK, {"phone": f"77000000{number}"})
        assert client.post(CONFIRM, {"code": "123456"}).status_code == 200
    client = Client()
    client.post(ASK, {"phone": "771234567"})
    assert client.post(CONFIRM, {"code": last_code()}).status_code == 302
    assert client.session["_auth_user_id"] == str(awa.pk)


def test_a_code_works_once_and_only_where_it_was_asked_for(awa):
    client, other = Client(), Client()
    client.post(ASK, {"phone": "771234567"})
    code = last_code()
    other.post(ASK, {"phone": "770000000"})
    assert other.post(CONFIRM, {"code": code}).status_code == 200
    assert client.post(CONFIRM, {"code": code}).status_code == 302
    client.post("/fr/accounts/logout/")
    assert client.post(CONFIRM, {"code": code}).status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_code_of_eleven_minutes_ago_is_refused(awa, monkeypatch):
    client = Client()
    client.post(ASK, {"phone": "771234567"})
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 660)
    client.post(CONFIRM, {"code": last_code()})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("number", ["+221779999999", None], ids=["another", "none"])
def test_a_code_sent_to_a_number_that_was_taken_away_opens_nothing(trainer, number):
    """A phone is stolen, its new owner asks for a code, the trainer changes the number: the code is good no more."""
    awa = make_user("awa", phone="+221771234567", created_by=trainer)
    client = Client()
    client.post(ASK, {"phone": "771234567"})
    code = last_code()
    awa.phone = number
    services.save_learner(learner=awa, changed=["phone"], by=trainer)
    make_user("binta", phone="+221771234567", created_by=trainer)
    assert client.post(CONFIRM, {"action": "resend"})["Location"] == CONFIRM
    assert OutboundMessage.objects.filter(address="+221771234567").count() == 1
    answers = [client.post(CONFIRM, {"code": code}).status_code for _try in range(3)]
    assert answers == [200, 200, 302]
    assert "_auth_user_id" not in client.session


def test_a_sign_in_that_waits_for_a_code_ends_with_the_pin(db):
    client = Client()
    client.post(SIGN_UP, FORM)
    services.set_pin(user=User.objects.get(), pin="un-autre-pin")
    assert client.post(VERIFY, {"code": last_code()})["Location"] == "/fr/accounts/login/"
    assert "_auth_user_id" not in client.session


def test_codes_for_one_number_are_few(awa):
    for _time in range(10):
        Client().post(ASK, {"phone": "771234567"})
    assert OutboundMessage.objects.count() == 3


def test_signing_up_proves_the_number(db):
    client = Client()
    assert client.post(SIGN_UP, FORM)["Location"] == VERIFY
    user = User.objects.get()
    assert user.phone_verified_at is None
    assert client.get(VERIFY).status_code == 200
    assert client.post(VERIFY, {"code": last_code()}).status_code == 302
    user.refresh_from_db()
    assert user.phone_verified_at
    assert user.check_password("pin-de-awa")
    assert client.session["_auth_user_id"] == str(user.pk)


def test_signing_up_again_with_a_known_number_looks_the_same(awa):
    client = Client()
    assert client.post(SIGN_UP, FORM)["Location"] == VERIFY
    assert client.get(VERIFY).status_code == 200
    assert User.objects.count() == 1
    assert not re.search(r"\d{6}", OutboundMessage.objects.get().body)
    awa.refresh_from_db()
    assert awa.check_password(PASSWORD)


def test_asking_too_fast_is_429_and_never_500(awa):
    answers = [Client().post(SIGN_UP, FORM) for _time in range(2)]
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"]
    assert "pause" in answers[-1].content.decode()


def test_whoever_typed_their_number_before_them_loses_the_account(db):
    thief = make_user("thief", phone="+221771234567")
    client = Client()
    client.post(ASK, {"phone": "771234567"})
    answer = client.post(CONFIRM, {"code": last_code()})
    assert client.get(answer["Location"])["Location"].endswith("/accounts/pin/")
    thief.refresh_from_db()
    assert not thief.check_password(PASSWORD)
    assert thief.phone_verified_at


def test_the_login_page_offers_it(db, settings):
    assert ASK in Client().get("/fr/accounts/login/").content.decode()
    settings.SMS_SIGN_IN = False
    assert ASK not in Client().get("/fr/accounts/login/").content.decode()
    assert Client().get(CONFIRM).status_code == 404


def test_people_without_a_number_still_come_in(db):
    make_user("fatou")
    answer = Client().post("/fr/accounts/login/", {"login": "fatou", "password": PASSWORD})
    assert answer["Location"] == "/fr/learn/"


def test_an_account_made_by_a_trainer_needs_no_code(db, trainer):
    make_user("fatou", phone="+221770000001", created_by=trainer)
    answer = Client().post("/fr/accounts/login/", {"login": "fatou", "password": PASSWORD})
    assert answer["Location"] == "/fr/learn/"


def test_an_account_made_alone_proves_its_number_first(db):
    make_user("fatou", phone="+221770000001")
    answer = Client().post("/fr/accounts/login/", {"login": "fatou", "password": PASSWORD})
    assert answer["Location"] == VERIFY


class TestMail:
    @pytest.fixture(autouse=True)
    def mail_on(self, settings):
        settings.EMAIL_SIGN_IN = True
        settings.ACCOUNT_LOGIN_METHODS = {"username", "phone", "email"}

    def test_a_new_password(self, db, employer_user, one_minute):
        employer_user.email = "claire@example.org"
        employer_user.save()
        client = Client()
        reset = "/fr/accounts/password/reset/"
        assert client.get(reset).status_code == 200
        known = client.post(reset, {"email": "claire@example.org"}, follow=True)
        unknown = Client().post(reset, {"email": "nobody@example.org"}, follow=True)
        assert known.content == unknown.content
        link = re.search(r"http://\S+", OutboundMessage.objects.get().body).group(0)
        page = client.get(link, follow=True)
        assert page.status_code == 200
        form = page.redirect_chain[-1][0]
        assert "10" in client.post(form, {"password1": "court"}).content.decode()
        assert client.post(form, {"password1": "une-longue-phrase"}).status_code == 302
        employer_user.refresh_from_db()
        assert employer_user.check_password("une-longue-phrase")
        assert "ne marche plus" in Client().get(link, follow=True).content.decode()

    def test_a_link_of_yesterday_is_refused(self, db, employer_user, settings):
        employer_user.email = "claire@example.org"
        employer_user.save()
        Client().post("/fr/accounts/password/reset/", {"email": "claire@example.org"})
        link = re.search(r"http://\S+", OutboundMessage.objects.get().body).group(0)
        settings.PASSWORD_RESET_TIMEOUT = -1
        assert "ne marche plus" in Client().get(link, follow=True).content.decode()

    def test_signing_in_with_an_address(self, db, employer_user):
        employer_user.email = "claire@example.org"
        employer_user.save()
        answer = Client().post("/fr/accounts/login/", {"login": "claire@example.org", "password": PASSWORD})
        assert answer["Location"] == "/fr/employers/search/"
