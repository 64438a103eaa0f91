"""Tests begin with what was set up once, whatever committed before them."""

import threading

import pytest
from django.db import connection
from django.test import TransactionTestCase
from wagtail.models import Collection, Page

from cms.models import HomePage
from lms.accounts.models import User
from tests.factories.people import make_user


def held() -> list[int]:
    return [model.objects.count() for model in (User, Collection, Page, HomePage)]


@pytest.mark.django_db(transaction=True)
def test_what_commits_is_put_back():
    before = held()
    make_user("awa")
    Collection.objects.all().delete()
    Page.objects.all().delete()
    other = threading.Thread(target=lambda: (make_user("moussa"), connection.close()))
    other.start()
    other.join()
    assert held() == [before[0] + 2, 0, 0, 0]
    TransactionTestCase._fixture_teardown(None)
    assert held() == before
    assert all(before[1:])
