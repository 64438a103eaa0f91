"""From the learner's yes to the first day at work, and every refusal on the way."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from lms.accounts.messages import send_message
from lms.accounts.models import OutboundMessage, User
from lms.accounts.tasks import sweep_messages
from placement.enums import END_STATES, OpportunityState
from placement.enums import ReferralState as S
from placement.models import Consent, Outcome, Referral, ReferralEvent
from placement.services import answers, cases, deadlines, employers, link_secrets, notices, referrals, sending
from placement.services import thread_rules as threads
from placement.services.disclosure import Basis, of_referral, show_people
from placement.services.transitions import TRANSITIONS, NotAllowedError, OvertakenError, TransitionError, change_state
from placement.tasks import sweep_referrals
from tests.factories.courses import make_course
from tests.factories.placement import (
    give_certificate,
    make_candidate,
    make_hired,
    make_opportunity,
    make_referral,
    offer_work,
    sent_before,
)

pytestmark = pytest.mark.django_db


def state_of(referral):
    return Referral.objects.get(pk=referral.pk).state


def contact_of(referral):
    return referral.opportunity.employer.contacts.get().user


def test_consent_names_employer_and_fields_and_asks_to_be_sent(learner):
    learner.phone, learner.email = "+221770000000", "awa@example.org"
    learner.save()
    referral = make_referral(make_candidate(learner))
    referrals.consent(referral=referral, fields=["phone"], user=learner)
    consent = Consent.objects.get()
    assert (consent.employer, consent.fields) == (referral.opportunity.employer, ["name", "phone"])
    assert state_of(referral) == S.CONSENTED
    assert sending.send(referral_id=referral.pk)
    sent = Referral.objects.with_page_data().get()
    assert sent.state == S.FORWARDED
    assert of_referral(sent).contact == {"name": "Awa Ndiaye", "phone": "+221770000000"}


def test_two_consents_leave_one():
    referral = make_referral()
    other = Referral.objects.with_page_data().get()
    referrals.consent(referral=referral, fields=[], user=referral.profile.user)
    with pytest.raises(OvertakenError):
        referrals.consent(referral=other, fields=["phone"], user=other.profile.user)
    assert Consent.objects.get().fields == ["name"]


def test_two_sends_make_one_mail():
    referral = make_referral(state=S.CONSENTED)
    assert [sending.send(referral_id=referral.pk) for _twice in range(2)] == [True, False]
    sweep_messages()
    sweep_messages()
    [letter] = [m for m in mail.outbox if "/r/" in m.body]
    assert "Binta" not in letter.body + letter.subject
    assert letter.to == [contact_of(referral).email]


def test_a_send_that_lost_the_race_writes_nothing():
    referral = make_referral(state=S.CONSENTED)
    first, second = Referral.objects.with_page_data().get(), Referral.objects.with_page_data().get()
    sending.forward(first)
    with pytest.raises(OvertakenError):
        sending.forward(second)
    assert OutboundMessage.objects.filter(channel="email", kind="referral-forwarded").count() == 1
    assert link_secrets.find_referral(link_secrets.reply_secret(Referral.objects.get(pk=referral.pk))) is not None


def test_the_sweep_sends_what_no_signal_announced():
    referral = make_referral(state=S.CONSENTED)
    assert sweep_referrals() == 2  # the certificate matched, the referral sent
    assert sweep_referrals() == 0
    assert state_of(referral) == S.FORWARDED


def test_nothing_is_sent_without_a_consent_row():
    referral = make_referral()
    Referral.objects.update(state=S.CONSENTED)
    assert not sending.send(referral_id=referral.pk)
    assert state_of(referral) == S.CONSENTED


def test_withdrawing_before_it_is_sent_stops_it():
    referral = make_referral(state=S.CONSENTED)
    referrals.withdraw(referral=referral, user=referral.profile.user)
    assert not sending.send(referral_id=referral.pk)
    assert not OutboundMessage.objects.filter(kind="referral-forwarded").exists()


def test_closing_the_account_hides_at_once():
    referral = make_referral(state=S.FORWARDED)
    assert of_referral(referral).contact
    User.objects.filter(pk=referral.profile.user_id).update(is_active=False)
    assert of_referral(Referral.objects.with_page_data().get(pk=referral.pk)).contact == {}


def test_withdrawing_hides_at_once_and_closes_the_link():
    referral = make_referral(state=S.FORWARDED)
    secret = link_secrets.reply_secret(referral)
    assert of_referral(link_secrets.find_referral(secret)).contact
    referrals.withdraw(referral=referral, user=referral.profile.user)
    assert of_referral(Referral.objects.with_page_data().get()).contact == {}
    assert link_secrets.find_referral(secret) is None
    assert Consent.objects.get().withdrawn_at


def test_somebody_at_work_may_take_back_their_yes():
    """The work goes on and is counted; what the employer saw of them is gone, and it hears so."""
    referral = make_hired()
    referrals.withdraw(referral=referral, user=referral.profile.user)
    referral = Referral.objects.with_page_data().get()
    assert referral.state == S.STARTED
    seen = of_referral(referral)
    assert (seen.basis, seen.has_withdrawn, seen.name) == (Basis.NOTHING, True, referral.code_name)
    told = OutboundMessage.objects.filter(kind="consent-withdrawn")
    assert told.count() == 2  # on the site and by e-mail
    assert not any(referral.profile.user.full_name in message.body for message in told)
    with pytest.raises(NotAllowedError):
        referrals.withdraw(referral=referral, user=referral.profile.user)


def test_nothing_to_take_back_before_a_yes():
    referral = make_referral()
    with pytest.raises(NotAllowedError):
        referrals.withdraw(referral=referral, user=referral.profile.user)


@pytest.mark.parametrize("end", ["nothing", "withdrawn", "closed"])
def test_a_mail_that_waits_leaves_only_while_the_yes_stands(end):
    referral = make_referral(state=S.FORWARDED)
    waiting = OutboundMessage.objects.get(kind="referral-forwarded", channel="email", key__startswith="referral:")
    if end == "withdrawn":
        referrals.withdraw(referral=referral, user=referral.profile.user)
    if end == "closed":
        User.objects.filter(pk=referral.profile.user_id).update(is_active=False)
    assert send_message(message_id=waiting.pk) == (end == "nothing")
    waiting.refresh_from_db()
    assert bool(waiting.stopped) == (end != "nothing")
    assert bool(waiting.body) == bool(waiting.link) == (end == "nothing")


def test_their_own_news_leaves_in_any_case():
    referral = make_referral(state=S.FORWARDED)
    news = OutboundMessage(kind="referral-forwarded", key="referral-event:1:email")
    referrals.withdraw(referral=referral, user=referral.profile.user)
    assert notices.still_agreed(news)


def test_a_yes_covers_what_there_was_when_it_was_given():
    profile = make_candidate(searchable=False)
    referral = make_referral(profile, state=S.FORWARDED)
    give_certificate(profile.user, (("dw.image-annotation", 1),))
    (person,) = show_people([profile], referral.opportunity.employer_id)
    assert {row.code for row in person.held} == {"dw.data-entry"}


def test_consent_to_a_closed_opportunity_is_refused():
    referral = make_referral()
    referral.opportunity.state = OpportunityState.CLOSED
    referral.opportunity.save()
    with pytest.raises(NotAllowedError):
        referrals.consent(referral=referral, fields=[], user=referral.profile.user)
    assert not Consent.objects.exists()


def test_every_state_is_an_end_or_leads_on():
    assert set(TRANSITIONS) | END_STATES == set(S)
    assert not set(TRANSITIONS) & (END_STATES - {S.EXPIRED})
    assert all(set(after) <= set(S) for after in TRANSITIONS.values())


@pytest.mark.parametrize("before", list(S))
def test_moves_outside_the_table_are_refused_and_leave_no_trace(before):
    referral = make_referral()
    Referral.objects.update(state=before, forwarded_at=timezone.now())
    events = ReferralEvent.objects.count()
    for to in set(S) - TRANSITIONS.get(before, frozenset()):
        referral.state = before
        with pytest.raises(NotAllowedError):
            change_state(referral=referral, to=to, by="clock")
    assert ReferralEvent.objects.count() == events
    assert state_of(referral) == before


def test_the_whole_way_to_work():
    referral = make_referral(state=S.FORWARDED)
    user, contact = referral.profile.user, contact_of(referral)
    answers.open_referral(referral=referral, user=contact)
    answers.answer(referral=referral, to=S.QUESTION, actor=contact, message="Le matin ?")
    referrals.answer_question(referral=referral, user=user, text="Oui.")
    answers.answer(referral=referral, to=S.INTERESTED, actor=contact)
    answers.answer(referral=referral, to=S.INTERVIEW, actor=contact, message="Lundi, 10 h, par téléphone.")
    offer_work(referral, actor=contact)
    referrals.accept_offer(referral=referral, user=user)
    answers.mark_started(referral=referral, on=timezone.localdate(), actor=contact)
    assert [e.after for e in referral.events.all()] == [
        S.PROPOSED, S.CONSENTED, S.FORWARDED, S.SEEN, S.QUESTION, S.SEEN, S.INTERESTED, S.INTERVIEW, S.OFFER,
        S.ACCEPTED, S.STARTED,
    ]  # fmt: skip
    assert list(Outcome.objects.order_by("due_on").values_list("mark", "in_work")) == [
        ("started", True), ("day30", None), ("day90", None), ("day180", None), ("day365", None),
    ]  # fmt: skip


def test_a_no_carries_its_next_step():
    course = make_course("suite", skills=(("dw.data-entry", 3),))
    referral = make_referral(state=S.FORWARDED)
    answers.answer(referral=referral, to=S.REFUSED, message="Merci", reason="level", shared=True)
    news = OutboundMessage.objects.get(kind="referral-refused", channel="app")
    assert course.titles["fr"] in news.body
    assert Referral.objects.get().refusal_reason == "level"


def test_a_reason_that_is_not_shared_hides_the_words():
    referral = make_referral(state=S.FORWARDED)
    answers.answer(referral=referral, to=S.REFUSED, message="for us only", shared=False)
    assert not threads.seen_by_learner(referral).exists()
    assert threads.seen_by_employer(referral).get().text == "for us only"


def test_accepting_closes_their_other_proposals_and_fills_the_position():
    profile, rival = make_candidate(), make_candidate()
    opportunity = make_opportunity(positions=1)
    mine = make_referral(profile, opportunity, state=S.FORWARDED)
    other = make_referral(profile, make_opportunity())
    mission = make_referral(profile, make_opportunity(kind="mission"))
    theirs = make_referral(rival, opportunity, state=S.FORWARDED)
    offer_work(mine)
    referrals.accept_offer(referral=mine, user=profile.user)
    assert [state_of(r) for r in (mine, other, mission, theirs)] == [S.ACCEPTED, S.OBSOLETE, S.PROPOSED, S.OBSOLETE]
    opportunity.refresh_from_db()
    assert opportunity.state == OpportunityState.FILLED


class TestClock:
    def later(self, **days):
        return deadlines.run(now=timezone.now() + timedelta(**days))

    def test_a_proposal_waits_seven_days(self):
        referral = make_referral()
        assert self.later(days=6)["expired"] == 0
        assert self.later(days=7, minutes=1)["expired"] == 1
        assert state_of(referral) == S.EXPIRED

    def test_silent_employers_are_reminded_on_day_7_and_15_once_each(self):
        make_referral(state=S.FORWARDED)
        assert self.later(days=6)["reminded"] == 0
        assert [self.later(days=7, hours=n)["reminded"] for n in (1, 2)] == [1, 0]
        assert [self.later(days=15, hours=n)["reminded"] for n in (1, 2)] == [1, 0]
        assert OutboundMessage.objects.filter(kind="referral-reminder", channel="email").count() == 2

    def test_the_reminder_carries_a_link_too(self):
        referral = make_referral(state=S.FORWARDED)
        self.later(days=8)
        links = OutboundMessage.objects.filter(channel="email", link__startswith="/r/").values_list("link", flat=True)
        assert [link_secrets.find_referral(link.split("/")[2]) for link in links] == [referral, referral]

    def test_sixty_silent_days_close_it(self):
        referral = make_referral(state=S.FORWARDED)
        assert self.later(days=59)["closed"] == 0
        assert self.later(days=60, minutes=1)["closed"] == 1
        assert state_of(referral) == S.AUTO_CLOSED

    def test_an_answered_referral_is_not_reminded(self):
        referral = make_referral(state=S.FORWARDED)
        answers.answer(referral=referral, to=S.INTERESTED)
        assert self.later(days=20)["reminded"] == 0

    def test_an_opportunity_past_its_last_day_frees_those_who_wait(self):
        opportunity = make_opportunity(closes_on=timezone.localdate())
        waiting = make_referral(opportunity=opportunity)
        sent = make_referral(opportunity=opportunity, state=S.FORWARDED)
        assert self.later(days=2)["ended"] == 1
        assert [state_of(r) for r in (waiting, sent)] == [S.OBSOLETE, S.FORWARDED]

    def test_links_leave_the_rows_a_day_after_they_were_mailed(self):
        make_referral(state=S.FORWARDED)
        sweep_messages()
        assert self.later(hours=23)["scrubbed"] == 0
        assert self.later(hours=25)["scrubbed"] == 1


def test_suspending_an_employer_frees_the_candidates_and_closes_the_links(manager):
    referral = make_referral(state=S.FORWARDED)
    secret = link_secrets.reply_secret(referral)
    assert employers.suspend(employer=referral.opportunity.employer, by=manager) == 1
    assert link_secrets.find_referral(secret) is None
    assert state_of(referral) == S.OBSOLETE


def test_a_report_reaches_the_managers(manager):
    referral = make_referral()
    cases.report(referral=referral, user=referral.profile.user, text="5 000 F de dossier")
    news = OutboundMessage.objects.get(user=manager, channel="app")
    assert "5 000 F" in news.body


def test_the_follow_up_takes_one_answer_when_it_is_due():
    referral = make_referral(state=S.FORWARDED)
    offer_work(referral)
    referrals.accept_offer(referral=referral, user=referral.profile.user)
    sent_before(referral, days=31)
    answers.mark_started(referral=referral, on=timezone.localdate() - timedelta(days=31))
    due = Outcome.objects.get(mark="day30")
    assert answers.record_outcome(outcome=due, in_work=True, by="learner")
    assert not answers.record_outcome(outcome=due, in_work=False, by="learner")
    assert not answers.record_outcome(outcome=Outcome.objects.get(mark="day90"), in_work=True, by="learner")


def test_refused_moves_do_not_break_the_transaction():
    referral = make_referral()
    with pytest.raises(TransitionError):
        answers.answer(referral=referral, to=S.INTERESTED)
    assert connection.needs_rollback is False
