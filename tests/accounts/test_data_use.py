"""What a learner's visits cost is measured here, cheaply, and shown at their own price."""

import re
import socket
from datetime import date
from urllib.parse import urlsplit

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lms.accounts import data_use
from lms.accounts.data_use import TALLY, first_of_month, used_by, write, write_if_due
from lms.accounts.data_views import cost_text
from lms.accounts.enums import Role
from lms.accounts.models import DataUse, User
from tests.factories.people import make_user

PAGE = "/fr/accounts/mobile/"
FORM = {"data_saver": "", "bundle_price": "", "bundle_megabytes": ""}


@pytest.fixture(autouse=True)
def nothing_counted():
    TALLY.pop_all()
    yield
    TALLY.pop_all()


@pytest.fixture
def awa(db) -> User:
    return make_user("awa", full_name="Awa Ndiaye")


@pytest.fixture
def client(awa) -> Client:
    client = Client()
    client.force_login(awa)
    return client


def body(answer) -> str:
    return answer.content.decode()


# --- counting


def test_an_answer_and_its_request_are_counted_for_who_is_signed_in(client, awa):
    answer = client.get(PAGE, headers={"accept-encoding": "br", "user-agent": "x" * 100})
    down, up = TALLY.of(awa.pk)
    exact = len(answer.serialize_headers()) + len(answer.content)
    assert answer["Content-Encoding"] == "br"
    assert exact < down < exact + 400, "as it is packed, with its headers and cookies"
    assert 150 < up < 400
    client.post(PAGE, FORM)
    assert TALLY.of(awa.pk)[1] > up + 100


def test_strangers_and_static_files_ask_for_no_session(awa, client):
    client.get("/static/css/site.css")
    assert Client().get("/fr/accounts/login/").status_code == 200
    Client().get("/livez")
    assert TALLY.counts == {}


@pytest.mark.django_db(transaction=True)
def test_it_is_what_is_on_the_wire(live_server, awa):
    """Byte by byte, but for what the server itself writes and leaves out."""
    client = Client()
    client.force_login(awa)
    cookie = client.cookies["sessionid"].value
    asked = f"GET {PAGE} HTTP/1.1\r\nHost: testserver\r\nCookie: sessionid={cookie}\r\nConnection: close\r\n\r\n"
    url = urlsplit(live_server.url)
    answer = b""
    with socket.create_connection((url.hostname, url.port), timeout=30) as line:
        line.sendall(asked.encode())
        while part := line.recv(65536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 200")
    down, up = TALLY.of(awa.pk)
    assert abs(down - len(answer)) <= 100
    assert abs(up - len(asked)) <= 40


# --- writing


def test_requests_write_nothing_until_it_is_due(client, awa, settings, monkeypatch):
    settings.DATA_USE_SECONDS = 60
    now = [1000.0]
    monkeypatch.setattr(data_use, "clock", lambda: now[0])
    client.get(PAGE)
    with CaptureQueriesContext(connection) as queries:
        for _request in range(20):
            client.get(PAGE)
    assert [query["sql"] for query in queries if "INSERT" in query["sql"] or "UPDATE" in query["sql"]] == []
    write_if_due()
    assert not DataUse.objects.exists()
    down, up = TALLY.of(awa.pk)
    now[0] += 61
    write_if_due()
    row = DataUse.objects.get()
    assert (row.user, row.month, row.down, row.up) == (awa, first_of_month(), down, up)
    assert TALLY.counts == {}
    write_if_due()
    assert DataUse.objects.get().down == down


def test_one_write_adds_up_and_costs_few_queries(db):
    people = [make_user(f"p{number}") for number in range(5)]
    for _round in range(2):
        for person in people:
            TALLY.add(person.pk, 1000, 10)
            TALLY.add(person.pk, 1, 1)
        with CaptureQueriesContext(connection) as queries:
            assert write() == 5
        assert len(queries) <= 2 + len(people) + 2, "the people, the new rows, one for each, and a savepoint"
    assert set(DataUse.objects.values_list("down", "up")) == {(2002, 22)}


def test_no_transaction_writes_many_rows(db, monkeypatch):
    people = [make_user(f"learner{number}") for number in range(5)]
    monkeypatch.setattr(data_use, "PEOPLE_AT_ONCE", 2)
    for user in people:
        data_use.TALLY.add(user.pk, 100, 10)
    with CaptureQueriesContext(connection) as queries:
        assert data_use.write() == 5
    assert sum(query["sql"].startswith("SAVEPOINT") for query in queries) == 3
    assert [row.total for row in DataUse.objects.all()] == [110] * 5


def test_so_many_people_are_written_at_once(db, monkeypatch):
    monkeypatch.setattr(data_use, "MOST_PEOPLE", 2)
    TALLY.add(1, 1, 1)
    assert not TALLY.is_due(60)
    TALLY.add(2, 1, 1)
    assert TALLY.is_due(60)


@pytest.mark.parametrize("role", [Role.TRAINER, Role.EMPLOYER, Role.MANAGER])
def test_nothing_is_kept_of_the_team_and_of_employers(db, role):
    TALLY.add(make_user("autre", role=role).pk, 5, 5)
    TALLY.add(10**8, 5, 5)  # of an account that is gone
    assert write() == 0
    assert not DataUse.objects.exists()


def test_a_database_that_is_away_stops_no_answer(client, settings, monkeypatch):
    settings.DATA_USE_SECONDS = 0.000001
    tried = []

    def away() -> int:
        tried.append(TALLY.pop_all())
        raise DatabaseError

    monkeypatch.setattr(data_use, "write", away)
    assert client.get(PAGE).status_code == 200
    assert len(tried) == 1, "after the answer, by the end of the request"


def test_a_new_month_is_a_new_row(awa, monkeypatch):
    TALLY.add(awa.pk, 7, 1)
    monkeypatch.setattr(data_use, "first_of_month", lambda: date(2031, 1, 1))
    TALLY.add(awa.pk, 9, 1)
    assert write() == 2
    assert [row.down for row in used_by(awa)] == [9, 7]


# --- the page


def test_without_anything_it_says_so_and_then_how_much(client, awa):
    assert "Rien de mesuré" in body(client.get(PAGE))
    TALLY.add(awa.pk, 2_400_000, 100_000)
    page = body(client.get(PAGE))
    assert "Rien de mesuré" not in page
    assert "<strong>2,5\xa0Mo</strong>" in page
    write()
    assert "<strong>2,5\xa0Mo</strong>" in body(client.get(PAGE))
    assert "dans votre monnaie" not in page
    assert client.post(PAGE, FORM | {"bundle_price": "500", "bundle_megabytes": "1500"}).status_code == 302
    assert re.search("environ 0,8[0-9] dans votre monnaie", body(client.get(PAGE)))


@pytest.mark.parametrize(
    ("price", "megabytes", "used", "cost"),
    [(500, 1500, 2_520_000, "0,84"), (2500, 1000, 40_000_000, "100"), (None, 1000, 1, ""), (500, None, 1, ""),
     (1_000_000, 1, 2_000_000, "2\u202f000\u202f000"), (500, 1500, 0, "0,00")],
)  # fmt: skip
def test_the_price_is_theirs(price, megabytes, used, cost):
    user = User(bundle_price=price, bundle_megabytes=megabytes)
    assert cost_text(used, user).replace("\xa0", "\u202f") == cost


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bundle_price": "500"}, "les deux nombres"),
        ({"bundle_megabytes": "500"}, "les deux nombres"),
        ({"bundle_price": "x", "bundle_megabytes": "1"}, "nombre entier"),
        ({"bundle_price": "0", "bundle_megabytes": "1"}, "supérieure ou égale à 1"),
        ({"bundle_price": "9" * 30, "bundle_megabytes": "1"}, "inférieure ou égale à"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(client, awa, changes, words):
    page = body(client.post(PAGE, FORM | changes))
    assert words in page
    assert "aria-invalid" in page
    awa.refresh_from_db()
    assert awa.bundle_price is None


def months_ago(number: int) -> date:
    months = first_of_month().year * 12 + first_of_month().month - 1 - number
    return date(months // 12, months % 12 + 1, 1)


def test_earlier_months_stand_below_a_year_of_them(client, awa):
    for number in range(1, 20):
        DataUse.objects.create(user=awa, month=months_ago(number), down=number * 1_000_000)
    page = body(client.get(PAGE))
    facts = page[page.index("<dl") :]
    assert facts.count("<dt>") == data_use.KEPT_MONTHS
    assert facts.index("1\xa0Mo") < facts.index("2\xa0Mo") < facts.index("12\xa0Mo")
    assert "Rien de mesuré" in page, "this month"
