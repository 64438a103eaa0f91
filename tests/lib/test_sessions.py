"""Forged session cookies are no session, on every database."""

import pytest
from django.conf import settings


@pytest.mark.parametrize("forged", ['"\\000bcdefghij"', '"\\377bcdefghij"', "../../../secret", "a" * 5000])
def test_a_forged_cookie_is_a_stranger(client, db, forged):
    response = client.get("/fr/accounts/login/", HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={forged}")
    assert response.status_code == 200
    assert client.get("/fr/accounts/", HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={forged}").status_code == 302
