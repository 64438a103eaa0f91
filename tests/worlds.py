"""What is expensive to build is built once for a file, inside a transaction that is never committed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client

from lms.lib.background_tasks import AfterCommit


def clear_caches() -> None:
    for cache in caches.all():
        cache.clear()


@contextmanager
def built(build: Callable[[], Any]) -> Iterator[Any]:
    """What ``build`` made, until the file ends; searchable, although nothing commits."""
    outer = transaction.atomic()
    outer.__enter__()
    try:
        clear_caches()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(AfterCommit, "waits", False)
            made = build()
        yield made
    finally:
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)
        connection.close()


@contextmanager
def signed_in_as_before(client: Client) -> Iterator[None]:
    """Whoever is signed out by what is asked is signed in again: else a walk goes on as a stranger's and proves
    nothing.
    """
    cookies = client.cookies.output(header="", sep=";")
    try:
        yield
    finally:
        client.cookies = SimpleCookie(cookies)


@contextmanager
def put_back() -> Iterator[None]:
    """One test in what was built."""
    inner = transaction.atomic()
    inner.__enter__()
    try:
        yield
    finally:
        transaction.set_rollback(True)
        inner.__exit__(None, None, None)
        clear_caches()
