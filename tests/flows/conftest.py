"""One world for all the tests of a file, built once, and put back as it was after each test."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client

from lms.lib.background_tasks import AfterCommit
from tests.flows import world as worlds
from tests.flows.world import World


def clear_caches() -> None:
    for cache in caches.all():
        cache.clear()


@pytest.fixture(scope="module")
def built_world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """The world inside a transaction that is never committed."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        try:
            clear_caches()
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(AfterCommit, "waits", False)
                built = worlds.build()
            yield built
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)
            connection.close()


@pytest.fixture
def world(built_world, django_db_blocker) -> Iterator[World]:
    """The world as it was built, whatever earlier tests did to it."""
    with django_db_blocker.unblock():
        inner = transaction.atomic()
        inner.__enter__()
        try:
            yield built_world
        finally:
            transaction.set_rollback(True)
            inner.__exit__(None, None, None)
            clear_caches()


@pytest.fixture
def clients(world) -> Callable[[str], Client]:
    """``clients(role)``: that person's browser, the same one each time."""
    known: dict[str, Client] = {}

    def client(role: str) -> Client:
        if role not in known:
            known[role] = world.client(role)
        return known[role]

    return client
