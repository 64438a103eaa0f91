"""Tries are counted by window, for each key alone."""

import pytest

from lms.lib import ratelimit
from lms.lib.ratelimit import client_network, may_try


def test_the_last_allowed_try_and_the_first_refused():
    assert [may_try("a", limit=3, seconds=60) for _ in range(5)] == [True] * 3 + [False] * 2


def test_each_key_has_its_own_tries():
    assert [may_try("a", limit=1, seconds=60), may_try("b", limit=1, seconds=60)] == [True, True]


def test_the_next_window_begins_at_nothing(monkeypatch):
    assert [may_try("a", limit=1, seconds=60) for _ in range(2)] == [True, False]
    monkeypatch.setattr(ratelimit, "current_window", lambda seconds: 1)
    assert may_try("a", limit=1, seconds=60)


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("::ffff:203.0.113.7", "203.0.113.7"),
     ("::ffff:203.0.113.8", "203.0.113.8"), ("unix:", "unix:")],
)  # fmt: skip
def test_a_visitor_shares_the_count_of_their_own_network_only(rf, address, network):
    assert client_network(rf.get("/", REMOTE_ADDR=address)) == network
