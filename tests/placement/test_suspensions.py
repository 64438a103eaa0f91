"""Suspending an employer: what it does is shown first, everybody hears what is true, those at work are cared for."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.accounts.models import OutboundMessage
from placement.case_enums import CaseOutcome, CaseState, EntryKind
from placement.enums import ReferralState as S
from placement.enums import Vetting
from placement.models import Case, Interview, Referral
from placement.services import cases, opportunities, suspensions
from tests.factories.placement import make_candidate, make_hired, make_opportunity, make_referral, offer_work

pytestmark = pytest.mark.django_db
REASON = "Vous avez demandé de l’argent à une candidate."


def body(response):
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ")


@pytest.fixture
def desk(site, manager, sign_in):
    manager.email = "fatou@example.org"
    manager.save()
    return sign_in(manager)


@pytest.fixture
def opportunity(employer):
    return make_opportunity(employer)


def page_of(employer):
    return reverse("placement_suspend", args=[employer.pk])


def suspend(desk, employer, **data):
    return desk.post(page_of(employer), {"act": "suspend", "reason": REASON, **data})


class TestThePreview:
    def test_it_shows_who_and_what_is_touched_and_changes_nothing(self, desk, employer, opportunity):
        make_referral(make_candidate(), opportunity)
        met = make_referral(make_candidate(), opportunity, state=S.FORWARDED)
        Interview.objects.create(referral=met, state="planned", how="phone", key="a",
                                 starts_at=timezone.now() + timedelta(days=2))  # fmt: skip
        offered = make_referral(make_candidate(), opportunity, state=S.FORWARDED)
        offer_work(offered)
        hired = make_hired(opportunity=make_opportunity(employer, titles={"fr": "Relecture"}))
        page = body(desk.get(page_of(employer)))
        assert "Opportunités qui ne sont plus montrées : 1" in page
        assert "Personnes dont la candidature s’arrête : 3" in page
        assert "Entretiens à venir : 1" in page
        assert "Offres d’embauche sans réponse : 1" in page
        assert "Personnes embauchées : 1" in page
        assert str(hired.profile.user) in page
        employer.refresh_from_db()
        assert employer.vetting == Vetting.VETTED
        assert set(Referral.objects.values_list("state", flat=True)) == {S.PROPOSED, S.FORWARDED, S.OFFER, S.STARTED}

    def test_without_a_reason_nothing_happens(self, desk, employer):
        assert suspend(desk, employer, reason=" ").status_code == 422
        employer.refresh_from_db()
        assert employer.vetting == Vetting.VETTED

    def test_an_employer_that_still_waits_for_its_check_has_no_such_page(self, desk, employer):
        type(employer).objects.update(vetting=Vetting.WAITING)
        assert desk.get(page_of(employer)).status_code == 404

    def test_the_page_of_the_check_leads_there(self, desk, employer):
        check = reverse("placement_vetting", args=[employer.pk])
        assert page_of(employer) in body(desk.get(check))
        assert desk.post(check, {"to": "suspended"}).url == page_of(employer)
        suspend(desk, employer)
        assert desk.post(check, {"to": "vetted"}).url == page_of(employer)
        employer.refresh_from_db()
        assert employer.vetting == Vetting.SUSPENDED

    def test_trainers_and_employers_are_refused(self, site, trainer, employer_user, employer, sign_in):
        for person in (trainer, employer_user):
            assert suspend(sign_in(person), employer).status_code in {302, 403}
        employer.refresh_from_db()
        assert employer.vetting == Vetting.VETTED


class TestSuspending:
    def test_its_people_read_the_reason(self, desk, employer):
        user = employer.contacts.get().user
        user.email = "claire@example.org"
        user.save()
        suspend(desk, employer)
        rows = OutboundMessage.objects.filter(user=user, kind="employer-suspended")
        assert {row.channel for row in rows} == {"app", "email"}
        assert all(REASON in row.body and "fatou@example.org" in row.body for row in rows)

    def test_those_who_wait_read_that_it_is_not_their_fault_and_that_no_interview_takes_place(
        self, desk, employer, opportunity, sign_in
    ):
        waiting = make_referral(make_candidate(), opportunity)
        offered = make_referral(make_candidate(), opportunity, state=S.FORWARDED)
        offer_work(offered)
        suspend(desk, employer)
        for referral, more in ((waiting, False), (offered, True)):
            told = OutboundMessage.objects.get(user=referral.profile.user, kind="referral-obsolete", channel="app")
            assert "ne travaille plus avec Pont Data" in told.body
            assert ("n’y allez pas" in told.body) is more
            page = body(sign_in(referral.profile.user).get(reverse("opportunities:detail", args=[referral.pk])))
            assert "ne travaille plus avec Pont Data" in page
        assert REASON not in OutboundMessage.objects.filter(user=offered.profile.user).latest("created_at").body

    def test_who_waited_for_something_that_was_closed_reads_the_ordinary_words(self, sign_in, employer, opportunity):
        referral = make_referral(make_candidate(), opportunity)
        opportunities.close(opportunity=opportunity, state="closed")
        page = body(sign_in(referral.profile.user).get(reverse("opportunities:detail", args=[referral.pk])))
        assert "ne travaille plus avec" not in page

    def test_those_at_work_are_told_whom_to_ask_and_the_manager_is_to_call_them(self, desk, employer):
        hired = make_hired(opportunity=make_opportunity(employer))
        suspend(desk, employer)
        told = OutboundMessage.objects.get(user=hired.profile.user, kind="employer-suspended", channel="app")
        assert "fatou@example.org" in told.body
        assert "continue" in told.body
        assert REASON not in told.body
        case = Case.objects.get(employer=employer)
        assert case.entries.get(kind=EntryKind.SUSPENDED).text == REASON
        assert case.entries.get(kind=EntryKind.TO_CALL).referral == hired
        hired.refresh_from_db()
        assert hired.state == S.STARTED

    def test_who_no_longer_works_there_is_not_called(self, desk, employer):
        hired = make_hired(opportunity=make_opportunity(employer), days=40)
        hired.outcomes.filter(mark="day30").update(
            in_work=False, answered_at=timezone.now(), answered_by="learner", told_by_learner=False
        )
        suspend(desk, employer)
        assert not Case.objects.get().entries.filter(kind=EntryKind.TO_CALL).exists()

    def test_the_case_is_closed_only_once_they_were_called(self, desk, manager, employer):
        hired = make_hired(opportunity=make_opportunity(employer))
        suspend(desk, employer)
        case = Case.objects.get()
        here = reverse("placement_case", args=[case.pk])
        seen = case.entries.latest("pk").pk
        end = {"act": "closed", "seen": seen, "outcome": "suspended", "text": "Suspendu."}
        answer = desk.post(here, end)
        assert (answer.status_code, str(hired.profile.user) in body(answer)) == (422, True)
        assert desk.post(here, {"act": "called", "referral": hired.pk, "text": "Va bien, payée."}).status_code == 302
        assert "Va bien, payée." in body(desk.get(here))
        assert desk.post(here, end).status_code == 302
        case.refresh_from_db()
        assert (case.state, case.outcome) == (CaseState.CLOSED, CaseOutcome.SUSPENDED)

    def test_it_joins_the_case_that_is_open(self, desk, employer, opportunity):
        referral = make_referral(make_candidate(), opportunity)
        case = cases.report(referral=referral, user=referral.profile.user, text="5 000 F").case
        suspend(desk, employer)
        assert Case.objects.get() == case
        assert case.entries.filter(kind=EntryKind.SUSPENDED).count() == 1

    def test_twice_is_once(self, desk, manager, employer):
        make_hired(opportunity=make_opportunity(employer))
        suspend(desk, employer)
        suspend(desk, employer)
        assert not suspensions.suspend(employer=employer, by=manager, reason=REASON)
        assert Case.objects.get().entries.filter(kind=EntryKind.SUSPENDED).count() == 1
        assert Case.objects.get().entries.filter(kind=EntryKind.TO_CALL).count() == 1


class TestLifting:
    def test_what_comes_back_is_shown_then_it_is_lifted_and_everybody_is_told(self, desk, employer, opportunity):
        hired = make_hired(opportunity=make_opportunity(employer))
        suspend(desk, employer)
        page = body(desk.get(page_of(employer)))
        assert "Opportunités de nouveau montrées : 1" in page
        assert REASON in page
        assert desk.post(page_of(employer), {"act": "lift", "reason": ""}).status_code == 422
        assert desk.post(page_of(employer), {"act": "lift", "reason": "Remboursé."}).status_code == 302
        employer.refresh_from_db()
        assert employer.vetting == Vetting.VETTED
        assert Case.objects.get().entries.get(kind=EntryKind.LIFTED).text == "Remboursé."
        for user in (employer.contacts.get().user, hired.profile.user):
            assert OutboundMessage.objects.filter(user=user, kind="suspension-lifted", channel="app").exists()

    def test_a_button_of_an_old_page_does_nothing(self, desk, employer):
        desk.post(page_of(employer), {"act": "lift", "reason": "x"})
        desk.post(page_of(employer), {"act": "rm", "reason": "x"})
        assert not Case.objects.exists()
