"""One world for all the tests of a file, built once, and put back as it was after each test."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from tests.flows import world as worlds
from tests.flows.world import World
from tests.worlds import built, put_back


@pytest.fixture(scope="module")
def built_world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), built(worlds.build) as world:
        yield world


@pytest.fixture
def world(built_world, django_db_blocker) -> Iterator[World]:
    """The world as it was built, whatever earlier tests did to it."""
    with django_db_blocker.unblock(), put_back():
        yield built_world


@pytest.fixture
def clients(world) -> Callable[[str], Client]:
    """``clients(role)``: that person's browser, the same one each time."""
    known: dict[str, Client] = {}

    def client(role: str) -> Client:
        if role not in known:
            known[role] = world.client(role)
        return known[role]

    return client
