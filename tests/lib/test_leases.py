"""Leases, on the one row type every installation has: messages."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import timezone

from lms.accounts.enums import Channel
from lms.accounts.messages import queue_message
from lms.accounts.models import OutboundMessage
from lms.lib import leases


@pytest.fixture
def row(learner, monkeypatch):
    monkeypatch.setattr(OutboundMessage, "max_tries", leases.MAX_TRIES)  # as all the others
    learner.email = "awa@example.org"
    message = queue_message(key="k", user=learner, channel=Channel.EMAIL, kind="test", body="Bonjour")
    return OutboundMessage.objects.filter(pk=message.pk)


def test_one_claim_wins_and_the_next_waits(row):
    assert leases.claim(row)
    assert not leases.claim(row)


def test_a_dead_workers_lease_runs_out(row):
    leases.claim(row)
    row.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert leases.claim(row)
    assert row.get().tries == 2


def test_a_failure_waits_longer_each_time_and_is_given_up_in_the_end(row):
    for tries, minutes in enumerate([1, 2, 4, 8, 16, 32, 60, 60], start=1):
        row.update(due_at=timezone.now())
        assert leases.claim(row)
        before = timezone.now() - leases.TICK
        leases.release(row, error="away", tries=row.get().tries)
        assert before <= row.get().due_at - timedelta(minutes=minutes) <= timezone.now()
        assert not leases.claim(row), "it rests first"
        assert row.get().tries == tries
    assert tries == leases.MAX_TRIES
    row.update(due_at=timezone.now())
    assert not leases.claim(row)


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_host_whose_clock_is_wrong_takes_no_lease_and_leaves_no_work(row, learner, monkeypatch, minutes):
    """The database's clock decides; that of the host is frozen ten minutes off."""
    wrong = timezone.now() + timedelta(minutes=minutes)
    assert leases.claim(row)
    with monkeypatch.context() as host:
        host.setattr(timezone, "now", lambda: wrong)
        assert not leases.claim(row), "another host is at work on it"
        row.update(lease_until=leases.from_now(timedelta(seconds=-1)))
        assert leases.claim(row), "the lease has run out"
        leases.release(row, error="away", tries=1)
        asked = queue_message(key="j", user=learner, channel=Channel.EMAIL, kind="test", body="Bonjour")
    assert timedelta(seconds=50) < row.get().due_at - timezone.now() <= timedelta(seconds=60)
    assert leases.claim(OutboundMessage.objects.filter(pk=asked.pk)), "it is due at once for everybody"


def test_nobody_asks_a_hosts_clock_about_leases():
    """``due_at`` and ``lease_until`` are written and compared by expressions of the database."""
    source = Path(leases.__file__).read_text()
    assert "timezone" not in source.replace("astimezone", "")
    for model in (model for model in apps.get_models() if issubclass(model, leases.Leased)):
        field = model._meta.get_field("due_at")
        assert not field.has_default(), model
        assert field.has_db_default(), model
