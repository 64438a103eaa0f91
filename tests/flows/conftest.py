"""One world for all tests that follow each other, built once, and put back as it was after each of them."""

import pickle
from collections.abc import Callable, Iterator

import pytest
from django.template.base import Template
from django.test import Client

from tests.flows import world as worlds
from tests.flows.world import World
from tests.worlds import Shared, put_back

shared = Shared(worlds.build)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """From one file to the next the world stays when the next test asks for it; no other test finds it."""
    shared.stays = "built_world" in getattr(nextitem, "fixturenames", ())
    return (yield)


@pytest.fixture(scope="module")
def built_world(django_db_setup, django_db_blocker) -> Iterator[bytes]:
    """The world as it was built, to be read with ``pickle``: nothing that a test does to it is kept."""
    with django_db_blocker.unblock(), shared.opened() as world:
        yield world


@pytest.fixture
def world(built_world, django_db_blocker) -> Iterator[World]:
    """The world as it was built, whatever earlier tests did to it."""
    with django_db_blocker.unblock(), put_back():
        yield pickle.loads(built_world)  # noqa: S301  (made a moment ago, in this process)


@pytest.fixture(autouse=True)
def plain_pages(request, monkeypatch) -> None:
    """Pages are rendered as in earnest: Django's test client copies the context of every template it meets, and the
    flows read thousands of pages and, but for those that ask for ``contexts``, no context.
    """
    if "contexts" not in request.fixturenames:
        monkeypatch.setattr(Template, "_render", lambda template, context: template.nodelist.render(context))


@pytest.fixture
def contexts() -> None:
    """``answer.context`` is kept."""


@pytest.fixture
def clients(world) -> Callable[[str], Client]:
    """``clients(role)``: that person's browser, the same one each time: to sign in costs as much as a page."""
    known: dict[str, Client] = {}

    def client(role: str) -> Client:
        if role not in known:
            known[role] = world.client(role)
        return known[role]

    return client
