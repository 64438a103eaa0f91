"""Keys of answers have the order in which they were issued."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments import form_keys
from assessments.form_keys import UNKNOWN, is_newer, issue_key, read_key


def test_later_keys_are_newer(monkeypatch):
    now = iter(range(1_800_000_000_000_000_000, 1_800_000_000_010_000_000, 10_000))  # every 10 µs
    monkeypatch.setattr(form_keys.time, "time_ns", lambda: next(now))
    issued = [issue_key() for _number in range(500)]
    assert issued == sorted(issued)
    assert {(key.version, key.variant) for key in issued} == {(7, "specified in RFC 4122")}
    assert is_newer(issued[1], issued[0])
    assert not is_newer(issued[0], issued[1])


@given(st.integers(0, 2**63), st.integers(0, 2**63))
def test_a_key_is_newer_than_the_one_that_stands_even_when_our_clock_goes_back(first, then):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(form_keys.time, "time_ns", lambda: first)
        standing = issue_key()
        patch.setattr(form_keys.time, "time_ns", lambda: then)
        assert is_newer(issue_key(after=standing), standing)


@pytest.mark.parametrize("text", ["", "abc", "\x00", "1" * 500, "é"])
def test_a_damaged_key_is_no_key(text):
    assert read_key(text) == UNKNOWN


@pytest.mark.parametrize("stranger", [UNKNOWN, uuid4(), UUID(int=2**128 - 1)])
def test_what_has_no_order_replaces_nothing_but_itself(stranger):
    assert is_newer(stranger, None)
    assert is_newer(stranger, stranger)
    assert not is_newer(stranger, issue_key())
    assert not is_newer(stranger, uuid4())
    assert is_newer(issue_key(), stranger)


@pytest.mark.parametrize("minutes", [11, 60 * 24, 60 * 24 * 365 * 1000])
def test_a_key_of_a_time_to_come_was_never_issued(monkeypatch, minutes):
    """It would win over every form until then."""
    milliseconds = (form_keys.time.time_ns() // 1_000_000 + minutes * 60_000) % (1 << 48)
    forged = UUID(int=milliseconds << 80 | 0x7 << 76 | 0b10 << 62)
    assert read_key(str(forged)) == UNKNOWN
    assert read_key("ffffffff-ffff-7fff-bfff-ffffffffffff") == UNKNOWN


def test_a_key_that_was_issued_is_read():
    key = issue_key()
    assert read_key(str(key)) == key
