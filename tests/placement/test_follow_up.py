"""The question on day 30, 90, 180 and 365: asked once, answered by whoever is first, corrected by whoever erred."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.accounts.models import OutboundMessage
from lms.accounts.tasks import sweep_messages
from lms.lib import sweeps
from placement.enums import Vetting
from placement.models import Consent, Employer, Outcome
from placement.services import answers, deadlines, follow_up, link_secrets
from placement.tasks import run_referral_deadlines
from tests.factories.placement import make_hired, make_opportunity

pytestmark = pytest.mark.django_db
KIND = "outcome-asked"


def asked():
    return list(
        Outcome.objects.exclude(asked_at=None).exclude(mark="started").order_by("due_on").values_list("mark", flat=True)
    )


def letters():
    return list(OutboundMessage.objects.filter(kind=KIND).order_by("key").values_list("channel", flat=True))


def later(**days):
    return deadlines.run(now=timezone.now() + timedelta(**days))


def day(mark="day30"):
    return Outcome.objects.select_related("referral").get(mark=mark)


class TestAsking:
    def test_both_are_asked_on_the_day_and_not_before(self):
        referral = make_hired(days=29)
        run_referral_deadlines()
        assert (asked(), letters()) == ([], [])
        assert later(days=1)["asked"] == 1
        assert asked() == ["day30"]
        to_learner = OutboundMessage.objects.get(kind=KIND, user=referral.profile.user, channel="app")
        to_employer = OutboundMessage.objects.get(kind=KIND, channel="email", link__startswith="/r/")
        assert to_learner.link.endswith(f"/{referral.pk}/")
        assert to_employer.user == referral.opportunity.employer.contacts.get().user
        assert to_employer.link == link_secrets.outcome_path(day(), referral.opportunity.employer.contacts.get())
        assert referral.profile.user.full_name not in f"{to_employer.subject} {to_employer.body}"

    def test_a_run_twice_asks_once(self):
        make_hired(days=30)
        run_referral_deadlines()
        before = letters()
        run_referral_deadlines()
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
            run_referral_deadlines()
        assert (asked(), letters()) == ([], [])
        sweeps.retry()
        run_referral_deadlines()
        assert (asked(), len(letters())) == (["day30"], 2)

    def test_a_first_day_noted_long_after_asks_about_the_last_days_only(self):
        make_hired(days=185)
        run_referral_deadlines()
        assert asked() == ["day180"]

    @pytest.mark.parametrize(("by", "left"), [("learner", ["email"]), ("employer", ["app"])])
    def test_who_answered_is_not_asked_the_other_side_is(self, by, left):
        make_hired(days=30)
        answers.record_outcome(outcome=day(), in_work=True, by=by)
        run_referral_deadlines()
        assert (asked(), letters()) == (["day30"], left)

    def test_what_both_or_a_manager_answered_is_not_asked(self):
        make_hired(days=30)
        for by in ("learner", "employer"):
            answers.record_outcome(outcome=day(), in_work=True, by=by)
        run_referral_deadlines()
        assert (asked(), letters()) == ([], [])

    def test_who_left_is_not_asked_again_and_counts_as_gone(self):
        make_hired(days=90)
        answers.record_outcome(outcome=day("day30"), in_work=False, by="learner")
        run_referral_deadlines()
        row = day("day90")
        assert (row.in_work, row.answered_by, row.asked_at) == (False, "clock", None)
        assert day("day180").answered_at is None
        assert letters() == []

    @pytest.mark.parametrize("why", ["withdrawn", "suspended"])
    def test_the_learner_alone_is_asked_when_the_employer_may_not_hear_of_them(self, why):
        referral = make_hired(days=30)
        if why == "withdrawn":
            Consent.objects.update(withdrawn_at=timezone.now())
        else:
            Employer.objects.update(vetting=Vetting.SUSPENDED)
        run_referral_deadlines()
        people = OutboundMessage.objects.filter(kind=KIND).values_list("user", flat=True)
        assert set(people) == {referral.profile.user_id}

    def test_the_link_leaves_the_row_a_day_after_it_was_mailed(self):
        make_hired(days=30)
        run_referral_deadlines()
        sweep_messages()
        later(hours=25)
        assert not OutboundMessage.objects.filter(kind=KIND, link__startswith="/r/").exists()


class TestCorrecting:
    @pytest.fixture
    def referral(self):
        return make_hired(days=90)

    def log(self, mark="day30"):
        return list(day(mark).answers.values_list("by", "in_work"))

    @pytest.mark.parametrize("by", ["learner", "employer"])
    def test_who_answered_may_correct_and_both_answers_stay_in_the_log(self, referral, by):
        answers.record_outcome(outcome=day(), in_work=False, by=by)
        assert answers.correct_outcome(outcome=day(), in_work=True, by=by)
        assert (day().in_work, day().answered_by) == (True, by)
        assert self.log() == [(by, False), (by, True)]

    def test_one_side_never_corrects_the_other_the_manager_both(self, referral):
        answers.record_outcome(outcome=day(), in_work=False, by="learner")
        assert not answers.correct_outcome(outcome=day(), in_work=True, by="employer")
        assert answers.correct_outcome(outcome=day(), in_work=True, by="manager")
        assert not answers.correct_outcome(outcome=day(), in_work=False, by="learner")
        assert self.log() == [("learner", False), ("manager", True)]

    @pytest.mark.parametrize("mark", ["started", "day90"])
    def test_neither_the_first_day_nor_what_nobody_answered_is_corrected(self, referral, mark):
        for in_work in (True, False):
            assert not answers.correct_outcome(outcome=day(mark), in_work=in_work, by="manager")
        assert self.log(mark) == []

    def test_the_same_correction_twice_is_written_once(self, referral):
        answers.record_outcome(outcome=day(), in_work=False, by="learner")
        for _press in range(2):
            answers.correct_outcome(outcome=day(), in_work=True, by="learner")
        assert len(self.log()) == 2

    def test_a_no_taken_back_asks_the_later_days_again(self, referral):
        answers.record_outcome(outcome=day(), in_work=False, by="learner")
        deadlines.run()
        assert (day("day90").in_work, day("day90").answered_by) == (False, "clock")
        answers.correct_outcome(outcome=day(), in_work=True, by="learner")
        assert (day("day90").in_work, day("day90").answered_by) == (None, "")
        assert self.log("day90") == [("clock", False), ("clock", None)]
        assert deadlines.run()["asked"] == 1
        assert asked() == ["day90"]

    def test_who_came_back_is_asked_again(self):
        make_hired(days=180)
        answers.record_outcome(outcome=day(), in_work=False, by="learner")
        answers.record_outcome(outcome=day("day90"), in_work=True, by="manager")
        deadlines.run()
        assert (day("day180").answered_by, asked()) == ("", ["day180"])

    def test_what_a_person_answered_of_a_later_day_stands(self, referral):
        answers.record_outcome(outcome=day(), in_work=False, by="learner")
        answers.record_outcome(outcome=day("day90"), in_work=False, by="employer")
        answers.correct_outcome(outcome=day(), in_work=True, by="learner")
        assert (day("day90").in_work, day("day90").answered_by) == (False, "employer")

    def test_the_learner_corrects_on_their_page(self, referral, sign_in):
        own_client = sign_in(referral.profile.user)
        url = f"/fr/opportunities/{referral.pk}/outcome/{day().pk}/"
        own_client.post(url, {"in_work": "no"})
        own_client.post(url, {"in_work": "yes"})
        assert day().in_work is False
        assert 'name="correct"' in own_client.get(f"/fr/opportunities/{referral.pk}/").content.decode()
        own_client.post(url, {"in_work": "yes", "correct": "1"})
        assert (day().in_work, day().answered_by) == (True, "learner")
        assert day().answers.latest("at").actor == referral.profile.user


class TestEmployersPage:
    @pytest.fixture
    def referral(self, employer):
        return make_hired(days=30, opportunity=make_opportunity(employer))

    def page(self, browser, referral):
        return browser.get(f"/fr/employers/referrals/{referral.pk}/").content.decode()

    def url(self, referral, mark="day30"):
        return f"/fr/employers/referrals/{referral.pk}/outcome/{day(mark).pk}/"

    def test_asks_on_the_day_and_takes_a_correction(self, claire, referral):
        assert self.url(referral) in self.page(claire, referral)
        assert self.url(referral, "day90") not in self.page(claire, referral)
        claire.post(self.url(referral), {"in_work": "no"})
        claire.post(self.url(referral), {"in_work": "yes", "correct": "1"})
        assert list(day().answers.values_list("by", "in_work")) == [("employer", False), ("employer", True)]

    def test_what_they_answered_themselves_is_neither_told_nor_corrected(self, claire, referral):
        answers.record_outcome(outcome=day(), in_work=False, by="learner")
        assert self.url(referral) in self.page(claire, referral)  # asked for its own word
        claire.post(self.url(referral), {"in_work": "yes", "correct": "1"})
        assert (day().in_work, day().answered_by) == (False, "learner")

    def test_their_agreement_taken_back_ends_the_question(self, claire, referral):
        Consent.objects.update(withdrawn_at=timezone.now())
        assert self.url(referral) not in self.page(claire, referral)
        assert claire.post(self.url(referral), {"in_work": "yes"}).status_code == 404

    def test_other_employers_find_nothing(self, rival, referral):
        assert rival.post(self.url(referral), {"in_work": "yes"}).status_code == 404
        assert day().answered_at is None

    def test_without_a_reload_the_answer_is_there(self, claire, referral):
        text = claire.post(self.url(referral), {"in_work": "yes"}, headers={"HX-Request": "true"}).content.decode()
        assert 'name="correct"' in text
        assert "<html" not in text


class TestLink:
    @pytest.fixture
    def referral(self):
        referral = make_hired(days=30)
        run_referral_deadlines()
        return referral

    @pytest.fixture
    def url(self, referral):
        return link_secrets.outcome_path(day(), referral.opportunity.employer.contacts.get())

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
        assert client.get(url).content.decode().count("<form") == 1  # the correction's, folded away

    def test_a_slip_is_corrected_by_the_same_link(self, client, url):
        client.post(url, {"in_work": "no"})
        assert 'name="correct"' in client.get(url).content.decode()
        client.post(url, {"in_work": "yes", "correct": "1"})
        assert (day().in_work, day().answered_by) == (True, "employer")

    def test_what_the_learner_answered_is_not_told_and_each_has_a_word(self, client, url):
        answers.record_outcome(outcome=day(), in_work=False, by="learner")
        for more in ({}, {"correct": "1"}):
            client.post(url, {"in_work": "yes", **more})
        assert (day().told_by_learner, day().told_by_employer, day().in_work) == (False, True, None)
        page = client.get(f"{url}?lang=en").content.decode()
        assert "Your answer: yes, still at work." in page
        assert "Your answer: no" not in page

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
            url = f"/r/{link_secrets.reply_secret(referral)}/outcome/"
        for answer in (client.get(url), client.post(url, {"in_work": "yes"})):
            assert answer.status_code == 404
            assert referral.profile.user.full_name not in answer.content.decode()
        assert day().answered_at is None

    def test_the_secret_is_kept_only_as_a_hash_and_opens_nothing_else(self, client):
        make_hired(days=30)
        run_referral_deadlines()
        secret = link_secrets.outcome_secret(day())
        assert secret not in str(list(Outcome.objects.values()))
        assert client.get(f"/r/{secret}/").status_code == 404

    def test_a_form_from_another_site_is_refused(self, url):
        assert Client(enforce_csrf_checks=True).post(url, {"in_work": "yes"}).status_code == 403
        assert day().answered_at is None


def test_a_learner_whose_answer_does_not_count_is_told(sign_in):
    referral = make_hired(days=30)
    answers.record_outcome(outcome=day(), in_work=True, by="manager")
    path = reverse("opportunities:outcome", args=[referral.pk, day().pk])
    page = sign_in(referral.profile.user).post(path, {"in_work": "no"}, follow=True).content.decode()
    assert "Une réponse a déjà été donnée" in page
    assert day().in_work
