"""Security headers on pages of each kind."""

import pytest


@pytest.mark.django_db
def test_the_site_is_under_a_strict_policy(client, site):
    policy = client.get("/fr/").headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'self'" in policy


@pytest.mark.django_db
def test_only_the_admin_may_run_inline_script(site, sign_in, manager):
    policy = sign_in(manager).get("/cms/").headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline'" in policy


def test_liveness_asks_nothing_of_the_database(client):
    response = client.get("/livez")
    assert response.content == b"ok\n"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_readiness_reads_the_database(client):
    assert client.get("/readyz").status_code == 200
    assert client.get("/healthz").json() == {"web": "ok", "database": "ok"}


@pytest.mark.django_db
def test_what_no_browser_draws_goes_without(client, site):
    assert "Content-Security-Policy" not in client.get("/").headers
    assert "Content-Security-Policy" not in client.get("/livez").headers
