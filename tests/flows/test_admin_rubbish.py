"""No form of the admin fails when it is posted empty or with rubbish, and no search whatever is searched for."""

from contextlib import suppress
from itertools import product

import pytest
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from lms.accounts.enums import Role
from tests.factories.people import make_user
from tests.flows.test_admin_rows import addresses, ask, others, routes
from tests.worlds import put_back

__all__ = ["others"]
RUBBISH = {
    "title": "\x00", "slug": "¿?", "code": "x" * 500, "titles": "[", "q": '"', "id": "x", "user": "²",
    "new_parent_page": "x", "action": "x", "next": "//x", "collection": "-1", "locale": "zz", "file": "x",
    "sections-TOTAL_FORMS": "x", "skills-TOTAL_FORMS": "-1", "body-count": "x", "answers-count": "9" * 30,
    "url": "\x00", "hours": "NaN",
}  # fmt: skip
QUERIES = ['"', "'" + "long " * 300, "'" + "x" * 3000, '"a" OR', "a\x00b", "*", "a:*", "& | !", "\\", "%_", "''", "(",
           "😀" * 40, "<->", "-", "NEAR(", '"unclosed phrase', "a AND NOT", "²"]  # fmt: skip


TEAM = ["superuser", "manager", "trainer", "author"]


@pytest.fixture(params=TEAM)
def client_of_the_team(request, db) -> Client:
    """One of the team. The author has the course of ``others``, and no right to any other."""
    role = Role.TRAINER if request.param == "trainer" else Role.MANAGER
    is_super = request.param == "superuser"
    author = request.param == "author"
    person = (
        request.getfixturevalue("others")["owner"]
        if author
        else make_user("equipe", role, is_superuser=is_super, is_staff=is_super)
    )
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


@pytest.mark.parametrize("data", [{}, RUBBISH], ids=["empty", "rubbish"])
def test_no_form_fails(others, site, request, client_of_the_team, data):
    """The superuser posts to every address (on SQLite to every other, which PostgreSQL meets all of), the rest of the
    team to every third, in turn: what they may differs, the forms do not.
    """
    turn = TEAM.index(request.node.callspec.params["client_of_the_team"])
    if turn and connection.vendor != "sqlite":
        pytest.skip("the superuser meets every form; who may what is the same from any database")
    every = list(dict.fromkeys(addresses(others)))
    failed = []
    if turn:
        every = every[(turn - 1 + bool(data)) % 3 :: 3]
    elif connection.vendor == "sqlite":
        every = every[bool(data) :: 2]
    for path in every:
        (status, _body), _written = ask(client_of_the_team, "POST", path, data)
        if status >= 500:
            failed.append(f"{path}: {status}")
    assert not failed, "\n".join(failed)


def searches() -> list[list[str]]:
    """Names of every search of the admin: a list beside the part of it that a script loads, which search alike."""
    words = {"index", "list", "results", "choose", "search", "chooser", "root"}
    names = [name for name, _path in routes() if name.rpartition(":")[2].rpartition("_")[2] in words]
    pairs: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        pairs.setdefault(name.removesuffix("_results"), []).append(name)
    return list(pairs.values())


def test_no_search_fails(site, request, client_of_the_team):
    """Every search gets every query, each from one of the team in turn: what they see differs, the search does not.
    Where a list and a part of it search alike, each of the two gets every other query.
    """
    failed, turn = [], TEAM.index(request.node.callspec.params["client_of_the_team"])
    for number, names in enumerate(searches()):
        paths = []
        for name in names:
            with suppress(NoReverseMatch):
                paths.append(reverse(name))
        for place, query in enumerate(QUERIES[(number + turn) % len(TEAM) :: len(TEAM)] if paths else []):
            path = paths[(place + turn) % len(paths)]
            response = client_of_the_team.get(path, {"q": query})
            if response.status_code >= 500:
                failed.append(f"{path}?q={query[:20]!r}: {response.status_code}")
    assert not failed, "\n".join(failed)


API = "/cms/api/main/pages/"
WORDS = ("search", "order", "locale", "title", "slug", "fields", "type", "search_operator", "has_children")
NUMBERS = ("offset", "limit", "child_of", "descendant_of", "ancestor_of", "translation_of", "id", "parent",
           "first_published_at", "for_explorer", "include_root")  # fmt: skip


def test_no_question_of_the_explorer_fails(site, request, client_of_the_team):
    """Wagtail's own API of pages, which reads some of its parameters without looking: each gets every value, from one
    of the team in turn.
    """
    failed, turn = [], TEAM.index(request.node.callspec.params["client_of_the_team"])
    values = [*QUERIES, "long " * 600, "9" * 30, "9" * 5000, "-1", "0", "x", "1_0"]
    for number, name in enumerate((*WORDS, *NUMBERS)):
        for value in values[(number + turn) % len(TEAM) :: len(TEAM)]:
            for more in ({}, {"child_of": "root"})[: 1 if turn else 2]:
                response = client_of_the_team.get(API, {**more, name: value})
                if response.status_code >= 500:
                    failed.append(f"{name}={value[:20]!r} {more}: {response.status_code}")
    assert not failed, "\n".join(failed)


PARENTS = ("2", "999999999", "9" * 5000, "x", "-1", "0", "")


def test_all_below_a_place_that_is_not_there(site, client_of_the_team):
    failed = []
    kinds = ("wagtailcore/page", "wagtailimages/image", "wagtaildocs/document")
    for kind, parent, query in product(kinds, PARENTS, ("", "&q=a", "&q=%22", "&tag=x")):
        path = f"/cms/bulk/{kind}/delete/?id=all&childOf={parent}{query}"
        if client_of_the_team.get(path).status_code >= 500:
            failed.append(path[:120])
    assert not failed, "\n".join(failed)


NO_NAMES = ("", "1", "null", "[]", "NaN", '"x"', '{"a": 1e999}', '{"a\\u0000": true}', '{"a": "\\u0000"}',
            '{"a\\ud800": true}', "[" * 100_000, '{"a":' * 20_000, '{"%s": true}' % ("a" * 5000))  # fmt: skip


def test_what_was_closed_is_a_name(site, client_of_the_team):
    address = reverse("wagtailadmin_dismissibles")
    wrong = []
    for sent in NO_NAMES:
        with put_back():
            refused = client_of_the_team.patch(address, sent, content_type="application/json")
            taken = client_of_the_team.patch(address, '{"help-1": true}', content_type="application/json")
            wrong += [sent[:30]] if refused.status_code != 400 or taken.json() != {"help-1": True} else []
    assert not wrong
