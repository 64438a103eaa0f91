"""What is expensive to build is built once for a file, inside a transaction that is never committed."""

import pickle
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
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


class Shared:
    """What several files begin with. While ``stays`` is true at the end of a file, it is left for the next."""

    def __init__(self, build: Callable[[], Any]) -> None:
        self.build, self.stays = build, False
        self.stack, self.made, self.files = ExitStack(), b"", Files()

    @contextmanager
    def opened(self) -> Iterator[bytes]:
        if not self.made:
            self.files = Files()
            self.made = pickle.dumps(self.stack.enter_context(built(self.build)))
            self.files.keep()
        try:
            yield self.made
        finally:
            if self.stays:
                self.files.put_back()
            else:
                self.made = b""
                self.stack.close()


class Files:
    """Stored files: no transaction puts them back."""

    def __init__(self) -> None:
        self.before, self.kept = set(self.all()), {}

    def all(self) -> Iterator[Path]:
        for folder in (settings.MEDIA_ROOT, settings.PRIVATE_ROOT):
            yield from (path for path in Path(folder).rglob("*") if path.is_file())

    def keep(self) -> None:
        """Those that were written since."""
        self.kept = {path: path.read_bytes() for path in set(self.all()) - self.before}

    def put_back(self) -> None:
        for path, content in self.kept.items():
            if path.is_dir():
                shutil.rmtree(path)
            path.unlink(missing_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


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
