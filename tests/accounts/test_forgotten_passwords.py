"""A link to a new password, sent by e-mail."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lms.accounts.enums import Role
from lms.accounts.models import AuditEvent, OutboundMessage, User
from tests.factories.people import PASSWORD, make_user

NEW = "une phrase assez longue"


@pytest.fixture
def claire(db) -> User:
    return make_user("claire", Role.EMPLOYER, email="claire@example.org")


@pytest.fixture
def link(claire) -> str:
    return link_to(claire)


def link_to(user: User) -> str:
    Client().post("/fr/accounts/password/reset/", {"email": user.email})
    body = OutboundMessage.objects.get(address=user.email).body
    return re.search(r"https?://[^/]+(/\S+/password/reset/key/\S+)", body).group(1)


def close(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def test_the_link_gives_a_new_password_once(claire, link):
    client = Client()
    form = client.get(link, follow=True).redirect_chain[-1][0]
    assert client.post(form, {"password1": NEW}).status_code == 302
    claire.refresh_from_db()
    assert claire.check_password(NEW)
    assert Client().get(link, follow=True).status_code == 200
    assert "password1" not in Client().get(link, follow=True).text


def test_the_link_is_written_down_and_told(claire, link):
    client = Client()
    client.post(client.get(link, follow=True).redirect_chain[-1][0], {"password1": NEW})
    assert AuditEvent.objects.filter(actor=claire, verb="set-pin").count() == 1
    told = OutboundMessage.objects.filter(user=claire, kind="pin-reset")
    assert set(told.values_list("channel", flat=True)) == {"app", "email"}
    assert NEW not in "".join(told.values_list("body", flat=True))


def test_whoever_chooses_a_first_password_reads_of_no_change(claire):
    claire.set_unusable_password()
    claire.save(update_fields=["password"])
    invited = link_to(claire)
    client = Client()
    client.post(client.get(invited, follow=True).redirect_chain[-1][0], {"password1": NEW})
    claire.refresh_from_db()
    assert claire.check_password(NEW)
    assert AuditEvent.objects.filter(actor=claire, verb="set-pin").count() == 1
    assert not OutboundMessage.objects.filter(user=claire, kind="pin-reset").exists()


@pytest.mark.parametrize("when", ["before the link", "before the form"])
def test_an_account_that_was_closed_meanwhile_keeps_its_password(claire, link, when):
    """Else who was closed out chooses the password for the day on which it is opened again."""
    client = Client()
    if when == "before the link":
        close(claire)
    form = client.get(link, follow=True).redirect_chain[-1][0]
    close(claire)
    answer = client.post(form, {"password1": NEW})
    claire.refresh_from_db()
    assert claire.check_password(PASSWORD)
    assert answer.status_code == 200
    assert "Ce compte est fermé" in answer.text


def test_an_address_of_nobody_takes_the_same_work_and_gets_no_letter(claire):
    """Else whose address has an account is known by the time of the answer."""

    def written(address: str) -> set[tuple[str, str]]:
        with CaptureQueriesContext(connection) as done:
            answer = Client().post("/fr/accounts/password/reset/", {"email": address})
        assert (answer.status_code, answer.url) == (302, "/fr/accounts/password/reset/done/")
        return {(words[0], words[2]) for query in done for words in [query["sql"].split()] if words[0] == "INSERT"}

    known, unknown = written(claire.email), written("personne@example.org")
    assert ("INSERT", '"accounts_outboundmessage"') in known & unknown
    assert known <= unknown
    assert [row.address for row in OutboundMessage.objects.all()] == [claire.email]
