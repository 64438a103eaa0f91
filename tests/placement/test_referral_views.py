"""Referrals as the employer sees and answers them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from placement.enums import ReferralState as S
from placement.models import Referral
from placement.services import referrals
from tests.factories.placement import make_opportunity, make_referral

pytestmark = pytest.mark.django_db


def body(response):
    return response.content.decode()


class TestReferrals:
    def test_the_inbox_and_the_page_show_what_was_agreed(self, claire, employer):
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        name = referral.profile.user.full_name
        assert name in body(claire.get(reverse("placement:referrals")))
        page = body(claire.get(reverse("placement:referral", args=[referral.pk])))
        assert name in page
        assert referral.profile.user.certificates.get().code in page
        assert Referral.objects.get().state == S.SEEN

    def test_after_withdrawal_nothing_personal_is_left(self, claire, employer):
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        referrals.withdraw(referral=referral, user=referral.profile.user)
        for url in (reverse("placement:referrals"), reverse("placement:referral", args=[referral.pk])):
            page = body(claire.get(url))
            assert referral.profile.pseudonym in page
            assert referral.profile.user.full_name not in page
            assert referral.profile.user.certificates.get().code not in page

    def test_a_proposal_that_nobody_asked_for_is_not_there(self, claire, employer):
        referral = make_referral(opportunity=make_opportunity(employer))
        assert claire.get(reverse("placement:referral", args=[referral.pk])).status_code == 404

    def test_answer_in_the_page_and_without_a_script(self, claire, employer):
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        url = reverse("placement:answer", args=[referral.pk])
        wrong = claire.post(url, {"answer": "offer", "message": ""}, headers={"HX-Request": "true"})
        assert wrong.status_code == 422
        part = claire.post(url, {"answer": "offer", "message": "90 000 FCFA"}, headers={"HX-Request": "true"})
        assert 'id="referral"' in body(part)
        assert "<html" not in body(part)
        assert Referral.objects.get().state == S.OFFER
        assert claire.post(url, {"answer": "question", "message": "?"}).status_code == 302
        assert Referral.objects.get().state == S.OFFER

    def test_a_no_needs_a_reason(self, claire, employer):
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        assert claire.post(reverse("placement:answer", args=[referral.pk]), {"answer": "refused"}).status_code == 422
        assert Referral.objects.get().state == S.FORWARDED

    def test_queries_do_not_grow_with_the_inbox(self, claire, employer, django_assert_num_queries):
        opportunity = make_opportunity(employer)
        make_referral(opportunity=opportunity, state=S.FORWARDED)
        claire.get(reverse("placement:referrals"))
        with CaptureQueriesContext(connection) as few:
            claire.get(reverse("placement:referrals"))
        number = len(few)
        for _more in range(6):
            make_referral(opportunity=opportunity, state=S.FORWARDED)
        claire.get(reverse("placement:referrals"))  # whom they see for the first time is written down
        with django_assert_num_queries(number):
            claire.get(reverse("placement:referrals"))
