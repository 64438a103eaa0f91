"""Queries that take long are told, with their route and without anything of people."""

import logging

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import path

from lms.lib import slow_queries
from lms.lib.logs import LineFormatter

pytestmark = pytest.mark.django_db


def asks(request):
    from django.http import HttpResponse

    return HttpResponse(str(get_user_model().objects.filter(full_name=request.GET["name"]).count()))


urlpatterns = [path("fr/asks/", asks, name="asks")]


@pytest.fixture
def lines(caplog, monkeypatch):
    """What is told when each query takes as many seconds as ``clock`` is set to."""
    caplog.set_level(logging.INFO)
    state = {"now": 0.0, "takes": 0.0}

    def clock():
        state["now"] += state["takes"]
        return state["now"]

    monkeypatch.setattr(slow_queries, "clock", clock)

    def told(seconds: float, work) -> list[str]:
        caplog.clear()
        state["takes"] = seconds
        work()
        state["takes"] = 0.0
        return [LineFormatter().format(r) for r in caplog.records if r.name == "lms.lib.slow_queries"]

    return told


def by_name() -> None:
    get_user_model().objects.filter(full_name="Seynabou Ndiaye", phone="+221771234567").count()


def test_what_takes_longer_than_the_setting(lines, settings):
    settings.SLOW_QUERY_MS = 500
    assert lines(0.4, by_name) == []
    (line,) = lines(0.7, by_name)
    assert " WARNING " in line
    assert "700 ms" in line
    assert 'FROM "accounts_user" WHERE' in line
    for word in ("Seynabou", "1234567"):
        assert word not in line


def test_none_when_it_is_off(lines, settings):
    settings.SLOW_QUERY_MS = 0
    assert lines(100.0, by_name) == []


def test_words_written_into_the_query_are_cut(lines, settings):
    def raw() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 WHERE 'Seynabou ''N''' = 'Ndiaye' AND 771234567 > 1")
            cursor.execute("SELECT 1 -- " + "x" * 10_000)

    settings.SLOW_QUERY_MS = 1
    first, second = lines(1.0, raw)
    assert "SELECT 1 WHERE '...' = '...'" in first
    assert "771234567" not in first
    assert len(second) < 3000


def test_one_that_fails_is_told_too(lines, settings):
    def wrong() -> None:
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")

    settings.SLOW_QUERY_MS = 1
    (line,) = lines(1.0, wrong)
    assert "nowhere" in line


@pytest.mark.urls("tests.lib.test_slow_queries")
def test_the_route_is_told(lines, settings):
    settings.SLOW_QUERY_MS = 1
    told = lines(1.0, lambda: Client().get("/fr/asks/", {"name": "Seynabou"}))
    assert [line for line in told if "accounts_user" in line and " asks " in line]
    assert "Seynabou" not in "".join(told)


@pytest.mark.django_db(transaction=True)
def test_each_new_connection_is_watched_once(lines, settings):
    settings.SLOW_QUERY_MS = 1
    for _again in range(3):
        connection.ensure_connection()
        slow_queries.watch(connection=connection)
    assert connection.execute_wrappers.count(slow_queries.timed) == 1
