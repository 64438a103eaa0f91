"""Rubbish in every address and every field: a clear answer, never a 500, and what was typed is still there."""

import re
from functools import cache
from itertools import cycle
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.urls import resolve

from courses.admin_tree import ACTS
from tests.flows.html import read_fields
from tests.flows.table import Row, living_rows
from tests.flows.world import World
from tests.imports import modules
from tests.worlds import signed_in_as_before

HUGE = "9" * 40
WORDS = [
    "%00", "%ff%fe", quote("é\u202e\U0001f600"), "-1", "0", HUGE, quote("' OR 1=1 --"), quote("<script>x</script>"),
    quote("../../etc/passwd"), "a" * 3000,
]  # fmt: skip
QUERY = ["q", "p", "next", "token", "skill", "sort", "ordering", "level"]  # and those that our code names
READ = re.compile(r'\b(GET|POST)(?:\.get|\.getlist)?[\[(]"([\w-]+)"|"([\w-]+)" (?:not )?in request\.(GET|POST)')
TYPED = [
    "\x00", "bon\x00jour", "\U0001f600\u202e", "=HYPERLINK(1)", HUGE, "-1", "1e309", "NaN", " ",
    "<img src=x onerror=alert(1)>", "é" * 20_000, "2026-02-31", "9999-12-31", "\r\nX: y",
]  # fmt: skip

ALONE = ["\x00", HUGE, "9999-12-31"]
REFUSED_BY_SQLITE = {HUGE, "%00", "\x00"}


def tried(words: list[str]) -> list[str]:
    """PostgreSQL, which refuses most, meets every word; SQLite those that it refuses itself or alone keeps."""
    return words if connection.vendor != "sqlite" else [word for word in words if word in REFUSED_BY_SQLITE]


@cache
def names_read(kind: str, module: str = "") -> list[str]:
    """What our code reads of addresses (``GET``) or of forms (``POST``) by itself, without a form that looks at it."""
    texts = [path.read_text() for name, path in modules().items() if module in ("", name)]
    found = {match.groups() for text in texts for match in READ.finditer(text)}
    return sorted({one or other for first, one, other, last in found if kind in (first, last)})


def role_of(row: Row) -> str:
    """Somebody who gets through, else nobody in particular."""
    return next(
        (role for role, cell in row.cells.items() if cell in {"ok", "go", "422", "*"} and role != "anonymous"),
        "learner",
    )


@pytest.fixture
def surf(world, clients):
    """``surf(role, method, path, data)``: the answer; whatever it wrote is put back."""

    def ask(role: str, method: str, path: str, data: object = None):
        client = clients(role)
        client.raise_request_exception = False
        with signed_in_as_before(client), transaction.atomic():
            response = client.get(path) if method == "GET" else client.post(path, data or {})
            if response.streaming:
                b"".join(response.streaming_content)
            transaction.set_rollback(True)
        return response

    return ask


def addresses(row: Row, world: World):
    """The row's address with each parameter replaced by each piece of rubbish."""
    good = row.address(world).partition("?")[0]
    for _name, value in row.args:
        known = str(world.get(value))
        if f"/{known}" in good:
            for word in tried(WORDS if not good.startswith("/cms/") else WORDS[:6]):
                yield good.replace(f"/{known}", f"/{word}", 1)


def is_for_strangers(row: Row, path: str) -> bool:
    """Every word where the view itself answers strangers; one is enough where they are sent to the sign-in."""
    return row.cells.get("anonymous") != "in" or "%00" in path


def test_no_address_breaks(world, surf):
    broken = []
    seen = set()
    for row in (row for row in living_rows(world) if row.route not in seen):
        seen.add(row.route)
        for path in addresses(row, world):
            for role in dict.fromkeys([role_of(row), *(["anonymous"] if is_for_strangers(row, path) else [])]):
                response = surf(role, row.method, path)
                if response.status_code >= 500:
                    broken.append(f"{row.method} {path[:200]} as {role}: {response.status_code} {fault(response)}")
    assert not broken, "\n".join(broken)


def fault(response) -> str:
    info = getattr(response, "exc_info", None)
    return f"{info[0].__name__}: {str(info[1])[:120]}" if info else ""


def test_no_query_breaks(world, surf):
    broken, seen = [], set()
    for row in living_rows(world):
        if row.method != "GET" or row.route.partition("?")[0] in seen or role_of(row) not in row.cells:
            continue
        seen.add(row.route.partition("?")[0])
        good = row.address(world).partition("?")[0]
        names = {*QUERY, *names_read("GET")}
        for word in tried(WORDS[len(seen) % 2 :: 4]):
            response = surf(role_of(row), "GET", good + "?" + "&".join(f"{name}={word}" for name in names))
            if response.status_code >= 500:
                broken.append(f"{good}?...={word[:40]}: {response.status_code} {fault(response)}")
    assert not broken, "\n".join(broken)


def test_no_word_that_our_code_reads_of_a_form_breaks(world, surf):
    """Also of forms that stand on no page of the world, or are sent by a button with an address of its own."""
    broken, seen = [], set()
    assert {"course", "do", "learner"} <= set(names_read("POST"))
    for row in living_rows(world):
        route = row.route.partition("?")[0]
        if row.method != "POST" or route in seen or (role := role_of(row)) not in row.cells:
            continue
        seen.add(route)
        view = resolve(row.address(world).partition("?")[0]).func
        sent = [dict.fromkeys(names_read("POST"), HUGE)]
        if connection.vendor != "sqlite":  # it keeps a NUL
            sent += [dict.fromkeys(names_read("POST"), "\x00")]
            sent += [{name: "\x00"} for name in names_read("POST", view.__module__)]
        sent += [{"do": f"{act}:\x00"} for act in ACTS if route == "courses_tree"]
        for data in sent:
            response = surf(role, "POST", row.address(world), data)
            if response.status_code >= 500:
                broken.append(f"{row} as {role} {data.get('do', '')!r}: {response.status_code} {fault(response)}")
    assert not broken, "\n".join(broken)


def forms_of(world: World, surf) -> list[tuple[str, str, dict[str, str]]]:
    """(role, address, fields with the values they have) of every form on every page, once for all rows of a table."""
    found: dict[tuple[str, str], tuple[str, str, dict[str, str]]] = {}
    for row in living_rows(world):
        role = next((role for role, cell in row.cells.items() if cell == "ok"), None)
        if row.method != "GET" or role is None:
            continue
        role = role_of(row) if row.cells.get(role_of(row)) == "ok" else role
        path = row.address(world)
        response = surf(role, "GET", path)
        if response.headers.get("Content-Type", "").startswith("text/html") and response.status_code == 200:
            for action, fields in read_fields(response.content.decode(), path):
                names = ",".join(sorted(fields))
                found.setdefault((re.sub(r"/\d+/", "/0/", action), names), (role, action, fields))
    return [form for form in found.values() if "/logout/" not in form[1]]


def test_no_form_breaks(world, surf):
    """All fields spoilt at once by each word, and each field alone by one of three in turn."""
    broken = []
    forms = forms_of(world, surf)
    assert len(forms) > 20
    for role, action, fields in forms:
        names = [name for name in fields if name != "csrfmiddlewaretoken"][:40]
        spoilt = [dict.fromkeys(names, word) for word in tried(TYPED[::4] if action.startswith("/cms/") else TYPED)]
        if not action.startswith("/cms/"):
            alone = zip(names, cycle(ALONE), strict=False)
            spoilt += [{**fields, name: word} for name, word in alone if word in tried(ALONE)]
        for data in spoilt:
            response = surf(role, "POST", action, data)
            if response.status_code >= 500:
                value = next(iter(data.values()), "")
                broken.append(f"{action} as {role} {value[:20]!r}: {response.status_code} {fault(response)}")
    assert not broken, "\n".join(dict.fromkeys(broken))
