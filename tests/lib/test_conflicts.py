"""A name taken meanwhile is chosen again, not for ever, and not when it would not help."""

import pytest
from django.db import IntegrityError

from lms.accounts.models import User
from lms.lib.conflicts import TRIES, retry_on_conflict
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


def writer(*names: str):
    """Writes an account under the next of these names; ``writer.asked`` counts how often it was called."""
    waiting = list(names)

    def write() -> User:
        write.asked += 1
        return User.objects.create(username=waiting.pop(0))

    write.asked = 0
    return write


def test_the_next_name_is_tried_and_the_transaction_goes_on():
    make_user("awa")
    assert retry_on_conflict(writer("awa", "AWA", "awa2")).username == "awa2"
    assert User.objects.filter(username__istartswith="awa").count() == 2


def test_it_gives_up():
    make_user("awa")
    write = writer(*["awa"] * 9)
    with pytest.raises(IntegrityError):
        retry_on_conflict(write)
    assert write.asked == TRIES


def test_it_asks_once_when_another_name_would_not_help():
    make_user("awa")
    write = writer("awa", "awa2")
    with pytest.raises(IntegrityError):
        retry_on_conflict(write, is_futile=lambda: True)
    assert write.asked == 1
