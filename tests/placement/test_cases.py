"""What is reported about an employer: one case that keeps everything, its page, replies, its end."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.accounts.models import AuditEvent, OutboundMessage
from lms.lib.checkup import Level
from placement.case_enums import CaseOutcome, CaseState, EntryKind
from placement.doctor import cases_left_alone
from placement.enums import ReferralState as S
from placement.models import Case, CaseEntry
from placement.services import cases
from tests.factories.placement import make_candidate, make_employer, make_opportunity, make_referral

pytestmark = pytest.mark.django_db
ASKED = "On me demande 5 000 F de dossier."


def body(response):
    return response.content.decode()


def reported(referral, text=ASKED):
    return cases.report(referral=referral, user=referral.profile.user, text=text).case


@pytest.fixture
def awa(learner, sign_in):
    return sign_in(learner)


@pytest.fixture
def desk(site, manager, sign_in):
    return sign_in(manager)


@pytest.fixture
def case():
    return reported(make_referral(state=S.FORWARDED))


def page_of(case):
    return reverse("placement_case", args=[case.pk])


def act(desk, case, to, **data):
    last = CaseEntry.objects.filter(case=case).latest("pk").pk
    return desk.post(page_of(case), {"act": to, "seen": last, **data})


class TestReporting:
    def test_a_report_opens_a_case_and_every_manager_is_led_to_it(self, awa, learner, manager):
        referral = make_referral(make_candidate(learner))
        awa.post(reverse("opportunities:report", args=[referral.pk]), {"text": ASKED})
        case = Case.objects.get()
        assert (case.employer, case.state) == (referral.opportunity.employer, CaseState.OPEN)
        entry = case.entries.get()
        assert (entry.kind, entry.referral, entry.text) == (EntryKind.REPORT, referral, ASKED)
        news = OutboundMessage.objects.get(user=manager, kind="employer-reported", channel="app")
        assert news.link == page_of(case)
        assert ASKED in news.body
        assert AuditEvent.objects.filter(verb="report-employer").exists()

    def test_reports_about_one_employer_join_one_case_until_it_is_closed(self, manager):
        opportunity = make_opportunity()
        first = reported(make_referral(make_candidate(), opportunity))
        assert reported(make_referral(make_candidate(), make_opportunity(opportunity.employer))) == first
        assert reported(make_referral()) != first
        cases.close(case=first, by=manager, outcome=CaseOutcome.WARNED, words="Averti.", seen=newest(first))
        second = reported(make_referral(make_candidate(), opportunity))
        assert (second.employer, second.state) == (first.employer, CaseState.OPEN)
        assert second != first

    def test_the_writer_keeps_seeing_what_they_wrote_and_what_was_answered(self, awa, learner, manager):
        referral = make_referral(make_candidate(learner))
        case = reported(referral)
        cases.reply(case=case, referral=referral, by=manager, text="Ne payez rien, nous les appelons.")
        page = body(awa.get(reverse("opportunities:report", args=[referral.pk])))
        assert ASKED in page
        assert "Ne payez rien, nous les appelons." in page

    def test_nobody_else_reads_it(self, awa, learner, manager):
        opportunity = make_opportunity()
        case = reported(make_referral(make_candidate(), opportunity))
        mine = make_referral(make_candidate(learner), opportunity)
        cases.note(case=case, by=manager, text="Appeler Claire")
        page = body(awa.get(reverse("opportunities:report", args=[mine.pk])))
        assert ASKED not in page
        assert "Appeler Claire" not in page


def newest(case):
    return case.entries.latest("pk").pk


class TestThePageOfACase:
    def test_it_tells_the_employers_history(self, desk, manager, case):
        employer = case.employer
        for _number in range(4):
            sent = make_referral(make_candidate(), make_opportunity(employer), state=S.FORWARDED)
            type(sent).objects.filter(pk=sent.pk).update(forwarded_at=timezone.now() - timedelta(days=20))
        cases.close(case=case, by=manager, outcome=CaseOutcome.NOTHING, words="Rien trouvé.", seen=newest(case))
        second = reported(make_referral(make_candidate(), make_opportunity(employer)), "Ils insultent.")
        page = body(desk.get(page_of(second)))
        assert "Ils insultent." in page
        assert page_of(case) in page  # the earlier one
        assert "rien d’anormal" in page
        assert "Opportunités ouvertes : 6" in page.replace("\xa0", " ")
        assert "0 pour 4 personnes présentées" in page

    def test_a_reply_reaches_the_reporter_by_their_ways_and_says_nothing_on_a_shared_phone(self, desk, case, settings):
        settings.SMS_NOTICES = True
        reporter = case.entries.get().referral.profile.user
        reporter.email, reporter.phone = "binta@example.org", "+221770000009"
        reporter.save()
        act(desk, case, "reply", referral=case.entries.get().referral_id, text="Merci, nous les appelons.")
        rows = OutboundMessage.objects.filter(user=reporter, kind="report-answered")
        assert {row.channel for row in rows} == {"app", "email", "sms"}
        assert all("appelons" not in row.body and case.employer.name not in row.body for row in rows)
        assert {row.link for row in rows} == {reverse("opportunities:report", args=[case.entries.first().referral_id])}

    def test_a_reply_to_somebody_who_did_not_write_is_refused(self, desk, case):
        other = make_referral(make_candidate(), make_opportunity(case.employer))
        assert act(desk, case, "reply", referral=other.pk, text="Bonjour").status_code == 422
        assert not OutboundMessage.objects.filter(kind="report-answered").exists()

    def test_a_note_is_for_the_team_alone(self, desk, case):
        act(desk, case, "note", text="Appelé : nient tout.")
        assert "nient tout" in body(desk.get(page_of(case)))
        assert not OutboundMessage.objects.filter(kind="report-answered").exists()

    def test_it_waits_and_goes_on(self, desk, case):
        for to in (CaseState.WAITING, CaseState.OPEN):
            act(desk, case, to)
            case.refresh_from_db()
            assert case.state == to
        assert [entry.after for entry in case.entries.filter(kind=EntryKind.STATE)] == ["waiting", "open"]

    @pytest.mark.parametrize("data", [{"outcome": "warned"}, {"text": "Averti."}, {"outcome": "nonsense", "text": "x"}])
    def test_it_is_closed_with_an_outcome_and_words_for_the_reporter(self, desk, case, data):
        assert act(desk, case, "closed", **data).status_code == 422
        case.refresh_from_db()
        assert case.state == CaseState.OPEN

    def test_closed_every_reporter_is_told_once(self, desk, case):
        first = case.entries.get().referral
        other = make_referral(make_candidate(), make_opportunity(case.employer))
        reported(first, "Encore.")
        reported(other)
        assert act(desk, case, "closed", outcome="warned", text="Averti, et remboursé.").status_code == 302
        case.refresh_from_db()
        assert (case.state, case.outcome) == (CaseState.CLOSED, CaseOutcome.WARNED)
        assert case.closed_at
        told = OutboundMessage.objects.filter(kind="report-answered", channel="app")
        assert {row.user for row in told} == {first.profile.user, other.profile.user}
        assert told.count() == 2
        assert [row.text for row in cases.seen_by_reporter(other)] == [ASKED, "Averti, et remboursé."]

    def test_a_report_that_came_meanwhile_is_read_before_the_case_is_closed(self, desk, case):
        seen = newest(case)
        reported(make_referral(make_candidate(), make_opportunity(case.employer)), "Moi aussi.")
        answer = desk.post(page_of(case), {"act": "closed", "seen": seen, "outcome": "nothing", "text": "Rien."})
        assert answer.status_code == 422
        assert "Moi aussi." in body(answer)
        case.refresh_from_db()
        assert case.state == CaseState.OPEN

    def test_a_closed_one_is_opened_again_unless_another_is_open(self, desk, manager, case):
        cases.close(case=case, by=manager, outcome=CaseOutcome.NOTHING, words="Rien.", seen=newest(case))
        act(desk, case, "open")
        case.refresh_from_db()
        assert (case.state, case.outcome, case.closed_at) == (CaseState.OPEN, "", None)
        cases.close(case=case, by=manager, outcome=CaseOutcome.NOTHING, words="Rien.", seen=newest(case))
        reported(make_referral(make_candidate(), make_opportunity(case.employer)))
        assert "un autre dossier est ouvert" in body(desk.post(page_of(case), {"act": "open"}, follow=True))
        case.refresh_from_db()
        assert case.state == CaseState.CLOSED

    def test_an_unknown_button_changes_nothing(self, desk, case):
        assert desk.post(page_of(case), {"act": "rm"}).status_code == 302
        case.refresh_from_db()
        assert (case.state, case.entries.count()) == (CaseState.OPEN, 1)


class TestTheList:
    def test_oldest_first_with_its_age_and_who_waits_too_long(self, desk):
        old = reported(make_referral())
        new = reported(make_referral(opportunity=make_opportunity(make_employer("Neuf"))))
        Case.objects.filter(pk=old.pk).update(
            opened_at=timezone.now() - timedelta(days=9), acted_at=timezone.now() - timedelta(days=9)
        )
        page = body(desk.get(reverse("placement_cases")))
        assert page.index(page_of(old)) < page.index(page_of(new))
        assert page.count("Rien depuis 7 jours ou plus") == 1

    def test_closed_ones_stay_readable(self, desk, manager, case):
        cases.close(case=case, by=manager, outcome=CaseOutcome.SETTLED, words="Réglé.", seen=newest(case))
        assert page_of(case) not in body(desk.get(reverse("placement_cases")))
        assert page_of(case) in body(desk.get(reverse("placement_cases") + "?state=closed"))

    def test_many_costs_no_more_queries_than_one(self, desk, django_assert_max_num_queries):
        for _number in range(5):
            reported(make_referral())
        with django_assert_max_num_queries(20):
            desk.get(reverse("placement_cases"))

    def test_trainers_and_employers_see_none(self, site, trainer, employer_user, sign_in, case):
        for person in (trainer, employer_user):
            client = sign_in(person)
            assert client.get(reverse("placement_cases")).status_code != 200
            assert client.get(page_of(case)).status_code != 200


def test_the_doctor_tells_of_a_case_that_nobody_works_at(case):
    assert [row.level for row in cases_left_alone()] == [Level.GREEN]
    Case.objects.update(acted_at=timezone.now() - timedelta(days=8))
    (finding,) = cases_left_alone()
    assert finding.level == Level.AMBER
    assert case.employer.name in finding.text
