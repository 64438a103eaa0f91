"""Ending an opportunity: who is touched is shown and asked about first, and for ten minutes it can be taken back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.accounts.models import OutboundMessage
from placement.enums import OpportunityState
from placement.enums import ReferralState as S
from placement.models import Opportunity, Referral
from placement.services import answers, employers, opportunities, referrals, reviews, sending
from placement.services.transitions import NotAllowedError, TransitionError
from placement.tasks import free_waiting, sweep_referrals
from tests.factories.placement import make_candidate, make_opportunity, make_referral

pytestmark = pytest.mark.django_db


def body(response):
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ")


@pytest.fixture
def row(employer):
    return make_opportunity(employer)


def press(client, row, state, **data):
    return client.post(reverse("placement:opportunity_state", args=[row.pk]), {"state": state, **data})


def state_of(row):
    return Opportunity.objects.values_list("state", flat=True).get(pk=row.pk)


def states():
    return sorted(Referral.objects.values_list("state", flat=True))


def told():
    return OutboundMessage.objects.filter(kind="referral-obsolete").exists()


def ten_minutes_later():
    past = timezone.now() - timedelta(seconds=1)
    Opportunity.objects.exclude(undo_until=None).update(undo_until=past)


class TestAsking:
    def test_who_is_touched_is_shown_first(self, claire, row):
        make_referral(make_candidate(), row)
        sent = make_referral(make_candidate(), row, state=S.FORWARDED)
        page = body(press(claire, row, "filled"))
        assert state_of(row) == OpportunityState.OPEN
        assert sent.profile.user.get_full_name() in page
        assert "Autres personnes à qui c’est proposé : 1" in page
        assert 'name="confirmed"' in page

    def test_closing_keeps_those_who_were_sent(self, claire, row):
        make_referral(make_candidate(), row)
        sent = make_referral(make_candidate(), row, state=S.FORWARDED)
        page = body(press(claire, row, "closed"))
        assert sent.profile.user.get_full_name() not in page
        assert "Personnes à qui c’est proposé : 1" in page

    def test_who_withdrew_is_not_named(self, claire, row):
        sent = make_referral(make_candidate(), row, state=S.FORWARDED)
        referrals.withdraw(referral=sent, user=sent.profile.user)
        assert sent.profile.user.get_full_name() not in body(press(claire, row, "filled"))

    def test_where_nobody_waits_it_ends_at_once(self, claire, row):
        assert press(claire, row, "closed").status_code == 302
        assert state_of(row) == OpportunityState.CLOSED

    def test_of_another_employer_it_is_not_there(self, rival, row):
        make_referral(make_candidate(), row)
        for state in ("filled", "undo"):
            assert press(rival, row, state, confirmed="1").status_code == 404


class TestTenMinutes:
    def test_nobody_is_told_before_they_are_over_and_everybody_after(self, claire, row):
        make_referral(make_candidate(), row, state=S.FORWARDED)
        press(claire, row, "filled", confirmed="1")
        sweep_referrals()
        free_waiting()
        assert (state_of(row), states(), told()) == (OpportunityState.FILLED, [S.FORWARDED], False)
        ten_minutes_later()
        sweep_referrals()
        assert (states(), told()) == ([S.OBSOLETE], True)

    def test_it_is_taken_back_and_everything_is_as_before(self, claire, row):
        make_referral(make_candidate(), row)
        referral = make_referral(make_candidate(), row, state=S.FORWARDED)
        press(claire, row, "filled", confirmed="1")
        page = body(claire.get(reverse("placement:opportunity", args=[row.pk])))
        assert 'value="undo"' in page
        press(claire, row, "undo")
        ten_minutes_later()
        sweep_referrals()
        assert (state_of(row), states(), told()) == (OpportunityState.OPEN, [S.FORWARDED, S.PROPOSED], False)
        answers.answer(referral=Referral.objects.with_page_data().get(pk=referral.pk), to=S.INTERESTED)
        assert 'value="undo"' not in body(claire.get(reverse("placement:opportunity", args=[row.pk])))

    def test_after_them_it_stays(self, claire, row, employer_user):
        make_referral(make_candidate(), row, state=S.FORWARDED)
        press(claire, row, "filled", confirmed="1")
        ten_minutes_later()
        assert "Les dix minutes sont passées" in body(
            claire.post(reverse("placement:opportunity_state", args=[row.pk]), {"state": "undo"}, follow=True)
        )
        assert state_of(row) == OpportunityState.FILLED
        with pytest.raises(TransitionError):
            opportunities.undo_close(opportunity=row, actor=employer_user)

    def test_meanwhile_nobody_goes_on_and_nothing_is_sent(self, claire, row):
        agreed = make_referral(make_candidate(), row, state=S.CONSENTED)
        sent = make_referral(make_candidate(), row, state=S.FORWARDED)
        press(claire, row, "filled", confirmed="1")
        assert not sending.send(referral_id=agreed.pk)
        with pytest.raises(NotAllowedError):
            answers.answer(referral=Referral.objects.with_page_data().get(pk=sent.pk), to=S.INTERESTED)
        press(claire, row, "undo")
        assert sending.send(referral_id=agreed.pk)

    def test_meanwhile_the_learner_reads_what_is_so(self, claire, row, sign_in):
        referral = make_referral(make_candidate(), row, state=S.FORWARDED)
        here = reverse("opportunities:detail", args=[referral.pk])
        learner = sign_in(referral.profile.user)
        assert "vient de fermer" not in body(learner.get(here))
        press(claire, row, "filled", confirmed="1")
        assert "vient de fermer" in body(learner.get(here))
        press(claire, row, "undo")
        assert "vient de fermer" not in body(learner.get(here))

    def test_opened_again_by_hand_it_waits_for_nothing(self, claire, row):
        make_referral(make_candidate(), row, state=S.FORWARDED)
        press(claire, row, "filled", confirmed="1")
        press(claire, row, "open")
        ten_minutes_later()
        sweep_referrals()
        assert (state_of(row), states()) == (OpportunityState.OPEN, [S.FORWARDED])

    def test_an_employer_that_is_suspended_meanwhile_undoes_nothing(self, claire, row, manager):
        make_referral(make_candidate(), row, state=S.FORWARDED)
        press(claire, row, "filled", confirmed="1")
        employers.suspend(employer=row.employer, by=manager)
        press(claire, row, "undo")
        assert (state_of(row), states()) == (OpportunityState.FILLED, [S.OBSOLETE])

    def test_what_fills_by_itself_or_ends_on_its_day_waits_for_nobody(self, row):
        make_referral(make_candidate(), row, state=S.FORWARDED)
        opportunities.close(opportunity=row, state=OpportunityState.FILLED)
        assert states() == [S.OBSOLETE]

    def test_a_change_that_waited_for_the_programme_waits_again(self, claire, row, employer_user):
        make_referral(make_candidate(), row, state=S.FORWARDED)
        review = reviews.ask(subject="change", opportunity=row, findings=[], actor=employer_user)
        press(claire, row, "filled", confirmed="1")
        press(claire, row, "undo")
        review.refresh_from_db()
        assert (review.state, review.decided_at) == ("waiting", None)

    def test_words_written_meanwhile_are_read_by_the_programme_first(self, claire, row):
        make_referral(make_candidate(), row, state=S.FORWARDED)
        press(claire, row, "filled", confirmed="1")
        Opportunity.objects.filter(pk=row.pk).update(descriptions={"fr": "Bonne présentation."})
        press(claire, row, "undo")
        ten_minutes_later()
        sweep_referrals()
        assert (state_of(row), states()) == (OpportunityState.WAITING, [S.FORWARDED])
        press(claire, row, "undo")
        assert state_of(row) == OpportunityState.WAITING
