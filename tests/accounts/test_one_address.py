"""A class behind one address (a school's router, a mobile operator): limits count what fails, never who comes in."""

import pickle
import time
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.test import Client, RequestFactory
from django.urls import reverse

from lms.accounts import card_views, cards
from tests.factories.people import PASSWORD


@pytest.fixture(autouse=True)
def one_minute(monkeypatch):
    """No window of a limit ends in the middle of a test."""
    clock = SimpleNamespace(time=lambda: 1_800_000_000.0, monotonic=time.monotonic, sleep=time.sleep)
    monkeypatch.setattr("lms.lib.ratelimit.time", clock)


def test_no_limit_of_an_address_counts_healthy_sign_ins(learner):
    """Any number of right PINs from one address in one minute: nothing of them is counted."""
    client = Client()
    for _person in range(12):
        client.cookies.clear()
        client.post(reverse("account_login"), {"login": "awa", "password": PASSWORD})
        assert "_auth_user_id" in client.session
    kept = [value for key, value in caches["shared"]._cache.items() if "rl:" in key or "guesses:" in key]
    assert all(pickle.loads(value) in ([], False) for value in kept)  # noqa: S301  (our own cache)


def test_right_cards_pass_whatever_the_neighbours_type(learner, manager, settings):
    settings.WRONG_CARD_LIMIT = (5, 60)
    card = cards.issue(users=[learner], by=manager)[0]
    client = Client()
    for _look in range(8):
        assert client.get(reverse("accounts:use_card", args=[card.secret])).status_code == 200
    answers = [client.get(reverse("accounts:use_card", args=["A" * 20])).status_code for _try in range(7)]
    assert answers == [404] * 5 + [429] * 2
    assert client.post(reverse("accounts:card"), {"code": "A" * 20}).status_code == 429
    assert client.post(reverse("accounts:card"), {"code": card.code}).status_code == 302
    assert client.get(reverse("accounts:use_card", args=[card.secret])).status_code == 200


@pytest.mark.parametrize("count", [119, 120])
def test_wrong_cards_are_counted_to_the_limit(db, count):
    request = RequestFactory().get("/", REMOTE_ADDR="41.82.0.7")
    assert not any(card_views.too_many_wrong(request) for _try in range(count))
    assert card_views.too_many_wrong(request) is (count == 120)
