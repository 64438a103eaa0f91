"""The shared cache killed, frozen, wiped, full of rubbish: nobody is signed out, nobody waits, no page fails."""

import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client

from lms.lib import shared_cache
from lms.lib.doctor import machine
from lms.lib.models import CachedEntry
from lms.lib.ratelimit import Limit, Tries, may_try

pytestmark = pytest.mark.django_db
TIME_LIMIT = 0.05


class Redis:
    """A real server, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.start()

    def start(self) -> None:
        binary = str(shutil.which("redis-server"))
        words = [binary, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        for _try in range(200):
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("redis-server does not start")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)


@pytest.fixture
def redis(tmp_path) -> Iterator[Redis]:
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server on this machine (apt-get install redis-server)")
    server = Redis(tmp_path)
    yield server
    if server.process.poll() is None:
        server.thaw()
        server.kill()


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """Each time that the main cache did not answer: what a request waited for."""
    waits: list[str] = []
    plain = shared_cache.SharedCache.note

    def note(self: Any, error: Exception) -> None:
        waits.append(type(error).__name__)
        plain(self, error)

    monkeypatch.setattr(shared_cache.SharedCache, "note", note)
    return waits


@pytest.fixture(autouse=True)
def nothing_rests(monkeypatch) -> None:
    monkeypatch.setattr(shared_cache, "_rests_until", {})


@pytest.fixture
def cached(redis, settings, monkeypatch) -> Redis:
    """The site keeps what is shared in that server, as its settings make it of CACHE_URL."""
    monkeypatch.setenv("CACHE_URL", f"redis://127.0.0.1:{redis.port}/0")
    monkeypatch.setenv("CACHE_SECONDS", str(TIME_LIMIT))
    settings.CACHES = runpy.run_path(str(settings.BASE_DIR / "lms" / "settings" / "base.py"))["CACHES"]
    return redis


def visit(client: Client) -> int:
    return client.get("/fr/learn/").status_code


def test_it_is_asked_first(cached, learner, sign_in):
    client = sign_in(learner)
    assert visit(client) == 200
    assert caches["shared"].answers()
    assert may_try("x", limit=1, seconds=60)
    assert not may_try("x", limit=1, seconds=60)
    assert not CachedEntry.objects.exists()


@pytest.mark.parametrize("harm", [Redis.kill, Redis.freeze], ids=["killed", "frozen"])
def test_without_it_everybody_stays_and_nobody_waits(cached, learner, sign_in, asked, harm):
    """One wait of the time limit in ``REST_SECONDS`` for each process, however many pages are asked for."""
    client = sign_in(learner)
    assert visit(client) == 200
    harm(cached)
    assert {visit(client) for _page in range(20)} == {200}
    assert len(asked) <= 1 + 20 * 0.5 / shared_cache.REST_SECONDS  # pages of this test take a fraction of a second
    assert Client().post("/fr/accounts/login/", {"login": "awa", "password": "000000"}).status_code == 200
    (told,) = machine.shared_cache()
    assert told.level == "amber"


@pytest.mark.parametrize("harm", [Redis.kill, Redis.freeze], ids=["killed", "frozen"])
def test_tries_are_counted_in_the_database_meanwhile(cached, harm):
    harm(cached)
    assert [may_try("x", limit=2, seconds=60) for _try in range(4)] == [True, True, False, False]
    guesses = Tries("y", [Limit(2, 600)])
    assert [guesses.take() is not None for _try in range(4)] == [True, True, False, False]
    assert CachedEntry.objects.exists()


def test_who_signs_out_while_it_is_frozen_stays_signed_out(cached, learner, sign_in):
    """It cannot be told meanwhile; with it comes back what it knew."""
    client = sign_in(learner)
    assert visit(client) == 200
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value

    def thief() -> int:
        return Client().get("/fr/learn/", HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={kept}").status_code

    assert thief() == 200
    cached.freeze()
    assert visit(client) == 200  # from now on it is left alone
    client.post("/fr/accounts/logout/")
    assert thief() == 302
    cached.thaw()
    shared_cache._rests_until.clear()
    assert thief() == 302


def test_it_is_asked_again_after_a_rest(cached, monkeypatch):
    cached.kill()
    caches["shared"].set("a", 1)
    assert caches["shared"].is_resting()
    cached.start()
    now = time.monotonic()
    monkeypatch.setattr(shared_cache.time, "monotonic", lambda: now + shared_cache.REST_SECONDS + 1)
    caches["shared"].set("b", 2)
    assert not caches["shared"].is_resting()
    assert caches["shared"].main.get("b") == 2


def test_wiped_it_signs_nobody_out(cached, learner, sign_in):
    client = sign_in(learner)
    assert visit(client) == 200
    caches["shared"].main.clear()
    assert visit(client) == 200


def test_rubbish_in_it_is_nothing(cached, learner, sign_in, asked):
    client = sign_in(learner)
    visit(client)
    assert may_try("x", limit=9, seconds=60)
    Tries("y", [Limit(2, 600)]).take()
    raw = caches["shared"].main._cache.get_client(None, write=True)
    for rubbish in (b"\x80\x04rubbish", b"", b"\x80\x04\x95", b"-x", b"\xff" * 50, b"\x80\xc8x", b"\x80\x04]\x94."):
        for key in raw.keys("*"):
            raw.set(key, rubbish)
        assert visit(client) == 200, rubbish
        assert may_try("x", limit=9, seconds=60), rubbish
        assert Tries("y", [Limit(2, 600)]).seconds_left() == 0, rubbish
    assert caches["shared"].get("never", "x") == "x"
    assert not caches["shared"].is_resting()


def test_a_full_disk_under_the_file_cache_is_no_error(tmp_path, monkeypatch):
    cache = shared_cache.SharedCache(
        str(tmp_path), {"OPTIONS": {"MAIN": "lms.lib.seams.filecache.FileCache", "FALLBACK": "house_cachedentry"}}
    )
    cache.set("a", 1)
    assert cache.main.get("a") == 1

    def full(*args: Any, **more: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)
    cache.set("b", 2)
    assert cache.add("c", 3)
    assert not cache.add("c", 4)
    assert cache.get("b") == 2
    assert CachedEntry.objects.count() == 2


def test_settings_limit_every_call_to_redis():
    """As a host with CACHE_URL reads them."""
    code = (
        "from django.conf import settings as s; c = s.CACHES;"
        "print([c[n]['OPTIONS']['MAIN_OPTIONS']['socket_timeout'] for n in ('default', 'shared')]);"
        "print(c['default']['OPTIONS']['MAIN_OPTIONS']['retry'].get_retries())"
    )
    env = {**os.environ, "CACHE_URL": "redis://127.0.0.1:1/0", "DJANGO_SETTINGS_MODULE": "lms.settings.base"}
    told = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True, cwd=settings.BASE_DIR
    )
    assert told.stdout.split("\n")[:2] == ["[0.3, 0.3]", "0"]
