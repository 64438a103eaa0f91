"""The question on day 30, 90, 180 and 365: asked once, answered once, by whoever is first."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from lms.accounts.models import OutboundMessage
from lms.accounts.tasks import sweep_messages
from placement.enums import Vetting
from placement.models import Consent, Employer, Outcome
from placement.services import answers, clock, follow_up, secrets
from placement.tasks import run_referral_clock
from tests.factories.placement import make_hired

pytestmark = pytest.mark.django_db
KIND = "outcome-asked"


def asked():
    return list(Outcome.objects.exclude(asked_at=None).order_by("due_on").values_list("mark", flat=True))


def letters():
    return list(OutboundMessage.objects.filter(kind=KIND).order_by("key").values_list("channel", flat=True))


def later(**days):
    return clock.run(now=timezone.now() + timedelta(**days))


def day(mark="day30"):
    return Outcome.objects.select_related("referral").get(mark=mark)


class TestAsking:
    def test_both_are_asked_on_the_day_and_not_before(self):
        referral = make_hired(days=29)
        run_referral_clock()
        assert (asked(), letters()) == ([], [])
        assert later(days=1)["asked"] == 1
        assert asked() == ["day30"]
        to_learner = OutboundMessage.objects.get(kind=KIND, user=referral.profile.user, channel="app")
        to_employer = OutboundMessage.objects.get(kind=KIND, channel="email", link__startswith="/r/")
        assert to_learner.link.endswith(f"/{referral.pk}/")
        assert to_employer.user == referral.opportunity.employer.contacts.get().user
        assert to_employer.link == secrets.outcome_path(day())
        assert referral.profile.user.full_name not in f"{to_employer.subject} {to_employer.body}"

    def test_a_run_twice_asks_once(self):
        make_hired(days=30)
        run_referral_clock()
        before = letters()
        run_referral_clock()
        assert not follow_up.ask(outcome_id=day().pk, now=timezone.now())
        assert letters() == before
        assert len(before) == 2

    def test_days_without_a_worker_are_made_good(self):
        make_hired(days=30)
        assert later(days=9)["asked"] == 1

    def test_a_worker_that_dies_in_the_middle_leaves_no_half_question(self, monkeypatch):
        make_hired(days=30)

        def die(outcome):
            raise RuntimeError

        with monkeypatch.context() as patch:
            patch.setattr(follow_up, "ask_employer", die)
            with pytest.raises(RuntimeError):
                run_referral_clock()
        assert (asked(), letters()) == ([], [])
        run_referral_clock()
        assert (asked(), len(letters())) == (["day30"], 2)

    def test_a_first_day_noted_long_after_asks_about_the_last_days_only(self):
        make_hired(days=185)
        run_referral_clock()
        assert asked() == ["day180"]

    def test_what_was_answered_is_not_asked(self):
        make_hired(days=30)
        answers.record_outcome(outcome=day(), in_work=True, by="learner")
        run_referral_clock()
        assert (asked(), letters()) == ([], [])

    def test_who_left_is_not_asked_again_and_counts_as_gone(self):
        make_hired(days=90)
        answers.record_outcome(outcome=day("day30"), in_work=False, by="learner")
        run_referral_clock()
        row = day("day90")
        assert (row.in_work, row.answered_by, row.asked_at) == (False, "clock", None)
        assert day("day180").answered_at is None
        assert letters() == []

    @pytest.mark.parametrize("why", ["withdrawn", "suspended"])
    def test_the_learner_alone_is_asked_when_the_employer_may_not_hear_of_her(self, why):
        referral = make_hired(days=30)
        if why == "withdrawn":
            Consent.objects.update(withdrawn_at=timezone.now())
        else:
            Employer.objects.update(vetting=Vetting.SUSPENDED)
        run_referral_clock()
        people = OutboundMessage.objects.filter(kind=KIND).values_list("user", flat=True)
        assert set(people) == {referral.profile.user_id}

    def test_the_link_leaves_the_row_a_day_after_it_was_mailed(self):
        make_hired(days=30)
        run_referral_clock()
        sweep_messages()
        later(hours=25)
        assert not OutboundMessage.objects.filter(kind=KIND, link__startswith="/r/").exists()


class TestLink:
    @pytest.fixture
    def referral(self):
        referral = make_hired(days=30)
        run_referral_clock()
        return referral

    @pytest.fixture
    def url(self, referral):
        return secrets.outcome_path(day())

    def test_reading_changes_nothing_however_often(self, client, referral, url):
        for method in (client.get, client.head, client.get):
            answer = method(url)
            assert answer.status_code == 200
        assert day().answered_at is None
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "no-store" in answer.headers["Cache-Control"]
        assert referral.profile.user.full_name in answer.content.decode()

    @pytest.mark.parametrize(("word", "in_work"), [("yes", True), ("no", False)])
    def test_one_click_answers_and_a_replay_is_harmless(self, client, url, word, in_work):
        for again in (word, "no", "yes"):
            assert client.post(url, {"in_work": again}).url == url
        assert (day().in_work, day().answered_by) == (in_work, "employer")
        assert "<form" not in client.get(url).content.decode()

    def test_what_the_learner_said_stands_and_is_not_told(self, client, url):
        answers.record_outcome(outcome=day(), in_work=False, by="learner")
        client.post(url, {"in_work": "yes"})
        assert (day().in_work, day().answered_by) == (False, "learner")
        page = client.get(f"{url}?lang=en").content.decode()
        assert "An answer was recorded" in page
        assert "not any more" not in page

    @pytest.mark.parametrize("word", ["", "maybe"])
    def test_what_is_neither_yes_nor_no_is_refused(self, client, url, word):
        assert client.post(url, {"in_work": word}).status_code == 422
        assert day().answered_at is None

    @pytest.mark.parametrize("why", ["old", "withdrawn", "suspended", "wrong"])
    def test_a_dead_link_shows_nobody(self, client, referral, url, why):
        if why == "old":
            Outcome.objects.update(asked_at=timezone.now() - timedelta(days=61))
        elif why == "withdrawn":
            Consent.objects.update(withdrawn_at=timezone.now())
        elif why == "suspended":
            Employer.objects.update(vetting=Vetting.SUSPENDED)
        else:
            url = f"/r/{secrets.reply_secret(referral)}/outcome/"
        for answer in (client.get(url), client.post(url, {"in_work": "yes"})):
            assert answer.status_code == 404
            assert referral.profile.user.full_name not in answer.content.decode()
        assert day().answered_at is None

    def test_the_secret_is_kept_only_as_a_hash_and_opens_nothing_else(self, client):
        make_hired(days=30)
        run_referral_clock()
        secret = secrets.outcome_secret(day())
        assert secret not in str(list(Outcome.objects.values()))
        assert client.get(f"/r/{secret}/").status_code == 404

    def test_a_form_from_another_site_is_refused(self, url):
        assert Client(enforce_csrf_checks=True).post(url, {"in_work": "yes"}).status_code == 403
        assert day().answered_at is None
