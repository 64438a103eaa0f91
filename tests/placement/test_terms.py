"""Terms are frozen with the yes; a change that matters asks again, and nothing goes on until the candidate agrees."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from lms.accounts.models import OutboundMessage
from lms.lib import sweeps
from placement.enums import ReferralState as S
from placement.models import AgreedTerms, Opportunity, Referral
from placement.services import opportunities, referrals, sending, terms_agreed
from placement.services.transitions import NotAllowedError
from placement.terms import differences, matters, pays_less
from tests.factories.placement import make_opportunity, make_referral, offer_work

PAY = {"pay_min": 75_000, "pay_max": 90_000, "pay_currency": "XOF", "pay_period": "month"}
TERMS = {**PAY, "hours_per_week": 20, "kind": "job", "place": "remote", "country": "", "region": "", "starts_on": None}


def body(response):
    return response.content.decode()


@pytest.mark.parametrize(
    ("change", "asks"),
    [
        ({}, False),
        ({"pay_min": 80_000, "pay_max": 95_000}, False),  # more, of the same kind
        ({"pay_min": 50_000}, True),
        ({"pay_max": None}, True),
        ({"pay_currency": "XAF"}, True),
        ({"pay_period": "task"}, True),
        ({"hours_per_week": 30}, True),
        ({"hours_per_week": 10}, True),
        ({"kind": "internship"}, True),
        ({"place": "on-site", "country": "SN", "region": "Dakar"}, True),
        ({"starts_on": "2027-01-04"}, True),
    ],
)
def test_what_asks_again(change, asks):
    now = {**TERMS, **change}
    assert matters(TERMS, now) is asks
    assert bool(differences(TERMS, now)) is bool(change)
    assert pays_less(TERMS, now) is (change in ({"pay_min": 50_000}, {"pay_max": None}))


def test_before_and_now_in_both_languages():
    now = {**TERMS, "pay_min": 50_000, "hours_per_week": 30, "starts_on": "2027-01-04"}
    with override("en"):
        assert [(row.before, row.now) for row in differences(TERMS, now)] == [
            ("75,000 to 90,000 FCFA a month", "50,000 to 90,000 FCFA a month"), ("20 h a week", "30 h a week"),
            ("not given", "4 January 2027"),
        ]  # fmt: skip
    with override("fr"):
        assert [row.now for row in differences(TERMS, now)][1:] == ["30 h par semaine", "4 janvier 2027"]


@pytest.fixture
def referral(db, employer):
    return make_referral(opportunity=make_opportunity(employer, **PAY), state=S.FORWARDED)


def change(referral, **fields):
    row = Opportunity.objects.get(pk=referral.opportunity_id)
    skills = [(each.skill, each.level, each.essential) for each in row.skills.all()]
    opportunities.save_opportunity(
        opportunity=row, employer=row.employer, skills=skills, languages={},
        actor=row.employer.contacts.get().user, **fields,
    )  # fmt: skip


class TestAChange:
    def test_the_yes_keeps_the_terms_as_they_were(self, referral):
        change(referral, pay_min=50_000)
        assert AgreedTerms.objects.get().terms["pay_min"] == 75_000

    def test_asks_with_old_and_new_until_the_answer(self, referral, sign_in, claire):
        change(referral, pay_min=50_000, hours_per_week=30)
        sweeps.run(terms_agreed.TELL)
        sweeps.run(terms_agreed.TELL)
        assert (
            OutboundMessage.objects.filter(user=referral.profile.user, kind="terms-changed", channel="app").count() == 1
        )
        learner = sign_in(referral.profile.user)
        url = reverse("opportunities:detail", args=[referral.pk])
        page = body(learner.get(url)).replace("\u202f", " ").replace("\xa0", " ")
        assert "Les conditions ont changé" in page
        assert "75 000 à 90 000 FCFA par mois" in page
        assert "50 000 à 90 000 FCFA par mois" in page
        assert "Vous avez changé les conditions" in body(claire.get(reverse("placement:referral", args=[referral.pk])))
        yes = {"answer": "yes", "seen": terms_agreed.seen_of(referral)}
        learner.post(reverse("opportunities:agree_terms", args=[referral.pk]), yes)
        row = AgreedTerms.objects.get()
        assert (row.terms["pay_min"], row.changed_at, row.earlier[0]["terms"]["pay_min"]) == (50_000, None, 75_000)
        assert "Les conditions ont changé" not in body(learner.get(url))

    def test_until_then_nobody_invites_or_offers_but_a_no_is_possible(self, referral, claire):
        change(referral, pay_min=50_000)
        url = reverse("placement:answer", args=[referral.pk])
        page = body(claire.post(url, {"answer": S.INTERVIEW, "message": "Lundi à 9 h"}, follow=True))
        assert "cette personne doit dire si elle est toujours d’accord" in page
        with pytest.raises(terms_agreed.AskedAgainError):
            offer_work(referral)
        referral.refresh_from_db()
        assert referral.state in {S.FORWARDED, S.SEEN}
        claire.post(url, {"answer": "refused", "reason": "skills", "message": "Merci", "shared": "on"})
        referral.refresh_from_db()
        assert referral.state == S.REFUSED

    def test_an_offer_made_before_is_not_accepted_on_other_terms(self, referral):
        offer_work(referral)
        referral.refresh_from_db()
        change(referral, hours_per_week=40)
        with pytest.raises(terms_agreed.AskedAgainError):
            referrals.accept_offer(referral=referral, user=referral.profile.user)
        terms_agreed.agree(referral=referral, user=referral.profile.user)
        referrals.accept_offer(
            referral=Referral.objects.with_page_data().get(pk=referral.pk), user=referral.profile.user
        )

    def test_a_no_withdraws_the_profile(self, referral, sign_in):
        change(referral, pay_min=50_000)
        learner = sign_in(referral.profile.user)
        learner.post(reverse("opportunities:agree_terms", args=[referral.pk]), {"answer": "no"})
        referral.refresh_from_db()
        assert referral.state == S.WITHDRAWN

    def test_what_was_not_sent_yet_waits(self, employer):
        referral = make_referral(opportunity=make_opportunity(employer, **PAY), state=S.CONSENTED)
        change(referral, pay_min=50_000)
        assert not sending.send(referral_id=referral.pk)
        terms_agreed.agree(referral=referral, user=referral.profile.user)
        assert sending.send(referral_id=referral.pk)

    def test_taken_back_it_asks_nobody_any_more(self, referral):
        change(referral, pay_min=50_000)
        change(referral, pay_min=75_000)
        assert not terms_agreed.is_asked(referral)

    def test_more_pay_asks_nobody(self, referral):
        change(referral, pay_min=80_000)
        assert not terms_agreed.is_asked(referral)

    def test_a_yes_from_before_counts_as_one_to_the_terms_before_the_change(self, referral):
        AgreedTerms.objects.all().delete()
        change(referral, starts_on=date(2027, 1, 4))
        row = AgreedTerms.objects.get()
        assert (row.terms["starts_on"], row.agreed_at) == (None, referral.consent.given_at)
        assert terms_agreed.is_asked(referral)

    def test_nobody_agrees_unasked_or_for_somebody_else(self, referral, sign_in, learner):
        with pytest.raises(NotAllowedError):
            terms_agreed.agree(referral=referral, user=referral.profile.user)
        change(referral, pay_min=50_000)
        url = reverse("opportunities:agree_terms", args=[referral.pk])
        assert sign_in(learner).post(url, {"answer": "yes"}).status_code == 404
        assert terms_agreed.is_asked(referral)
        assert timezone.now() >= AgreedTerms.objects.get().changed_at
