"""One of several schedulers speaks; the next one takes over when it ends, is killed or freezes."""

from datetime import timedelta

import pytest
from celery import current_app
from django.db import DatabaseError
from django.db.models.functions import Now

from lms.lib import election
from lms.lib.beat import MemoryScheduler
from lms.lib.leases import from_now
from lms.lib.models import Elected

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def always_asks(monkeypatch):
    """No pause between two questions to the database."""
    monkeypatch.setattr(election, "EVERY", 0)


def candidates() -> tuple[election.Candidate, election.Candidate]:
    return election.Candidate("beat"), election.Candidate("beat")


def silent_for(time: timedelta) -> None:
    Elected.objects.update(until=from_now(election.HOLDS - time))


def test_one_is_elected_and_stays_it():
    one, other = candidates()
    assert [one.is_elected(), other.is_elected(), one.is_elected(), other.is_elected()] == [True, False, True, False]
    assert election.Candidate("another office").is_elected()


def test_when_it_is_silent_the_next_takes_over_and_it_steps_back():
    one, other = candidates()
    assert one.is_elected()
    silent_for(election.HOLDS - timedelta(seconds=5))
    assert not other.is_elected()
    silent_for(election.HOLDS + timedelta(seconds=1))
    assert other.is_elected()
    assert not one.is_elected()


def test_when_it_ends_the_next_takes_over_at_once():
    one, other = candidates()
    assert one.is_elected()
    one.resign()
    assert other.is_elected()
    one.resign()  # of what it does not hold any more
    assert other.is_elected()


def test_a_clock_that_was_ahead_keeps_nobody_out():
    one, other = candidates()
    assert one.is_elected()
    Elected.objects.update(until=Now() + timedelta(days=1))
    assert other.is_elected()


def test_without_the_database_nobody_is_elected(monkeypatch):
    one, _other = candidates()
    assert one.is_elected()

    def fails(self: election.Candidate) -> bool:
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(election.Candidate, "take", fails)
        assert not one.is_elected()
    assert one.is_elected()


def test_the_database_is_asked_every_few_seconds_only(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(election, "EVERY", 60)
    one, _other = candidates()
    assert one.is_elected()
    with django_assert_num_queries(0):
        assert one.is_elected()


class Speaking(MemoryScheduler):
    def apply_async(self, entry, *args, **kwargs):  # type: ignore[no-untyped-def]
        self.spoken = [*getattr(self, "spoken", []), entry.name]


def test_of_two_schedulers_one_speaks_and_the_other_says_everything_when_it_takes_over():
    one, other = (Speaking(app=current_app._get_current_object()) for _each in range(2))
    every = set(one.schedule)
    for _turn in range(len(every) + 1):
        one.tick()
        other.tick()
    assert set(one.spoken) == every
    assert not hasattr(other, "spoken")
    one.close()
    for _turn in range(len(every) + 1):
        other.tick()
    assert set(other.spoken) == every
