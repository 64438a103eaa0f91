"""Doors that somebody else's code may open: what ``doors.txt`` does not name must not be there.

A library brings addresses with it, and its next version others: a second sign-in page, a password form, an export. Each
is named in ``doors.txt`` after somebody thought about it, and so is whatever a visitor without an account can open and
every type of content that is served.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from tests.flows.routes import is_own
from tests.flows.table import living_rows

pytestmark = pytest.mark.pages

FILE = Path(__file__).with_name("doors.txt")
FILLINGS = ["1", "x", "x/y", "fr", "00000000-0000-4000-8000-000000000000", "x.png", "1-x", "x/"]


def known(kind: str) -> set[str]:
    lines = [line.split(None, 1) for line in FILE.read_text().splitlines() if line.strip() and line[0] != "#"]
    return {rest.strip() for first, rest in lines if first == kind}


def compare(kind: str, found: set[str]) -> None:
    new, gone = found - known(kind), known(kind) - found
    advice = [f"+ {kind} {line}" for line in sorted(new)] + [f"- {kind} {line}" for line in sorted(gone)]
    assert not advice, f"Think about each, then change tests/flows/doors.txt:\n{chr(10).join(advice)}"


def walk(patterns: list, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """(name, pattern, entry) of every address, ours and others'."""
    for entry in patterns:
        path = (prefix + str(entry.pattern)).replace("^", "")
        if isinstance(entry, URLResolver):
            yield from walk(entry.url_patterns, path, ":".join(filter(None, [namespace, entry.namespace])))
        else:
            yield ":".join(filter(None, [namespace, entry.name or ""])), path, entry


def everything() -> list[tuple[str, str, URLPattern]]:
    return list(walk(get_resolver().url_patterns))


def example(pattern: str, entry: URLPattern) -> str:
    """An address that leads there, or to what stands before it."""
    found = ""
    for filling in FILLINGS:
        path = re.sub(r"<(?:\w+:)?\w+>", filling, pattern)
        while re.search(r"\([^()]*\)[?*+]?", path):
            path = re.sub(r"\([^()]*\)[?*+]?", filling, path)
        path = "/" + path.replace("\\Z", "").replace("$", "").replace("\\", "").replace("?", "")
        try:
            is_there = resolve(path).func is entry.callback
        except Resolver404:
            continue
        found = path
        if is_there:
            break
    assert found, f"No example leads to {pattern}: add what it wants to FILLINGS"
    return found


def type_of(response) -> str:
    return response.headers.get("Content-Type", "none").replace(" ", "")


def ask(client: Client, method: str, path: str, form: dict[str, str] | None = None):
    """The answer; whatever it wrote is put back."""
    with transaction.atomic():
        response = client.get(path) if method == "GET" else client.post(path, form or {})
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response


def asks_for_a_password(response) -> bool:
    fields = [] if response.streaming else re.findall(rb"<input[^>]*>", response.content)
    return any(b"current-password" in field or b'name="password"' in field for field in fields)


def test_every_address_of_a_library_is_known():
    """Our own are in ``permissions.txt``, column by column. How a part of an address is called opens nothing."""
    others = [(name, path) for name, path, entry in everything() if not is_own(entry.callback, path)]
    compare("url", {f"{name or '-'}  {re.sub(r'[?]P<[a-z_]+>', '', path)}" for name, path in others})


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_a_visitor_can_open_is_known(world, method):
    """Every address of the resolver, tried without an account and with somebody's name and password in the form; and
    those of the table that lead to something. Nobody signs in beside our page.
    """
    secret = {"username": world.learner.username, "login": world.learner.username, "password": "une-phrase-de-passe"}
    paths = {example(path, entry): name for name, path, entry in everything()}
    paths |= {row.address(world): row.route.partition("?")[0] for row in living_rows(world) if row.method == method}
    found = set()
    for path, name in paths.items():
        client = Client(raise_request_exception=False)
        response = ask(client, method, path, secret)
        if response.status_code < 300:
            found.add(f"{method} {name or path}  {type_of(response)}")
        if name != "account_login":
            assert "_auth_user_id" not in client.session, path
            assert not asks_for_a_password(response), path
    compare("open", found | {line for line in known("open") if not line.startswith(f"{method} ")})


def test_every_type_of_content_is_known(world, clients):
    found = set()
    for row in living_rows(world):
        role = next((role for role, cell in row.cells.items() if cell == "ok"), None)
        if role is not None:
            found.add(type_of(ask(clients(role), row.method, row.address(world))))
    compare("type", found)
