"""Forged session cookies are no session, on every database."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, OperationalError

from lms.lib.seams.sessions import SessionStore


@pytest.mark.parametrize("forged", ['"\\000bcdefghij"', '"\\377bcdefghij"', "../../../secret", "a" * 5000])
def test_a_forged_cookie_is_a_stranger(client, db, forged):
    response = client.get("/fr/accounts/login/", HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={forged}")
    assert response.status_code == 200
    assert client.get("/fr/accounts/", HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={forged}").status_code == 302


@pytest.mark.parametrize("failure", [OperationalError, InterfaceError])
def test_a_database_that_is_away_while_a_session_is_saved_is_no_fault_of_the_visitor(db, monkeypatch, failure):
    """Django says that the session was deleted, which is answered by 400 and not tried again."""
    session = SessionStore()
    session["seen"] = 1
    session.save()

    def fails(*args: Any, **kwargs: Any) -> None:
        raise failure("server closed the connection unexpectedly")

    monkeypatch.setattr(session.model, "save", fails)
    session["seen"] = 2
    with pytest.raises(failure):
        session.save()


def test_a_session_that_was_ended_elsewhere_is_not_brought_back(db):
    session = SessionStore()
    session["seen"] = 1
    session.save()
    session.model.objects.all().delete()
    session["seen"] = 2
    with pytest.raises(UpdateError):
        session.save()
