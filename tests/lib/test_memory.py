"""The cache of each process: the object itself, ended by time, by number, or by hand."""

import pytest

from lms.lib import memory
from lms.lib.memory import ObjectCache


@pytest.fixture
def cache(request) -> ObjectCache:
    return ObjectCache(request.node.name, {"TIMEOUT": 100, "OPTIONS": {"MAX_ENTRIES": 3}})


def test_it_gives_back_the_object_itself(cache):
    kept = object()
    cache.set("a", kept)
    assert cache.get("a") is kept
    assert cache.get_many(["a", "b"]) == {"a": kept}
    assert "a" in cache


def test_what_is_not_there(cache):
    assert cache.get("a") is None
    assert cache.get("a", "otherwise") == "otherwise"
    assert not cache.touch("a")
    assert not cache.delete("a")


def test_it_forgets_after_its_time(cache, monkeypatch):
    now = memory.time.time()
    cache.set("a", 1)
    cache.set("b", 2, timeout=None)
    monkeypatch.setattr(memory.time, "time", lambda: now + 101)
    assert cache.get("a") is None
    assert cache.get("b") == 2


def test_the_one_not_read_for_longest_leaves_first(cache):
    for name in "abc":
        cache.set(name, name)
    cache.get("a")
    cache.set("d", "d")
    assert cache.get_many("abcd") == {"a": "a", "c": "c", "d": "d"}


def test_add_keeps_the_first(cache):
    assert cache.add("a", 1)
    assert not cache.add("a", 2)
    assert cache.get("a") == 1


def test_delete_clear_and_touch(cache):
    cache.set("a", 1)
    assert cache.touch("a", 5)
    assert cache.delete("a")
    cache.set("b", 1)
    cache.clear()
    assert cache.get("b") is None


def test_two_caches_of_one_name_share(cache, request):
    cache.set("a", 1)
    assert ObjectCache(request.node.name, {}).get("a") == 1
