"""First days, staying and pay are asked of both sides; what they say differently is seen, and decided by a manager."""

from datetime import timedelta
from importlib import import_module
from pkgutil import iter_modules

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.models import OutboundMessage
from lms.lib.moments import site_day
from placement import migrations
from placement.enums import ReferralState as S
from placement.models import CandidateProfile, Offer, Outcome, Referral
from placement.outcome_rules import differ, verdict
from placement.overview import disputed, overview, retention
from placement.services import answers, deadlines, link_secrets, profiles, proposals, referrals
from tests.factories.placement import make_hired, make_opportunity, make_referral, offer_work, sent_before
from tests.placement.test_employer_views import body

words = st.sampled_from([True, False, None])


@pytest.mark.parametrize(
    ("employer", "learner", "counts"),
    [
        (None, None, None), (True, None, True), (None, False, False), (True, True, True), (False, False, False),
        (True, False, None), (False, True, None),
    ],
)  # fmt: skip
def test_one_word_stands_and_two_that_differ_make_nothing(employer, learner, counts):
    assert verdict(employer=employer, learner=learner) is counts


@given(words, words)
def test_neither_side_weighs_more(one, other):
    assert verdict(employer=one, learner=other) is verdict(employer=other, learner=one)
    assert differ(employer=one, learner=other) == (
        None not in (one, other) and verdict(employer=one, learner=other) is None
    )


def day(mark="day30"):
    return Outcome.objects.get(mark=mark)


def again(referral):
    return Referral.objects.with_page_data().get(pk=referral.pk)


@pytest.mark.django_db
class TestStaying:
    @pytest.fixture
    def referral(self, employer):
        return make_hired(days=30, opportunity=make_opportunity(employer))

    @pytest.fixture
    def awa(self, sign_in, referral):
        return sign_in(referral.profile.user)

    @pytest.fixture
    def claire(self, sign_in, employer):
        return sign_in(employer.contacts.get().user)

    def test_each_is_asked_after_the_other_answered(self, referral, awa, claire):
        learners = reverse("opportunities:detail", args=[referral.pk])
        employers = reverse("placement:referral", args=[referral.pk])
        for reader, page, name in ((awa, learners, "opportunities"), (claire, employers, "placement")):
            url = reverse(f"{name}:outcome", args=[referral.pk, day().pk])
            assert url in body(reader.get(page))
            reader.post(url, {"in_work": "yes", "paid": "yes"})
        row = day()
        assert (row.told_by_learner, row.told_by_employer, row.in_work) == (True, True, True)
        assert (row.paid_by_learner, row.paid_by_employer) == (True, True)
        assert list(row.answers.values_list("by", "in_work", "paid")) == [
            ("learner", True, True), ("employer", True, True)
        ]  # fmt: skip

    def test_what_differs_is_unknown_and_the_manager_sees_both(self, referral, manager, sign_in):
        answers.record_outcome(outcome=day(), in_work=True, by="employer", paid=True)
        answers.record_outcome(outcome=day(), in_work=False, by="learner", paid=False)
        row = day()
        assert (row.in_work, row.is_disputed, row.pay_is_disputed) == (None, True, True)
        assert disputed() == [row]
        assert next(line for line in retention()).answered == 0
        desk = sign_in(manager)
        page = body(desk.get(reverse("wagtailsnippets_placement_referral:inspect", args=[referral.pk])))
        assert "les deux côtés disent des choses différentes" in page
        assert "les deux côtés ne disent pas la même chose" in body(desk.get(reverse("placement_overview"))).lower()
        desk.post(reverse("placement_outcome", args=[row.pk]), {"in_work": "no"})
        assert (day().in_work, day().answered_by) == (False, "manager")
        assert disputed() == [row]  # about the pay
        desk.post(reverse("placement_outcome", args=[row.pk]), {"pay": "no"})
        assert disputed() == []
        assert answers.correct_outcome(outcome=day(), in_work=False, by="employer")
        assert answers.correct_outcome(outcome=day(), in_work=True, by="learner")
        assert (day().in_work, day().answered_by) == (False, "manager")  # both stand in the log

    def test_pay_alone_may_be_in_dispute(self, referral):
        answers.record_outcome(outcome=day(), in_work=True, by="employer", paid=True)
        answers.record_outcome(outcome=day(), in_work=True, by="learner", paid=False)
        assert (day().in_work, day().is_disputed, day().pay_is_disputed) == (True, False, True)
        assert disputed() == [day()]

    @pytest.mark.parametrize("word", ["yes", "no"])
    def test_a_manager_decides_about_the_pay_alone(self, referral, site, manager, sign_in, word):
        answers.record_outcome(outcome=day(), in_work=True, by="employer", paid=True)
        answers.record_outcome(outcome=day(), in_work=True, by="learner", paid=False)
        desk = sign_in(manager)
        url = reverse("placement_outcome", args=[day().pk])
        shown = reverse("wagtailsnippets_placement_referral:inspect", args=[referral.pk])
        assert 'name="pay"' in body(desk.get(shown))
        desk.post(url, {"pay": word})
        assert (day().paid, day().pay_is_disputed, day().in_work) == (word == "yes", False, True)
        assert day().answered_by != "manager"  # what they told of the work stands
        assert disputed() == []
        assert day().answers.filter(by="manager", paid=word == "yes").count() == 1
        page = body(desk.post(url, {"pay": "no" if word == "yes" else "yes"}, follow=True))
        assert "la paie, ou c’est déjà décidé" in page
        assert (day().paid, 'name="pay"' in page) == (word == "yes", False)

    def test_deciding_about_the_work_leaves_the_pay_to_decide(self, referral, manager):
        answers.record_outcome(outcome=day(), in_work=True, by="employer", paid=True)
        answers.record_outcome(outcome=day(), in_work=False, by="learner", paid=False)
        assert answers.record_outcome(outcome=day(), in_work=True, by="manager", actor=manager)
        assert disputed() == [day()]
        assert answers.decide_pay(outcome=day(), paid=False, actor=manager)
        assert disputed() == []

    def test_who_corrects_ends_the_dispute(self, referral):
        answers.record_outcome(outcome=day(), in_work=True, by="employer")
        answers.record_outcome(outcome=day(), in_work=False, by="learner")
        assert answers.correct_outcome(outcome=day(), in_work=False, by="employer")
        assert (day().in_work, day().is_disputed) == (False, False)

    def test_the_link_still_asks_the_employer_after_the_learner(self, referral, client):
        answers.record_outcome(outcome=day(), in_work=False, by="learner")
        deadlines.run()
        url = link_secrets.outcome_path(day(), referral.opportunity.employer.contacts.get())
        assert 'name="in_work"' in body(client.get(url))
        client.post(url, {"in_work": "yes"})
        assert day().is_disputed
        assert 'name="paid"' not in body(client.get(url))


@pytest.mark.django_db
class TestFirstDays:
    @pytest.fixture
    def referral(self, employer):
        made = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        offer_work(made)
        referrals.accept_offer(referral=made, user=made.profile.user)
        sent_before(made, days=10)
        return again(made)

    @pytest.mark.parametrize("days", [-1, -30, 11])
    def test_a_day_to_come_or_before_they_were_sent_is_no_start(self, days, referral):
        for by in ("employer", "learner"):
            with pytest.raises(ValidationError):
                answers.mark_started(referral=referral, on=site_day() - timedelta(days=days), by=by)
        assert again(referral).state == S.ACCEPTED
        assert not Outcome.objects.exists()

    def test_the_learner_notes_it_and_the_employer_is_asked(self, referral, sign_in, client):
        awa, url = sign_in(referral.profile.user), reverse("opportunities:started", args=[referral.pk])
        assert url in body(awa.get(reverse("opportunities:detail", args=[referral.pk])))
        tomorrow = {"on": (site_day() + timedelta(days=1)).isoformat()}
        assert awa.post(url, tomorrow).status_code == 422
        awa.post(url, {"on": (site_day() - timedelta(days=2)).isoformat()})
        row = day("started")
        assert (row.told_by_learner, row.told_by_employer, row.in_work) == (True, None, True)
        assert deadlines.run()["asked"] == 1
        row.refresh_from_db()
        link = link_secrets.outcome_path(row, referral.opportunity.employer.contacts.get())
        assert overview()["started"] == 1
        client.post(link, {"in_work": "no"})
        assert day("started").is_disputed

    def test_a_first_day_in_dispute_counts_for_nobody_until_it_is_decided(self, referral, sign_in, manager):
        answers.mark_started(referral=referral, on=site_day(), by="learner", actor=referral.profile.user)
        answers.record_outcome(outcome=day("started"), in_work=False, by="employer")
        awa = sign_in(referral.profile.user)
        claire = sign_in(referral.opportunity.employer.contacts.get().user)
        pages = [(awa, reverse("opportunities:detail", args=[referral.pk])),
                 (claire, reverse("placement:referral", args=[referral.pk]))]  # fmt: skip
        assert overview()["started"] == 0
        for client, path in pages:
            assert "ne compte pas comme un travail commencé" in body(client.get(path))
        assert answers.record_outcome(outcome=day("started"), in_work=False, by="manager", actor=manager)
        assert overview()["started"] == 0
        for client, path in pages:
            assert "le travail n’a pas commencé" in body(client.get(path))

    def test_a_first_day_that_a_manager_confirms_counts(self, referral, sign_in, manager):
        answers.mark_started(referral=referral, on=site_day(), by="learner", actor=referral.profile.user)
        answers.record_outcome(outcome=day("started"), in_work=False, by="employer")
        assert answers.record_outcome(outcome=day("started"), in_work=True, by="manager", actor=manager)
        assert overview()["started"] == 1
        page = body(sign_in(referral.profile.user).get(reverse("opportunities:detail", args=[referral.pk])))
        assert "ne compte pas comme" not in page

    def test_the_employer_notes_it_by_the_link_and_the_learner_is_asked(self, referral, sign_in, client):
        secret = link_secrets.of_contact(referral, referral.opportunity.employer.contacts.get(), at=timezone.now())
        page = body(client.get(reverse("reply:answer", args=[secret])))
        url = reverse("reply:started", args=[secret])
        assert url in page
        assert client.post(url, {"on": ""}).status_code == 422
        client.post(url, {"on": site_day().isoformat()})
        client.post(url, {"on": site_day().isoformat()})
        assert (again(referral).state, Outcome.objects.count()) == (S.STARTED, 5)
        awa = sign_in(referral.profile.user)
        assert "Votre travail a-t-il commencé le" in body(awa.get(reverse("opportunities:detail", args=[referral.pk])))
        awa.post(reverse("opportunities:outcome", args=[referral.pk, day("started").pk]), {"in_work": "yes"})
        assert (day("started").told_by_learner, day("started").in_work) == (True, True)

    def test_a_planned_day_that_passed_is_asked_of_both_once(self, referral):
        Offer.objects.update(starts_on=site_day() - timedelta(days=1))
        for _run in range(2):
            deadlines.run()
        rows = OutboundMessage.objects.filter(kind="outcome-asked", channel__in=["app", "email"])
        assert {row.user for row in rows} == {
            referral.profile.user, referral.opportunity.employer.contacts.get().user
        }  # fmt: skip
        assert rows.filter(user=referral.profile.user, channel="app").count() == 1

    def test_a_plan_asks_nobody_before_its_day(self, referral):
        deadlines.run()
        assert not OutboundMessage.objects.filter(kind="outcome-asked").exists()


@pytest.mark.django_db
def test_an_answer_from_before_was_the_word_of_whoever_gave_it():
    (name,) = (row.name for row in iter_modules(migrations.__path__) if row.name.endswith("_fill_told_by"))
    made = make_hired(days=200)
    given = {"day30": ("learner", True), "day90": ("employer", False), "day180": ("manager", True)}
    for mark, (by, in_work) in given.items():
        Outcome.objects.filter(mark=mark).update(answered_by=by, in_work=in_work, answered_at=timezone.now())
    import_module(f"placement.migrations.{name}").fill(apps, None)
    told = {row.mark: (row.told_by_learner, row.told_by_employer) for row in made.outcomes.all()}
    assert told == {
        "started": (None, True), "day30": (True, None), "day90": (None, False), "day180": (None, None),
        "day365": (None, None),
    }  # fmt: skip


@pytest.mark.django_db
class TestAtWork:
    """Found and proposed before; not while at work; again when they say so."""

    def hired(self, **fields):
        return make_hired(days=40, opportunity=make_opportunity(**fields)).profile

    def found(self, profile):
        proposed = proposals.propose_opportunity(opportunity=make_opportunity(proposed_at=None))
        return CandidateProfile.objects.searchable().filter(pk=profile.pk).exists(), proposed

    def test_they_leave_the_search_and_get_no_proposals(self):
        profile = self.hired()
        profile.refresh_from_db()
        assert profile.at_work_since == site_day() - timedelta(days=40)
        assert self.found(profile) == (False, 0)
        assert proposals.propose_matches(certificate=profile.user.certificates.get()) == []
        profiles.update_profile(profile=profile, languages={"fr": 4})  # saving it is not saying so
        assert self.found(profile) == (False, 0)

    def test_an_assignment_leaves_room(self):
        assert self.found(self.hired(kind="mission")) == (True, 1)

    def test_one_button_brings_them_back(self, sign_in):
        profile = self.hired()
        awa, url = sign_in(profile.user), reverse("opportunities:look_for_work")
        assert url in body(awa.get(reverse("opportunities:profile")))
        for _press in range(2):
            assert awa.post(url).status_code == 302
        assert url not in body(awa.get(reverse("opportunities:profile")))
        assert self.found(profile) == (True, 1)

    @pytest.mark.parametrize(("by", "back"), [("learner", True), ("employer", False)])
    def test_their_own_word_that_it_ended_brings_them_back(self, by, back):
        profile = self.hired()
        answers.record_outcome(outcome=day(), in_work=False, by=by)
        assert self.found(profile) == (back, int(back))
