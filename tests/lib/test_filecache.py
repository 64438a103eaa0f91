"""The cache of an embedded installation: one winner for ``add``, whatever the number of processes."""

import pytest

from lms.lib.seams.filecache import FileCache


@pytest.fixture
def cache(tmp_path):
    return FileCache(str(tmp_path / "cache"), {"TIMEOUT": 60})


def test_add_wins_once(cache):
    assert cache.add("lock", 1)
    assert not cache.add("lock", 2)
    assert cache.get("lock") == 1
    cache.delete("lock")
    assert cache.add("lock", 3)


def test_two_who_both_saw_it_free(cache, monkeypatch):
    monkeypatch.setattr(cache, "has_key", lambda *_args: False)
    assert [cache.add("lock", n) for n in range(3)] == [True, False, False]


def test_an_expired_key_is_free_again(cache):
    cache.add("lock", 1, timeout=-1)
    assert cache.add("lock", 2)
    assert cache.get("lock") == 2


def test_nothing_is_left_behind(cache, tmp_path):
    for _time in range(5):
        cache.add("lock", 1)
    assert len(list((tmp_path / "cache").iterdir())) == 1
