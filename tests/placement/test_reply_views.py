from datetime import timedelta

import pytest
from django.utils import timezone

from placement.enums import ReferralState as S
from placement.models import Referral, ReferralEvent
from placement.services import referrals, secrets
from tests.factories.placement import make_referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def referral():
    return make_referral(state=S.FORWARDED)


@pytest.fixture
def url(referral):
    return secrets.reply_path(referral)


def test_reading_changes_nothing_however_often(client, referral, url):
    for method in (client.get, client.head, client.get):
        answer = method(url)
        assert answer.status_code == 200
    assert Referral.objects.get().state == S.FORWARDED
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert referral.profile.user.full_name in answer.content.decode()


@pytest.mark.parametrize("asked", ["de", "ar", "zz", "../fr", "%00"])
def test_the_page_speaks_the_languages_of_the_site_only(client, url, asked):
    page = client.get(f"{url}?lang={asked}").content.decode()
    assert '<html lang="fr"' in page or '<html lang="en"' in page
    assert '<html lang="en"' in client.get(f"{url}?lang=en").content.decode()


def test_one_click_answers_without_an_account(client, url):
    client.post(url, {"answer": "interested"})
    assert Referral.objects.get().state == S.INTERESTED


def test_a_no_with_its_reason(client, url):
    assert client.post(url, {"answer": "refused"}).status_code == 422
    client.post(url, {"answer": "refused", "reason": "skills", "message": "Merci", "shared": "on"})
    referral = Referral.objects.get()
    assert (referral.state, referral.refusal_reason, referral.employer_message) == (S.REFUSED, "skills", "Merci")


def test_a_replay_is_harmless(client, url):
    client.post(url, {"answer": "interested"})
    events = ReferralEvent.objects.count()
    again = client.post(url, {"answer": "refused", "reason": "skills"})
    assert again.status_code == 200
    assert Referral.objects.get().state == S.INTERESTED
    assert ReferralEvent.objects.count() == events


@pytest.mark.parametrize("choice", ["offer", "interview", "seen", "withdrawn", ""])
def test_the_link_serves_three_answers_only(client, url, choice):
    assert client.post(url, {"answer": choice, "message": "x"}).status_code == 422
    assert Referral.objects.get().state == S.FORWARDED


def test_a_wrong_or_old_link_says_so(client, url):
    assert client.get("/r/not-a-secret/").status_code == 404
    Referral.objects.update(forwarded_at=timezone.now() - timedelta(days=61))
    assert client.post(url, {"answer": "interested"}).status_code == 404
    assert Referral.objects.get().state == S.FORWARDED


def test_after_withdrawal_the_link_shows_nobody(client, referral, url):
    referrals.withdraw(referral=referral, user=referral.profile.user)
    page = client.get(url)
    assert page.status_code == 404
    assert referral.profile.user.full_name not in page.content.decode()


def test_the_secret_is_kept_only_as_a_hash(referral):
    secret = secrets.reply_secret(referral)
    assert secret not in str(Referral.objects.values().get())
    assert len(secret) == 43


def test_a_form_from_another_site_is_refused(url):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post(url, {"answer": "interested"}).status_code == 403
    assert Referral.objects.get().state == S.FORWARDED
