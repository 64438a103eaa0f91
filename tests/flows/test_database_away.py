"""A database that is away, locked, full or broken is a 503 that says when to come back, wherever it shows."""

import errno
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.cache import caches
from django.db import InterfaceError, OperationalError, connection
from django.db.transaction import Atomic
from django.test import Client
from django.urls import reverse

from lms.lib.postgresql import base as postgresql
from tests.flows.table import everybodys_pages, living_rows
from tests.flows.test_doors import everything, example
from tests.worlds import signed_in_as_before

pytestmark = pytest.mark.pages

FAULTS = [
    OperationalError("database is locked"),
    OperationalError("database or disk is full"),
    OperationalError("disk I/O error"),
    OperationalError("server closed the connection unexpectedly"),
    InterfaceError("connection already closed"),
]


class Fails:
    """Counts the statements; from that of ``number`` on, none succeeds until the request is over."""

    def __init__(self, number: int = 0, *, fault: Exception = FAULTS[0], writes: bool = False) -> None:
        self.number, self.fault, self.writes, self.count = number, fault, writes, 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.writes and not sql.startswith(("INSERT", "UPDATE", "DELETE")):
            return execute(sql, params, many, context)
        self.count += 1
        if self.number and self.count >= self.number:
            raise self.fault
        return execute(sql, params, many, context)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Nobody formats some thousand tracebacks."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@contextmanager
def fresh() -> Iterator[None]:
    for cache in caches.all():
        cache.clear()
    yield
    connection.needs_rollback = False


def ask(client: Client, method: str, path: str, fails: Fails, data: Any = None) -> Any:
    with fresh(), connection.execute_wrapper(fails):
        response = client.generic(method, path) if data is None else client.post(path, data)
        if response.streaming:
            b"".join(response.streaming_content)
        return response


def is_told(response: Any) -> bool:
    return response.status_code == 503 and bool(response.get("Retry-After")) and "no-store" in response["Cache-Control"]


def is_probe(path: str) -> bool:
    """It answers 503 itself, to a proxy."""
    return path in ("/readyz", "/healthz")


def test_the_first_question_of_every_address(world):
    """The session of somebody signed in, asked for by some middleware, long before any view."""
    client, wrong, tried = world.client("manager", raise_request_exception=False), [], 0
    for number, (_name, pattern, entry) in enumerate(everything()):
        path, method = example(pattern, entry), ("GET", "POST")[number % 2]
        fails = Fails(1, fault=FAULTS[number % len(FAULTS)])
        response = ask(client, method, path, fails)
        tried += bool(fails.count)
        if fails.count and not is_told(response) and not is_probe(path):
            wrong.append(f"{method} {path}: {response.status_code}")
    assert tried > 300
    assert not wrong, "\n".join(wrong)


def test_the_last_question_of_every_page(world, clients):
    """Asked while the page is rendered, or on the way back."""
    wrong, tried = [], 0
    for number, (role, path) in enumerate(everybodys_pages(world)):
        client = clients(role)
        client.raise_request_exception = False
        counting = Fails()
        with signed_in_as_before(client):
            ask(client, "GET", path, counting)
            if not counting.count:
                continue
            fails = Fails(counting.count, fault=FAULTS[number % len(FAULTS)])
            response = ask(client, "GET", path, fails)
        tried += fails.count >= fails.number
        if fails.count >= fails.number and not (is_told(response) or response.streaming or is_probe(path)):
            wrong.append(f"{path} as {role}: {response.status_code}")
    assert tried > 80
    assert not wrong, "\n".join(wrong)


def test_the_first_write_of_every_form(world):
    wrong, tried = [], 0
    for number, row in enumerate(living_rows(world)):
        role = next((role for role, cell in reversed(row.cells.items()) if cell in ("ok", "go", "422")), None)
        if row.method != "POST" or role is None:
            continue
        client = world.client(role, raise_request_exception=False)
        fails = Fails(1, fault=FAULTS[number % len(FAULTS)], writes=True)
        response = ask(client, "POST", row.address(world), fails, {"text": "x"})
        tried += bool(fails.count)
        if fails.count and response.status_code >= 500 and not is_told(response):
            wrong.append(f"{row} as {role}: {response.status_code}")
    assert tried > 15
    assert not wrong, "\n".join(wrong)


def test_a_commit_that_fails(world, monkeypatch):
    """The last moment: everything was said, nothing stands."""
    leave = Atomic.__exit__

    def fails(self: Atomic, *error: Any) -> None:
        leave(self, *error)
        raise OperationalError("disk I/O error")

    client = world.client("learner", raise_request_exception=False)
    path = reverse("accounts:settings")
    sent = {"full_name": "Awa Ndiaye", "language": "fr", "email": "awa@example.org"}
    with monkeypatch.context() as patch:
        patch.setattr(Atomic, "__exit__", fails)
        response = client.post(path, sent)
    assert is_told(response)


def test_what_was_typed_is_kept_in_the_page_and_sent_again(world):
    client = world.client("learner", raise_request_exception=False, enforce_csrf_checks=False)
    path = reverse("opportunities:profile") + "?from=home&x=1"
    text = 'Deux\nlignes, "guillemets" & <b>'
    response = ask(client, "POST", path, Fails(1), {"about": text, "region": ["Dakar", "Thiès"]})
    assert is_told(response)
    form = re.search(r'<form method="post" action="([^"]+)">(.*?)</form>', response.content.decode(), re.DOTALL)
    assert form is not None
    assert unescape(form[1]) == path
    fields = [(unescape(n), unescape(v)) for n, v in re.findall(r'name="([^"]*)" value="([^"]*)"', form[2])]
    assert fields == [("about", text), ("region", "Dakar"), ("region", "Thiès")]


def test_signing_in_on_a_full_disk(world):
    """No secret stands in the page, and no session was begun."""
    world.learner.set_password("482916")
    world.learner.save()
    client = Client(raise_request_exception=False)
    fails = Fails(1, fault=FAULTS[1], writes=True)
    for language, words in (("fr", "De retour dans quelques minutes"), ("en", "Back in a few minutes")):
        with connection.execute_wrapper(fails):
            response = client.post(f"/{language}/accounts/login/", {"login": "awa", "password": "482916"})
        connection.needs_rollback = False
        assert is_told(response)
        assert words in response.content.decode()
        assert "482916" not in response.content.decode()
    assert fails.count


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_disk_that_takes_nothing_is_told_like_a_database(world, monkeypatch, number):
    def full(self: Any) -> None:
        raise OSError(number, "no")

    client = world.client("learner", raise_request_exception=False)
    monkeypatch.setattr(SessionStore, "load", full)
    response = client.get("/fr/learn/")
    assert is_told(response)


def test_a_fault_of_ours_is_still_ours(world, monkeypatch):
    def wrong(self: Any) -> None:
        raise FileNotFoundError(errno.ENOENT, "no")

    client = world.client("learner", raise_request_exception=False)
    monkeypatch.setattr(SessionStore, "load", wrong)
    assert client.get("/fr/learn/").status_code == 500


class Clock:
    """Time that passes only in sleep."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(postgresql.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(postgresql.time, "sleep", self.sleep)
        monkeypatch.setattr(postgresql, "_rests_until", 0.0)

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_connection_is_tried_for_two_seconds(monkeypatch):
    clock, tries = Clock(monkeypatch), []

    def connect() -> str:
        tries.append(clock.now)
        if clock.now < 101.5:
            raise OperationalError("the database system is starting up")
        return "connection"

    assert postgresql.patiently(connect, failure=OperationalError) == "connection"
    assert 3 < len(tries) < 20


def test_a_server_that_stays_away_holds_one_request_in_many(monkeypatch):
    clock, tries = Clock(monkeypatch), []

    def connect() -> None:
        tries.append(clock.now)
        raise OperationalError("connection refused")

    for _request in range(5):
        with pytest.raises(OperationalError):
            postgresql.patiently(connect, failure=OperationalError)
    assert clock.now - 100 <= postgresql.PATIENCE
    with pytest.raises(ZeroDivisionError):
        postgresql.patiently(lambda: 1 / 0, failure=OperationalError)
