"""Leases, on the one row type every installation has: messages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lms.accounts.enums import Channel
from lms.accounts.messages import queue_message
from lms.accounts.models import OutboundMessage
from lms.lib import leases


@pytest.fixture
def row(learner):
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
        before = timezone.now()
        leases.release(row, error="away", tries=row.get().tries)
        assert before <= row.get().due_at - timedelta(minutes=minutes) <= timezone.now()
        assert not leases.claim(row), "it rests first"
        assert row.get().tries == tries
    assert tries == leases.MAX_TRIES
    row.update(due_at=timezone.now())
    assert not leases.claim(row)
