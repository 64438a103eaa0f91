"""A wake-up call never delays or fails the request that makes it."""

import pytest
from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from lms.lib.publish import wake_on_commit


@shared_task
def nothing(number: int) -> None:
    """Stands for any task."""


@pytest.fixture
def published(monkeypatch) -> list[tuple]:
    calls: list[tuple] = []
    monkeypatch.setattr(nothing, "apply_async", lambda args, retry: calls.append(args))
    return calls


def test_it_is_published_once_the_transaction_stands(published, db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        wake_on_commit(nothing, 7)
        assert published == []
    assert published == [(7,)]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_says_nothing(published):
    with transaction.atomic():
        wake_on_commit(nothing, 7)
        transaction.set_rollback(True)
    assert published == []


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_is_not_the_learners_trouble(monkeypatch):
    def dead(args, retry):
        raise OperationalError("connection refused")

    monkeypatch.setattr(nothing, "apply_async", dead)
    with transaction.atomic():
        wake_on_commit(nothing, 7)
