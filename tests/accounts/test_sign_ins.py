"""Every sign-in is written down; people see where they are signed in, and end it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.accounts import sign_ins
from lms.accounts.models import SignIn, User
from tests.factories.people import PASSWORD, make_user

pytestmark = pytest.mark.django_db

PHONE = (
    "Mozilla/5.0 (Linux; Android 13; SM-A045F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile "
    "Safari/537.36"
)
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0"
URL = "/fr/accounts/sessions/"


def enter(user, agent=PHONE):
    browser = Client(headers={"user-agent": agent})
    form = {"login": user.username, "password": PASSWORD}
    assert browser.post(reverse("account_login"), form).status_code == 302
    return browser


def is_in(browser):
    return browser.get("/fr/accounts/").status_code == 200


def body(response):
    return response.content.decode()


class TestWritingDown:
    def test_a_sign_in_is_written_down_with_its_device(self, learner):
        enter(learner)
        row = SignIn.objects.get()
        assert (row.user, row.device, row.ended_at) == (learner, "Chrome, Android", None)

    def test_a_wrong_pin_is_not(self, learner):
        browser = Client()
        browser.post(reverse("account_login"), {"login": learner.username, "password": "x"})
        assert not SignIn.objects.exists()

    def test_its_end_is_too(self, learner):
        browser = enter(learner)
        browser.post(reverse("account_logout"))
        assert SignIn.objects.get().ended_at is not None

    @pytest.mark.parametrize(
        ("agent", "words"),
        [
            (PHONE, "Chrome, Android"),
            (DESK, "Firefox, Windows"),
            ("Opera/9.80 (Android; Opera Mini/7.5/191.342; U; fr) Presto/2.12.423", "Opera Mini, Android"),
            ("Mozilla/5.0 (Mobile; Nokia_8110; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5", "Firefox, KaiOS"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
             "Version/17.5 Mobile/15E148 Safari/604.1", "Safari, iPhone"),
            ("Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S901B) AppleWebKit/537.36 (KHTML, like Gecko) "
             "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36", "Samsung Internet, Android"),
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 "
             "Edg/139.0.0.0", "Edge, Linux"),
            ("curl/8.5.0", ""),
            ("", ""),
            ("é" * 100_000, ""),
        ],
    )  # fmt: skip
    def test_devices_have_the_names_people_know(self, agent, words):
        assert sign_ins.device_words(agent) == words


class TestPage:
    def test_it_lists_both_and_says_which_is_here(self, learner):
        phone, _desk = enter(learner), enter(learner, DESK)
        page = body(phone.get(URL))
        assert page.index("Firefox, Windows") < page.index("Chrome, Android · <strong>ce téléphone</strong>")
        assert "<strong>" not in page.partition("Firefox, Windows")[2].partition("<br>")[0]

    def test_the_button_ends_every_other(self, learner):
        phone, desk = enter(learner), enter(learner, DESK)
        answer = phone.post(URL, follow=True)
        assert "Les autres connexions sont fermées" in body(answer)
        assert "Firefox, Windows" not in body(answer)
        assert "Aucune autre connexion n’est ouverte" in body(answer)
        assert [is_in(phone), is_in(desk)] == [True, False]
        assert SignIn.objects.get(device="Firefox, Windows").ended_at is not None

    def test_only_a_post_ends_anything(self, learner):
        phone, desk = enter(learner), enter(learner, DESK)
        phone.get(URL)
        assert is_in(desk)

    def test_a_new_pin_ends_the_others_here_too(self, learner):
        phone, _desk = enter(learner), enter(learner, DESK)
        new = {"current": PASSWORD, "pin": "739258"}
        assert phone.post(reverse("accounts:change_pin"), new).status_code == 302
        page = body(phone.get(URL))
        assert "Chrome, Android" in page
        assert "Firefox, Windows" not in page

    @pytest.mark.parametrize("way", ["new PIN", "button"])
    def test_who_stayed_is_listed_on_a_later_one_too(self, learner, way):
        phone, pin = enter(learner), PASSWORD
        if way == "button":
            phone.post(URL)
        else:
            pin = "739258"
            phone.post(reverse("accounts:change_pin"), {"current": PASSWORD, "pin": pin})
        desk = Client(headers={"user-agent": DESK})
        desk.post(reverse("account_login"), {"login": learner.username, "password": pin})
        assert is_in(phone)
        assert "Chrome, Android" in body(desk.get(URL))

    def test_nobody_sees_or_ends_those_of_others(self, learner):
        other = make_user("fatou")
        browser, theirs = enter(learner), enter(other, DESK)
        assert "Firefox, Windows" not in body(browser.get(URL))
        browser.post(URL)
        assert is_in(theirs)

    @pytest.mark.parametrize(("name", "hours"), [("at", 14 * 24), ("seen_at", 2)])
    def test_what_ended_by_itself_is_not_listed(self, learner, name, hours):
        phone = enter(learner)
        enter(learner, DESK)
        past = timezone.now() - timedelta(hours=hours, minutes=1)
        SignIn.objects.filter(device="Firefox, Windows").update(**{name: past})
        assert "Firefox, Windows" not in body(phone.get(URL))

    def test_a_sign_of_life_keeps_it_listed(self, learner, monkeypatch):
        phone, desk = enter(learner), enter(learner, DESK)
        desk.get(URL)
        past = timezone.now() - timedelta(minutes=119)
        SignIn.objects.filter(device="Firefox, Windows").update(seen_at=past)
        monkeypatch.setattr("lms.accounts.middleware.TOUCH_EVERY", -1)
        assert is_in(desk)
        assert SignIn.objects.get(device="Firefox, Windows").seen_at > past
        assert "Firefox, Windows" in body(phone.get(URL))

    def test_a_session_from_before_has_no_row_and_no_harm(self, learner, client):
        client.force_login(learner)
        SignIn.objects.all().delete()
        desk = enter(learner, DESK)
        assert "Firefox, Windows" in body(client.get(URL))
        assert client.post(URL).status_code == 302
        assert [is_in(client), is_in(desk)] == [True, False]

    def test_no_more_than_twenty_are_listed(self, learner):
        phone = enter(learner)
        seal = SignIn.objects.get().seal
        SignIn.objects.bulk_create(SignIn(user=learner, device="Safari, iPad", seal=seal) for _row in range(30))
        assert body(phone.get(URL)).count("Safari, iPad") <= sign_ins.SHOWN

    def test_it_weighs_little(self, learner):
        assert len(enter(learner).get(URL, headers={"accept-encoding": "gzip"}).content) < 2500


def test_they_go_after_ninety_days(learner):
    enter(learner)
    User.objects.get(pk=learner.pk).sign_ins.update(at=timezone.now() - timedelta(days=91))
    assert sign_ins.old().count() == 1
