"""Referrals as the employer sees and answers them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.accounts.models import OutboundMessage
from lms.lib.moments import site_day
from placement.enums import ReferralState as S
from placement.models import Outcome, Referral
from placement.services import answers, referrals
from tests.factories.placement import make_opportunity, make_referral, offer_work

pytestmark = [pytest.mark.django_db, pytest.mark.pages]


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
            assert referral.code_name in page
            assert referral.profile.user.full_name not in page
            assert referral.profile.user.certificates.get().code not in page

    def test_a_proposal_that_nobody_asked_for_is_not_there(self, claire, employer):
        referral = make_referral(opportunity=make_opportunity(employer))
        assert claire.get(reverse("placement:referral", args=[referral.pk])).status_code == 404

    def test_answer_in_the_page_and_without_a_script(self, claire, employer):
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        url = reverse("placement:answer", args=[referral.pk])
        wrong = claire.post(url, {"answer": "question", "message": ""}, headers={"HX-Request": "true"})
        assert wrong.status_code == 422
        part = claire.post(url, {"answer": "question", "message": "Quand ?"}, headers={"HX-Request": "true"})
        assert 'id="referral"' in body(part)
        assert "<html" not in body(part)
        assert Referral.objects.get().state == S.QUESTION
        assert claire.post(url, {"answer": "interested"}).status_code == 302
        assert claire.post(url, {"answer": "question", "message": "Et ?"}).status_code == 302
        assert Referral.objects.get().state == S.QUESTION

    def test_questions_and_interviews_have_an_end(self, claire, employer):
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        url = reverse("placement:answer", args=[referral.pk])
        for number in range(answers.MOST_ASKED // 2):
            assert claire.post(url, {"answer": "question", "message": f"Et {number} ?"}).status_code == 302
            referral.refresh_from_db()
            referrals.answer_question(referral=referral, user=referral.profile.user, text="Oui")
        for number in range(answers.MOST_ASKED // 2):
            assert claire.post(url, {"answer": "interview", "message": f"Le {number} mai"}).status_code == 302
        told = OutboundMessage.objects.count()
        more = claire.post(url, {"answer": "interview", "message": "Le 30 mai, 9 h"})
        assert more.status_code == 422
        assert f"même personne est atteinte ({answers.MOST_ASKED})" in body(more)
        assert "Le 30 mai, 9 h" in body(more)
        assert OutboundMessage.objects.count() == told
        offer_work(referral)
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


class TestFirstDay:
    @pytest.fixture
    def accepted(self, employer):
        """Sent ten days ago, and they said yes to the offer of work."""
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        offer_work(referral)
        referral.refresh_from_db()
        referrals.accept_offer(referral=referral, user=referral.profile.user)
        Referral.objects.filter(pk=referral.pk).update(forwarded_at=timezone.now() - timedelta(days=10))
        return referral

    @pytest.mark.parametrize("ago", [0, 3, 10])
    def test_a_day_since_they_were_sent_is_noted(self, claire, accepted, ago):
        day = site_day() - timedelta(days=ago)
        url = reverse("placement:started", args=[accepted.pk])
        assert claire.post(url, {"on": day.isoformat()}).status_code == 302
        assert Outcome.objects.get(mark="started").due_on == day
        assert not [row for row in Outcome.objects.exclude(mark="started") if row.due_on <= site_day()]

    @pytest.mark.parametrize("on", [-366, -11, 1, 366, "", "2026-02-31", "hier", None])
    def test_any_other_is_refused(self, claire, accepted, on):
        typed = (site_day() + timedelta(days=on)).isoformat() if isinstance(on, int) else on
        url = reverse("placement:started", args=[accepted.pk])
        response = claire.post(url, {} if typed is None else {"on": typed})
        assert response.status_code == 422
        assert 'id="id_on_error"' in body(response)
        assert not typed or f'value="{typed}"' in body(response)
        assert not Outcome.objects.exists()
        assert Referral.objects.get().state == S.ACCEPTED
