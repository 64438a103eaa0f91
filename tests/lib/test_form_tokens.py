"""Forms whose browser says where they come from carry no token; all others do, and it is asked for."""

import pytest
from django.test import Client

from tests.factories.people import PASSWORD

SIGN_IN = "/fr/accounts/login/"
FORM = {"login": "awa", "password": PASSWORD}
pytestmark = pytest.mark.django_db


def browser(site: str) -> dict[str, str]:
    return {"sec-fetch-site": site}


def test_such_a_form_carries_no_token_and_no_cookie(site, learner):
    client = Client(enforce_csrf_checks=True)
    page = client.get(SIGN_IN, headers=browser("none"))
    assert b"csrfmiddlewaretoken" not in page.content
    assert "csrftoken" not in page.cookies
    answer = client.post(SIGN_IN, FORM, headers=browser("same-origin"))
    assert (answer.status_code, answer.url) == (302, "/fr/learn/")
    assert "csrftoken" not in answer.cookies, "nothing asks for it"


@pytest.mark.parametrize("origin", ["cross-site", "same-site", "none", "", "Same-Origin", "same-origin, cross-site"])
def test_a_form_from_elsewhere_is_refused(site, learner, origin):
    client = Client(enforce_csrf_checks=True)
    client.get(SIGN_IN, headers=browser("none"))
    assert client.post(SIGN_IN, FORM, headers=browser(origin)).status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example", ""])
def test_a_header_that_somebody_spelt_as_ours_is_not_enough(site, learner, origin):
    client = Client(enforce_csrf_checks=True)
    forged = {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": origin}  # as ``Sec_Fetch_Site`` arrives
    assert client.post(SIGN_IN, FORM, **forged).status_code == 403


@pytest.mark.parametrize("origin", ["http://testserver", "https://learn.example.org", "https://apprendre.example.org"])
def test_a_form_of_any_name_of_ours_is_taken(site, learner, settings, origin):
    settings.BASE_URL, settings.CSRF_TRUSTED_ORIGINS = "https://learn.example.org/", ["https://apprendre.example.org"]
    client = Client(enforce_csrf_checks=True)
    assert client.post(SIGN_IN, FORM, headers={**browser("same-origin"), "origin": origin}).status_code == 302


def test_an_old_browser_gets_its_token_also_after_a_new_one(site, learner):
    client = Client(enforce_csrf_checks=True)
    client.get(SIGN_IN, headers=browser("none"))
    assert b"csrfmiddlewaretoken" in client.get(SIGN_IN).content
    assert client.post(SIGN_IN, FORM).status_code == 403
    token = client.cookies["csrftoken"].value
    assert client.post(SIGN_IN, {**FORM, "csrfmiddlewaretoken": token}).status_code == 302


def test_a_cookie_that_somebody_planted_does_not_survive_the_sign_in(site, learner):
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = planted = "a" * 32
    answer = client.post(SIGN_IN, FORM, headers=browser("same-origin"))
    assert answer.cookies["csrftoken"].value != planted


def test_the_admin_keeps_its_tokens(site, sign_in, manager):
    page = sign_in(manager).get("/cms/account/", headers=browser("same-origin"))
    assert b"csrfmiddlewaretoken" in page.content
