"""Security headers on pages of each kind."""

import pytest
from django.http import HttpResponse
from django.test import Client

from lms.lib.headers import STRICT, policy_of
from tests.factories.people import PASSWORD


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


@pytest.mark.django_db
def test_what_no_browser_draws_goes_without(client, site):
    assert "Content-Security-Policy" not in client.get("/").headers
    assert "Content-Security-Policy" not in client.get("/livez").headers


@pytest.mark.django_db
def test_a_learners_page_carries_no_header_that_no_browser_uses(site, sign_in, learner):
    headers = sign_in(learner).get("/fr/learn/").headers
    assert headers["Cache-Control"] == "private, no-store"
    assert {"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"} <= set(headers)
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    spare = {"X-Frame-Options", "Content-Language", "Vary", "Expires", "Permissions-Policy"}
    assert not spare & set(headers), "frame-ancestors, lang and no-store say it"
    assert sum(len(name) + len(value) + 4 for name, value in headers.items()) <= 400


@pytest.mark.django_db
def test_a_static_file_is_not_for_pages_of_others(client, site):
    answer = client.get("/static/css/site.css")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not {"Access-Control-Allow-Origin", "Cross-Origin-Opener-Policy", "Last-Modified"} & set(answer.headers)


def test_only_a_page_with_a_picture_in_itself_may_draw_one():
    assert policy_of(HttpResponse('<img src="/static/img/mark.svg">')) == STRICT
    assert "img-src 'self' data:" in policy_of(HttpResponse('<img src="data:image/png;base64,aaaa">'))


@pytest.mark.django_db
def test_a_redirect_says_where_to_go_and_little_else(client, site):
    headers = client.get("/").headers
    assert headers["Location"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert not {"Content-Type", "Content-Language", "X-Frame-Options"} & set(headers)


@pytest.mark.django_db
def test_the_tokens_cookie_is_sent_once(client, site):
    page = "/fr/accounts/login/"
    assert "csrftoken" in client.get(page).cookies
    assert "csrftoken" not in client.get(page).cookies
    client.cookies["csrftoken"] = "x"  # damaged: a new one
    assert len(client.get(page).cookies["csrftoken"].value) == 32


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_and_with_it_taken(site, learner):
    client = Client(enforce_csrf_checks=True)
    client.get("/fr/accounts/login/")
    form = {"login": "awa", "password": PASSWORD}
    assert client.post("/fr/accounts/login/", form).status_code == 403
    token = client.cookies["csrftoken"].value
    answer = client.post("/fr/accounts/login/", {**form, "csrfmiddlewaretoken": token})
    assert answer.status_code == 302
    assert answer.url == "/fr/learn/"
    assert client.cookies["csrftoken"].value != token  # a new one for the new session
