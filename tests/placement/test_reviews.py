"""What waits for a person of the programme: when, who sees it, what a decision does, and that nothing typed is lost."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.accounts.models import AuditEvent, OutboundMessage
from placement.enums import ReferralState as S
from placement.enums import ReviewState, ReviewSubject, Vetting
from placement.models import Opportunity, PayFloor, Referral, Review
from placement.services import (
    answers,
    deadlines,
    decisions,
    interviews,
    link_secrets,
    opportunities,
    proposals,
    reviews,
    withdrawals,
)
from tests.factories.courses import make_skill
from tests.factories.placement import ENTRY, make_candidate, make_employer, make_opportunity, make_referral, offer_work

pytestmark = pytest.mark.django_db
DATA = {
    "title": "Saisie de factures", "kind": "job", "place": "remote", "hours_per_week": "20", "positions": "2",
    "pay_currency": "XOF", "pay_period": "month", "connectivity": "1", "skill_level_1": "2",
    "skill_essential_1": "on", "open": "1",
}  # fmt: skip
DOUBTFUL = "Bonne présentation."  # nothing sure, something to look at


def body(response):
    return response.content.decode()


@pytest.fixture
def desk(site, manager, sign_in):
    return sign_in(manager)


@pytest.fixture
def new_employers_wait(settings):
    settings.FIRST_OPPORTUNITIES_CHECKED = 2


def write(client, **fields):
    data = {**DATA, "skill_1": make_skill(ENTRY).pk, **fields}
    response = client.post(reverse("placement:new_opportunity"), data)
    assert response.status_code == 302, body(response)
    return Opportunity.objects.latest("pk")


def decide(client, review, to, note=""):
    data = {f"{review.pk}-to": to, f"{review.pk}-note": note}
    return client.post(reverse("placement_review", args=[review.pk]), data)


def sweep():
    for opportunity in proposals.unproposed():
        proposals.propose_opportunity(opportunity=opportunity)


class TestAnOpportunityOfANewEmployer:
    def test_it_waits_nobody_is_proposed_it_and_the_employer_is_told(self, claire, new_employers_wait, manager):
        make_candidate()
        row = write(claire)
        sweep()
        assert (row.state, Referral.objects.count()) == ("waiting", 0)
        page = body(claire.get(reverse("placement:opportunity", args=[row.pk])))
        assert "Nous le lisons avant les candidats" in page
        assert 'value="open"' not in page
        assert OutboundMessage.objects.filter(user=manager, kind="review-asked").exists()

    def test_approved_it_opens_and_is_proposed(self, claire, desk, new_employers_wait, employer):
        profile = make_candidate()
        row = write(claire)
        queue = body(desk.get(reverse("placement_reviews")))
        assert "Saisie de factures" in queue
        decide(desk, row.reviews.get(), "approve")
        sweep()
        row.refresh_from_db()
        assert row.state == "open"
        assert row.approved_at
        assert Referral.objects.get().profile == profile
        assert OutboundMessage.objects.filter(user=employer.contacts.get().user, kind="review-approved").exists()
        assert AuditEvent.objects.filter(verb="review-approved").exists()
        assert "Rien ne vous attend" in body(desk.get(reverse("placement_reviews")))

    def test_after_the_first_ones_the_others_open_at_once(self, claire, new_employers_wait, employer):
        make_opportunity(employer, approved_at=timezone.now())
        assert write(claire).state == "waiting"
        make_opportunity(employer, approved_at=timezone.now())
        assert write(claire).state == "open"

    def test_sent_back_it_is_a_draft_with_the_reason_and_waits_again(self, claire, desk, new_employers_wait):
        row = write(claire)
        refused = decide(desk, row.reviews.get(), "send-back")
        assert refused.status_code == 422
        assert "Dites pourquoi" in body(refused)
        decide(desk, row.reviews.get(), "send-back", "Dites combien vous payez.")
        row.refresh_from_db()
        assert row.state == "draft"
        page = body(claire.get(reverse("placement:opportunity", args=[row.pk])))
        assert "Dites combien vous payez." in page
        claire.post(reverse("placement:opportunity_state", args=[row.pk]), {"state": "open"})
        row.refresh_from_db()
        assert (row.state, row.reviews.filter(state="waiting").count()) == ("waiting", 1)

    def test_refused_it_is_closed_and_cannot_slip_through_later(self, claire, desk, new_employers_wait, settings):
        row = write(claire)
        decide(desk, row.reviews.get(), "refuse", "Ce travail n’est pas payé.")
        row.refresh_from_db()
        assert row.state == "closed"
        settings.FIRST_OPPORTUNITIES_CHECKED = 0
        claire.post(reverse("placement:opportunity_state", args=[row.pk]), {"state": "open"})
        row.refresh_from_db()
        assert row.state == "waiting"

    def test_the_second_to_decide_is_told_and_changes_nothing(self, claire, desk, new_employers_wait):
        row = write(claire)
        review = row.reviews.get()
        decide(desk, review, "send-back", "Non")
        page = body(
            desk.post(reverse("placement_review", args=[review.pk]), {f"{review.pk}-to": "approve"}, follow=True)
        )
        assert "Quelqu’un a décidé avant vous" in page
        row.refresh_from_db()
        assert row.state == "draft"

    def test_closed_by_its_employer_it_leaves_the_list(self, claire, desk, new_employers_wait):
        row = write(claire)
        claire.post(reverse("placement:opportunity_state", args=[row.pk]), {"state": "closed"})
        assert row.reviews.get().state == ReviewState.DROPPED
        assert not reviews.waiting().exists()

    def test_a_suspended_employers_texts_wait_for_nobody(self, claire, new_employers_wait, employer):
        write(claire)
        type(employer).objects.update(vetting=Vetting.SUSPENDED)
        assert not reviews.waiting().exists()


class TestDoubtfulWords:
    def test_an_opportunity_with_them_waits_whoever_wrote_it(self, claire, desk):
        row = write(claire, description=DOUBTFUL)
        assert row.state == "waiting"
        assert "Bonne présentation" in body(desk.get(reverse("placement_reviews")))

    def test_let_pass_once_they_are_not_asked_about_again(self, claire, desk):
        row = write(claire, description=DOUBTFUL)
        decide(desk, row.reviews.get(), "approve")
        data = {**DATA, "skill_1": make_skill(ENTRY).pk, "description": "BONNE  presentation. Et du soin."}
        claire.post(reverse("placement:edit_opportunity", args=[row.pk]), data)
        row.refresh_from_db()
        assert (row.state, row.description) == ("open", "BONNE  presentation. Et du soin.")

    def test_a_change_of_an_open_one_waits_and_candidates_read_the_version_before(self, claire, desk, employer):
        row = make_opportunity(employer, descriptions={"fr": "Relire trois fois."})
        data = {**DATA, "skill_1": make_skill(ENTRY).pk, "description": DOUBTFUL, "hours_per_week": "30",
                "starts_on": "2027-01-04"}  # fmt: skip
        claire.post(reverse("placement:edit_opportunity", args=[row.pk]), data)
        row.refresh_from_db()
        assert (row.state, row.description, row.hours_per_week) == ("open", "Relire trois fois.", 20)
        assert "Votre modification attend" in body(claire.get(reverse("placement:opportunity", args=[row.pk])))
        form = body(claire.get(reverse("placement:edit_opportunity", args=[row.pk])))
        assert DOUBTFUL in form  # what was typed is there
        assert 'value="30"' in form
        decide(desk, row.reviews.get(), "approve")
        row.refresh_from_db()
        assert (row.description, row.hours_per_week, row.starts_on.isoformat()) == (DOUBTFUL, 30, "2027-01-04")

    def test_a_change_without_them_replaces_the_one_that_waits(self, claire, employer):
        row = make_opportunity(employer)
        url = reverse("placement:edit_opportunity", args=[row.pk])
        data = {**DATA, "skill_1": make_skill(ENTRY).pk}
        claire.post(url, {**data, "description": DOUBTFUL})
        claire.post(url, {**data, "description": "Relire."})
        row.refresh_from_db()
        assert (row.description, row.reviews.get().state) == ("Relire.", ReviewState.DROPPED)

    def test_a_change_that_came_back_is_offered_again_until_another_is_saved(self, claire, desk, employer):
        row = make_opportunity(employer)
        url = reverse("placement:edit_opportunity", args=[row.pk])
        data = {**DATA, "skill_1": make_skill(ENTRY).pk}
        claire.post(url, {**data, "description": DOUBTFUL})
        decide(desk, row.reviews.get(), "send-back", "Dites ce qu’il faut savoir faire.")
        page = body(claire.get(url))
        assert "Dites ce qu’il faut savoir faire." in page
        assert DOUBTFUL in page
        claire.post(url, {**data, "description": "Relire."})
        page = body(claire.get(url))
        assert "Dites ce qu’il faut savoir faire." not in page
        assert DOUBTFUL not in page
        assert "Relire." in page

    def test_words_from_before_this_check_are_found_when_it_opens_again(self, claire, employer):
        row = make_opportunity(employer, state="closed", descriptions={"fr": "Jeune femme, 18-25 ans"})
        claire.post(reverse("placement:opportunity_state", args=[row.pk]), {"state": "open"})
        row.refresh_from_db()
        assert row.state == "waiting"


class TestAMessage:
    """Of the thread, after the answer: held in the same way."""

    LAZY = "Vous êtes trop lente."

    @pytest.fixture
    def referral(self, employer):
        found = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        answers.answer(referral=found, to=S.INTERESTED, message="Bonjour.")
        return found

    def send(self, claire, referral, text=LAZY, key="a"):
        address = reverse("placement:write", args=[referral.pk])
        return body(claire.post(address, {"text": text, "key": key}, follow=True))

    def texts(self, referral):
        return list(referral.thread.values_list("text", flat=True))

    def test_doubtful_words_reach_nobody_before_a_decision(self, claire, desk, referral, sign_in):
        page = self.send(claire, referral)
        assert "Votre message attend" in page
        assert self.LAZY in page  # the writer still reads it
        assert self.texts(referral) == ["Bonjour."]
        learner = sign_in(referral.profile.user)
        assert self.LAZY not in body(learner.get(reverse("opportunities:thread", args=[referral.pk])))
        assert not OutboundMessage.objects.filter(user=referral.profile.user, body__contains="lente").exists()
        assert self.LAZY in body(desk.get(reverse("placement_reviews")))

    def test_by_the_link_of_an_e_mail_too(self, referral, client):
        secret = link_secrets.of_contact(referral, referral.opportunity.employer.contacts.get())
        client.post(reverse("reply:write", args=[secret]), {"text": self.LAZY, "key": "a"})
        assert self.texts(referral) == ["Bonjour."]
        assert "Votre message attend" in body(client.get(reverse("reply:answer", args=[secret])))

    def test_approved_it_is_sent_once(self, claire, desk, referral):
        self.send(claire, referral)
        told = OutboundMessage.objects.filter(user=referral.profile.user)
        before = told.count()
        decide(desk, Review.objects.get(), "approve")
        assert self.texts(referral) == ["Bonjour.", self.LAZY]
        assert told.count() > before
        self.send(claire, referral)  # the same form once more
        assert self.texts(referral) == ["Bonjour.", self.LAZY]
        assert not Review.objects.filter(state=ReviewState.WAITING).exists()

    def test_sent_back_it_is_not_sent_and_the_writer_reads_why(self, claire, desk, referral):
        self.send(claire, referral)
        decide(desk, Review.objects.get(), "send-back", "Dites ce qui manque.")
        assert self.texts(referral) == ["Bonjour."]
        assert "Dites ce qui manque." in body(claire.get(reverse("placement:referral", args=[referral.pk])))

    def test_what_waits_is_not_lost_to_the_next_words(self, claire, desk, referral):
        self.send(claire, referral)
        assert "attend notre vérification" in self.send(claire, referral, DOUBTFUL, key="b")
        assert Review.objects.get().payload["message"] == self.LAZY
        self.send(claire, referral, "Pouvez-vous venir lundi ?", key="c")
        assert self.texts(referral) == ["Bonjour.", "Pouvez-vous venir lundi ?"]
        assert Review.objects.get().state == ReviewState.WAITING

    def test_nor_to_an_answer(self, claire, desk, referral):
        self.send(claire, referral)
        address = reverse("placement:answer", args=[referral.pk])
        refused = {"answer": "refused", "reason": "skills", "message": "Encore trop lente.", "shared": "on"}
        assert "attend notre vérification" in body(claire.post(address, refused, follow=True))
        claire.post(address, {"answer": "interview", "message": "Lundi à 10 h ?"})
        assert self.texts(referral) == ["Bonjour.", "Lundi à 10 h ?"]
        row = Review.objects.get()
        assert (row.state, row.payload["message"]) == (ReviewState.WAITING, self.LAZY)

    def test_written_anew_the_notice_of_what_came_back_ends(self, claire, desk, referral):
        self.send(claire, referral)
        decide(desk, Review.objects.get(), "send-back", "Dites ce qui manque.")
        assert "Dites ce qui manque." not in self.send(claire, referral, "Le niveau 2 manque.", key="b")

    def test_the_days_it_waited_are_not_the_employers_silence(self, claire, desk, employer):
        fresh = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        self.send(claire, fresh)
        asked_at = timezone.now() - timedelta(days=3)
        Review.objects.update(asked_at=asked_at)
        decide(desk, Review.objects.get(), "approve")
        fresh.refresh_from_db()
        assert (fresh.state, fresh.answered_at) == (S.QUESTION, asked_at)

    def test_times_of_an_interview_go_while_their_words_wait(self, referral):
        interviews.propose(
            referral=referral, starts=[timezone.now() + timedelta(days=3)], minutes=30, how="phone", message=self.LAZY
        )
        assert referral.interviews.count() == 1
        assert self.texts(referral) == ["Bonjour."]
        assert Review.objects.get().payload["message"] == self.LAZY

    def test_words_that_call_an_interview_off_cannot_wait_and_stay_in_the_form(self, claire, referral):
        interview = interviews.propose(
            referral=referral, starts=[timezone.now() + timedelta(days=3)], minutes=30, how="phone"
        )
        interviews.choose(interview=interview, slot=interview.slots.get().pk, user=referral.profile.user)
        address = reverse("placement:interview", args=[referral.pk])
        answer = claire.post(address, {"cancel": "1", "text": self.LAZY})
        assert answer.status_code == 422
        assert f"{self.LAZY}</textarea>" in body(answer)
        interview.refresh_from_db()
        assert interview.state == "planned"
        assert self.texts(referral) == ["Bonjour."]

    def test_after_the_yes_ended_nothing_is_sent(self, claire, desk, referral):
        self.send(claire, referral)
        withdrawals.end_yes(referral=referral, user=referral.profile.user)
        decide(desk, Review.objects.get(), "approve")
        assert self.texts(referral) == ["Bonjour."]


class TestAnAnswer:
    LAZY = {"answer": "refused", "reason": "skills", "message": "Vous êtes trop lente.", "shared": "on"}

    @pytest.fixture
    def referral(self, employer):
        return make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)

    def test_with_doubtful_words_it_reaches_nobody_before_a_decision(self, claire, desk, referral, sign_in):
        claire.post(reverse("placement:answer", args=[referral.pk]), self.LAZY)
        referral.refresh_from_db()
        assert referral.state == S.FORWARDED
        assert not referral.thread.exists()
        learner = sign_in(referral.profile.user)
        assert "trop lente" not in body(learner.get(reverse("opportunities:detail", args=[referral.pk])))
        assert not OutboundMessage.objects.filter(user=referral.profile.user, body__contains="trop lente").exists()
        assert "Votre réponse attend" in body(claire.get(reverse("placement:referral", args=[referral.pk])))
        assert "trop lente" in body(desk.get(reverse("placement_reviews")))

    def test_approved_it_is_sent_as_of_the_day_it_was_written(self, claire, desk, referral):
        claire.post(reverse("placement:answer", args=[referral.pk]), self.LAZY)
        written = timezone.now() - timedelta(days=3)
        Review.objects.update(asked_at=written)
        decide(desk, Review.objects.get(), "approve")
        referral.refresh_from_db()
        assert referral.state == S.REFUSED
        assert referral.thread.get().text == "Vous êtes trop lente."
        assert referral.answered_at == written

    def test_sent_back_the_employer_reads_why_and_writes_anew(self, claire, desk, referral):
        url = reverse("placement:answer", args=[referral.pk])
        claire.post(url, self.LAZY)
        decide(desk, Review.objects.get(), "send-back", "Dites ce qui manque.")
        assert "Dites ce qui manque." in body(claire.get(reverse("placement:referral", args=[referral.pk])))
        claire.post(url, {**self.LAZY, "message": "Il manque le niveau 2."})
        referral.refresh_from_db()
        assert referral.state == S.REFUSED
        assert "Dites ce qui manque." not in body(claire.get(reverse("placement:referral", args=[referral.pk])))

    def test_another_answer_replaces_it(self, claire, referral):
        url = reverse("placement:answer", args=[referral.pk])
        claire.post(url, self.LAZY)
        claire.post(url, {"answer": "interested", "message": ""})
        referral.refresh_from_db()
        assert (referral.state, Review.objects.get().state) == (S.INTERESTED, ReviewState.DROPPED)

    def test_by_the_link_of_an_e_mail_it_is_held_too(self, client, referral):
        link = OutboundMessage.objects.filter(link__startswith="/r/").latest("created_at").link
        page = body(client.post(link, self.LAZY, follow=True))
        referral.refresh_from_db()
        assert referral.state == S.FORWARDED
        assert "Votre réponse attend" in page

    def test_words_that_nobody_else_reads_are_not_held(self, claire, referral):
        claire.post(reverse("placement:answer", args=[referral.pk]), {**self.LAZY, "shared": ""})
        referral.refresh_from_db()
        assert referral.state == S.REFUSED

    def test_meanwhile_nobody_reminds_or_closes(self, claire, referral):
        claire.post(reverse("placement:answer", args=[referral.pk]), self.LAZY)
        Referral.objects.update(forwarded_at=timezone.now() - timedelta(days=70))
        assert not deadlines.to_remind(timezone.now(), 7).exists()
        assert not deadlines.silent(timezone.now()).exists()

    def test_of_somebody_who_withdrew_it_leaves_the_list(self, claire, desk, referral):
        claire.post(reverse("placement:answer", args=[referral.pk]), self.LAZY)
        Referral.objects.update(state=S.WITHDRAWN)
        decide(desk, Review.objects.get(), "approve")
        assert Review.objects.get().state == ReviewState.DROPPED

    def test_an_offer_names_its_pay_and_is_not_held(self, claire, referral):
        offer_work(referral, message="90 000 FCFA")
        referral.refresh_from_db()
        assert referral.state == S.OFFER
        assert not Review.objects.exists()

    def test_an_offer_in_words_that_was_held_before_offers_had_terms_is_sent_as_words(self, desk, referral):
        payload = {"to": "offer", "message": "90 000 FCFA, trop lente", "reason": "", "shared": True}
        review = Review.objects.create(
            subject=ReviewSubject.ANSWER, opportunity=referral.opportunity, referral=referral, payload=payload
        )
        decide(desk, review, "approve")
        assert referral.thread.get().text == "90 000 FCFA, trop lente"
        assert Review.objects.get().state == ReviewState.APPROVED


class TestTheList:
    def test_others_than_managers_have_none(self, site, trainer, learner, employer_user, sign_in):
        review = Review.objects.create(subject="new", opportunity=make_opportunity(state="waiting"))
        for person in (trainer, learner, employer_user):
            client = sign_in(person)
            assert client.get(reverse("placement_reviews")).status_code in {302, 403}
            assert decide(client, review, "approve").status_code in {302, 403}
        review.refresh_from_db()
        assert review.state == ReviewState.WAITING

    def test_without_a_button_nothing_changes_and_the_words_stay(self, desk):
        review = Review.objects.create(subject="new", opportunity=make_opportunity(state="waiting"))
        page = decide(desk, review, "", "Mes mots")
        assert page.status_code == 422
        assert "Mes mots" in body(page)

    def test_it_has_pages(self, desk):
        for _number in range(21):
            Review.objects.create(subject="new", opportunity=make_opportunity(state="waiting"))
        assert len(re.findall("<section", body(desk.get(reverse("placement_reviews") + "?page=2")))) >= 1


class TestLowestPay:
    def test_below_it_is_refused_with_the_sum_and_its_source(self, claire):
        floor = PayFloor.objects.get(country="SN")
        data = {**DATA, "skill_1": make_skill(ENTRY).pk, "country": "SN", "pay_min": "20000", "hours_per_week": "40"}
        page = claire.post(reverse("placement:new_opportunity"), data)
        assert page.status_code == 422
        assert floor.source in body(page).replace("&#x27;", "'")
        assert re.search(r"64\D{1,6}225", body(page))

    @pytest.mark.parametrize(
        ("fields", "is_refused"),
        [
            ({"pay_min": "64300", "hours_per_week": "40"}, False),
            ({"pay_min": "33000", "hours_per_week": "20"}, False),
            ({"pay_min": "30000", "hours_per_week": "20"}, True),
            ({"pay_max": "30000", "hours_per_week": "20"}, True),
            ({"pay_min": "370", "pay_period": "hour"}, False),
            ({"pay_min": "300", "pay_period": "hour"}, True),
            ({"pay_min": "50", "pay_period": "task"}, False),
            ({"pay_min": "50", "pay_currency": "EUR"}, False),  # not brought to francs: somebody else’s work
            ({"pay_min": "1000", "country": "ML"}, False),  # no floor is known
            ({"pay_min": "1000", "kind": "internship"}, False),
            ({}, False),
        ],
    )
    def test_by_period_and_hours(self, claire, fields, is_refused):
        data = {**DATA, "skill_1": make_skill(ENTRY).pk, "country": "SN", **fields}
        assert claire.post(reverse("placement:new_opportunity"), data).status_code == (422 if is_refused else 302)

    def test_every_floor_that_comes_with_the_site_names_its_source(self):
        floors = {row.country: row for row in PayFloor.objects.all()}
        assert set(floors) == {"SN", "CI", "BJ", "FR"}
        assert all(row.source and row.since for row in floors.values())
        assert floors["SN"].amount == Decimal("370.526")

    def test_managers_keep_them(self, desk):
        assert "370,526" in body(desk.get(reverse("wagtailsnippets_placement_payfloor:list"))).replace(".", ",")


def test_two_decide_at_once_and_one_counts(claire, new_employers_wait, manager):
    row = write(claire)
    first, second = Review.objects.get(), Review.objects.get()
    decisions.send_back(review=first, by=manager, note="Non")
    with pytest.raises(decisions.DecidedError):
        decisions.approve(review=second, by=manager)
    row.refresh_from_db()
    assert row.state == "draft"


def test_what_was_open_before_counts_as_let_pass(employer, employer_user, new_employers_wait):
    """The migration says so of each row; here, of one that opens again."""
    row = make_opportunity(employer, state="closed", approved_at=timezone.now())
    assert opportunities.publish(opportunity=row, actor=employer_user)
    other = make_opportunity(make_employer("Neuve"), state="draft")
    assert not opportunities.publish(opportunity=other, actor=employer_user)
