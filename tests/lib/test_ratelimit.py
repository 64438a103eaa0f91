"""Tries are counted by window, for each key alone."""

from lms.lib import ratelimit
from lms.lib.ratelimit import may_try


def test_the_last_allowed_try_and_the_first_refused():
    assert [may_try("a", limit=3, seconds=60) for _ in range(5)] == [True] * 3 + [False] * 2


def test_each_key_has_its_own_tries():
    assert [may_try("a", limit=1, seconds=60), may_try("b", limit=1, seconds=60)] == [True, True]


def test_the_next_window_begins_at_nothing(monkeypatch):
    assert [may_try("a", limit=1, seconds=60) for _ in range(2)] == [True, False]
    monkeypatch.setattr(ratelimit, "current_window", lambda seconds: 1)
    assert may_try("a", limit=1, seconds=60)
