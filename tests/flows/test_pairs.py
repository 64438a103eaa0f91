"""Two services that meet on the same rows, at the same moment: both orders end well, and what stands is consistent.

``RACED`` names every service that takes a lock, and the test that runs it against another one.
"""

import ast
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from treebeard.mp_tree import MP_Node
from wagtail.models import Page

from assessments.models import Attempt, Grade
from assessments.services import regrade, submit
from courses.models import Course, Enrolment
from courses.services import finish_course, mark_step_done
from lms.accounts import erasing
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.services import sign_up
from lms.lib import runs
from lms.lib.locks import hold
from placement.code_name_words import NameEndedError
from placement.enums import ActorKind, OpportunityState
from placement.enums import ReferralState as S
from placement.models import (
    AgreedTerms,
    CandidateProfile,
    CodeName,
    Consent,
    Interview,
    Mission,
    MissionSeat,
    Objection,
    Opportunity,
    Outcome,
    OutcomeAnswer,
    PersonNote,
    Referral,
    Review,
    Shortlisted,
)
from placement.services import (
    answers,
    at_work,
    decisions,
    employers,
    follow_up,
    held,
    indexing,
    interviews,
    missions,
    notes,
    objections,
    opportunities,
    profiles,
    proposals,
    referrals,
    sending,
    teams,
    terms_agreed,
    threads,
)
from placement.services.disclosure import Basis, of_referral, show_people
from placement.services.transitions import TRANSITIONS, TransitionError
from tests.assessments.helpers import answer_all, begin, wrong_fields
from tests.assessments.test_services import correct
from tests.conftest import ROOT
from tests.courses.test_admin_forms import sent as course_data
from tests.factories.assessments import make_assessment, make_question
from tests.factories.courses import lesson_page, make_course, make_enrolment, module_page, step_keys
from tests.factories.people import make_user
from tests.factories.placement import (
    make_candidate,
    make_hired,
    make_mission,
    make_opportunity,
    make_referral,
    offer_work,
)
from tests.factories.runs import check_import, work_off
from tests.flows.test_races import errors, slowly, together

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[Referral, User], Any]


def as_read(referral: Referral) -> Referral:
    """As another request read it, before anybody acted."""
    return Referral.objects.with_page_data().get(pk=referral.pk)


def learner_does(name: str, **more: Any) -> Act:
    def act(referral: Referral, manager: User) -> Any:
        return getattr(referrals, name)(referral=referral, user=referral.profile.user, **more)

    act.__name__ = name
    return act


def employer_says(to: S) -> Act:
    def act(referral: Referral, manager: User) -> None:
        answers.answer(referral=referral, to=to, message="Lundi à 9 h")

    act.__name__ = f"answer_{to}"
    return act


def start_work(referral: Referral, manager: User) -> None:
    answers.mark_started(referral=referral, on=timezone.localdate())


def close(referral: Referral, manager: User) -> None:
    opportunity = Opportunity.objects.get(pk=referral.opportunity_id)
    opportunities.close(opportunity=opportunity, state=OpportunityState.FILLED)


def suspend(referral: Referral, manager: User) -> None:
    employers.suspend(employer=referral.opportunity.employer, by=manager)


def send(referral: Referral, manager: User) -> None:
    sending.send(referral_id=referral.pk)


consent = learner_does("consent", fields=["phone"])
decline, withdraw, accept = learner_does("decline"), learner_does("withdraw"), learner_does("accept_offer")
decline_offer, answer_question = learner_does("decline_offer"), learner_does("answer_question", text="Oui")

refuse = employer_says(S.REFUSED)


def offer(referral: Referral, manager: User) -> Any:
    return offer_work(referral)


def offer_again(referral: Referral, manager: User) -> Any:
    return offer_work(referral, amount=90_000)


def employer_writes(referral: Referral, manager: User) -> Any:
    return threads.write(referral=referral, by=ActorKind.EMPLOYER, text="Bonjour", key="form")


def employer_writes_what_is_held(referral: Referral, manager: User) -> Any:
    return held.write(referral=referral, text="Vous êtes trop lente.", actor=None, key="form")


def learner_writes(referral: Referral, manager: User) -> Any:
    return threads.write(referral=referral, by=ActorKind.LEARNER, text="Oui", key="form")


MEETINGS: dict[S, list[tuple[Act, Act]]] = {
    S.PROPOSED: [(consent, decline), (consent, close), (consent, suspend), (decline, close)],
    S.CONSENTED: [(send, withdraw), (send, suspend), (send, close), (withdraw, close)],
    S.FORWARDED: [(withdraw, offer), (offer, refuse), (offer, close), (employer_writes, withdraw),
                  (employer_writes_what_is_held, withdraw)],
    S.QUESTION: [(answer_question, withdraw), (answer_question, offer), (learner_writes, answer_question)],
    S.OFFER: [(accept, decline_offer), (accept, withdraw), (accept, refuse), (accept, close), (accept, suspend),
              (decline_offer, refuse), (accept, offer_again), (decline_offer, offer_again), (offer_again, offer_again)],
    S.ACCEPTED: [(start_work, withdraw), (start_work, refuse)],
}  # fmt: skip
"""What two people, or one and the clock, do to a referral in each state at the same moment."""

PAIRS = [
    pytest.param(state, *pair, id=f"{state}-{pair[0].__name__}-{pair[1].__name__}")
    for state, pairs in MEETINGS.items()
    for pair in pairs
]


def bring_to(state: S) -> Referral:
    referral = make_referral(state=state if state in {S.PROPOSED, S.CONSENTED} else S.FORWARDED)
    if state in {S.QUESTION, S.OFFER, S.ACCEPTED}:
        if state == S.QUESTION:
            answers.answer(referral=referral, to=S.QUESTION, message="Oui")
        else:
            offer_work(referral)
    if state == S.ACCEPTED:
        referrals.accept_offer(referral=as_read(referral), user=referral.profile.user)
    return as_read(referral)


@pytest.mark.parametrize(("state", "one", "other"), PAIRS)
def test_two_act_on_one_referral_at_once(state, one, other, manager, monkeypatch):
    referral = bring_to(state)
    assert referral.state == state
    slowly(monkeypatch, "placement.services.notices.announce", seconds=0.05)
    results = together(*(partial(act, as_read(referral), manager) for act in (one, other)))
    wrong = [error for error in errors(results) if not isinstance(error, TransitionError)]
    assert wrong == []
    assert len(errors(results)) < 2  # somebody got what they asked for
    check_consistent(referral.pk)


def check_consistent(pk: Any) -> None:
    """The log is one unbroken chain of allowed steps up to what the row says, and what hangs on the state agrees."""
    referral = Referral.objects.get(pk=pk)
    events = list(referral.events.order_by("pk").values_list("before", "after"))
    for (_before, after), (before, _after) in pairwise(events):
        assert before == after, events
    assert all(after in TRANSITIONS[before] for before, after in events if before), events
    assert events[-1][1] == referral.state, events
    given = Consent.objects.filter(referral=referral).first()
    if given is not None:
        assert (given.withdrawn_at is not None) == (referral.state == S.WITHDRAWN), events
    assert Outcome.objects.filter(referral=referral).exists() == (referral.state == S.STARTED)
    taken = Referral.objects.filter(opportunity=referral.opportunity_id, state__in=[S.ACCEPTED, S.STARTED]).count()
    assert taken <= referral.opportunity.positions


def test_one_form_sent_twice_at_once_is_one_message(monkeypatch):
    referral = bring_to(S.QUESTION)
    slowly(monkeypatch, "placement.services.notices.announce", seconds=0.05)
    results = together(*[lambda: learner_writes(as_read(referral), referral.profile.user)] * 3)
    assert errors(results) == []
    assert referral.thread.filter(by="learner").count() == 1


def proposed() -> tuple[Referral, Interview]:
    referral = bring_to(S.FORWARDED)
    starts = [timezone.now() + timedelta(days=day) for day in (2, 3)]
    interview = interviews.propose(referral=referral, starts=starts, minutes=30, how="phone")
    return referral, interview


@pytest.mark.parametrize("other", ["propose", "cancel", "none_fits", "choose"])
def test_a_time_is_chosen_while_the_other_side_acts(other, monkeypatch):
    referral, interview = proposed()
    user, slot = referral.profile.user, interview.slots.first().pk
    acts = {
        "propose": lambda: interviews.propose(
            referral=as_read(referral), starts=[timezone.now() + timedelta(days=4)], minutes=30, how="phone"
        ),
        "cancel": lambda: interviews.cancel(interview=interview, by=ActorKind.EMPLOYER, text="Malade"),
        "none_fits": lambda: interviews.none_fits(interview=interview, user=user, text="Le soir"),
        "choose": lambda: interviews.choose(interview=interview, slot=interview.slots.last().pk, user=user),
    }
    slowly(monkeypatch, "placement.services.interviews.change", seconds=0.05)
    results = together(lambda: interviews.choose(interview=interview, slot=slot, user=user), acts[other])
    assert [error for error in errors(results) if not isinstance(error, TransitionError)] == []
    assert Interview.objects.filter(state__in=["proposed", "planned"]).count() <= 1
    planned = Interview.objects.filter(state="planned")
    assert not planned.exists() or planned.get().starts_at is not None


def test_both_sides_say_at_once_what_became_of_it(monkeypatch):
    referral, interview = proposed()
    interviews.choose(interview=interview, slot=interview.slots.first().pk, user=referral.profile.user)
    Interview.objects.update(starts_at=timezone.now() - timedelta(hours=1))
    slowly(monkeypatch, "placement.interviews.verdict", seconds=0.05)
    results = together(
        lambda: interviews.say_end(interview=interview, by=ActorKind.EMPLOYER, end="no-candidate"),
        lambda: interviews.say_end(interview=interview, by=ActorKind.LEARNER, end="held"),
    )
    assert errors(results) == []
    assert Interview.objects.get().ended_as == "disputed"


@pytest.mark.parametrize("by", ["learner", "employer"])
def test_the_clock_and_an_answer_at_once_count_one_of_them(by, monkeypatch):
    make_hired(days=90)
    first, later = (Outcome.objects.get(mark=mark) for mark in ("day30", "day90"))
    answers.record_outcome(outcome=first, in_work=False, by="learner")
    slowly(monkeypatch, "placement.services.follow_up.to_carry_forward", seconds=0.1)
    results = together(
        lambda: follow_up.carry_forward(outcome_id=later.pk, now=timezone.now()),
        lambda: answers.record_outcome(outcome=Outcome.objects.get(pk=later.pk), in_work=True, by=by),
        lambda: follow_up.carry_forward(outcome_id=later.pk, now=timezone.now()),
    )
    assert errors(results) == []
    assert results.count(True) == 1
    assert OutcomeAnswer.objects.filter(outcome=later).count() == 1


@pytest.mark.parametrize("corrects", [False, True])
def test_both_sides_tell_of_one_day_at_once(corrects, monkeypatch):
    make_hired(days=30)
    row = Outcome.objects.get(mark="day30")
    if corrects:
        answers.record_outcome(outcome=row, in_work=True, by="learner")
    slowly(monkeypatch, "placement.services.answers.verdict", seconds=0.05)
    learner_tells = answers.correct_outcome if corrects else answers.record_outcome
    results = together(
        lambda: learner_tells(outcome=row, in_work=False, by="learner"),
        lambda: answers.record_outcome(outcome=row, in_work=True, by="employer"),
    )
    assert errors(results) == []
    row.refresh_from_db()
    assert (row.told_by_learner, row.told_by_employer, row.in_work) == (False, True, None)


def test_two_managers_decide_about_the_pay_at_once(manager, monkeypatch):
    make_hired(days=30)
    row = Outcome.objects.get(mark="day30")
    answers.record_outcome(outcome=row, in_work=True, by="learner", paid=False)
    answers.record_outcome(outcome=row, in_work=True, by="employer", paid=True)
    results = together(
        lambda: answers.decide_pay(outcome=row, paid=True, actor=manager),
        lambda: answers.decide_pay(outcome=row, paid=False, actor=manager),
    )
    assert errors(results) == []
    row.refresh_from_db()
    (word,) = row.answers.filter(by="manager")
    assert word.paid is row.paid is not None


def test_marking_again_while_it_is_handed_in(site, learner, trainer, monkeypatch):
    """An older attempt is marked again while the newer one is handed in: both want the enrolment."""
    course = make_course("saisie", lessons=1)
    question = make_question("single", code="q1")
    assessment = make_assessment(course, questions=[question], max_attempts=0, pause_minutes=0)
    enrolment = make_enrolment(learner, course)
    first = begin(enrolment, assessment)
    answer_all(learner, first, wrong_fields)
    first = submit(attempt=first)
    second = begin(Enrolment.objects.get(pk=enrolment.pk), assessment)
    answer_all(learner, second, wrong_fields)
    correct(first)
    slowly(monkeypatch, "assessments.services.grades.items_with_answers", seconds=0.15)
    results = together(
        lambda: regrade(attempt=Attempt.objects.get(pk=first.pk), by=trainer),
        lambda: submit(attempt=second),
        lambda: regrade(attempt=Attempt.objects.get(pk=first.pk), by=trainer),
    )
    assert errors(results) == []
    assert Grade.objects.filter(attempt=second).count() == 1
    assert Grade.objects.filter(attempt=first, reason="regraded").count() == 1


def test_handing_in_what_moved_to_an_older_enrolment(site, learner, manager, monkeypatch):
    """The enrolment it had is let go of before the one it has now is locked: somebody else, a merge that is undone,
    holds both in the order of their keys.
    """
    course = make_course("saisie", lessons=1)
    assessment = make_assessment(course, questions=[make_question("single", code="q1")])
    older, newer = make_enrolment(learner, course), make_enrolment(manager, course)
    attempt = begin(older, assessment)
    answer_all(learner, attempt)
    attempt.enrolment_id = newer.pk  # as it was read before the merge
    slowly(monkeypatch, "assessments.services.grades.hold")

    def take_both() -> None:
        with transaction.atomic():
            time.sleep(0.1)
            hold(Enrolment.objects.filter(pk__in=[older.pk, newer.pk]))

    assert errors(together(lambda: submit(attempt=attempt), take_both)) == []
    assert Grade.objects.filter(attempt=attempt).count() == 1


def test_finishing_a_course_and_its_last_step_at_once(site, learner, monkeypatch):
    """The trainers withdrew the other step at this moment: one completion is told, whoever sees it first."""
    from courses.signals import course_completed

    course = make_course("deux", lessons=1)
    enrolment, told = make_enrolment(learner, course), []
    slowly(monkeypatch, "courses.services.done_keys", seconds=0.15)
    receiver = lambda **kwargs: told.append(kwargs["enrolment_id"])  # noqa: E731
    course_completed.connect(receiver)
    try:
        fresh = [Enrolment.objects.get(pk=enrolment.pk) for _number in range(3)]
        key = step_keys(course)[0]
        results = together(
            lambda: mark_step_done(enrolment=fresh[0], step_key=key, kind="lesson"),
            lambda: finish_course(enrolment=fresh[1]),
            lambda: finish_course(enrolment=fresh[2]),
        )
        assert errors(results) == []
        finish_course(enrolment=Enrolment.objects.get(pk=enrolment.pk))
    finally:
        course_completed.disconnect(receiver)
    assert told == [enrolment.pk]


def test_the_last_step_pressed_twice_at_once(site, learner, monkeypatch):
    """The second waits for the first one's row, with an enrolment that it read before: it may not complete it again."""
    from courses.signals import course_completed

    course = make_course("une", lessons=1)
    enrolment, told = make_enrolment(learner, course), []
    slowly(monkeypatch, "courses.services.done_keys", seconds=0.15)
    receiver = lambda **kwargs: told.append(kwargs["enrolment_id"])  # noqa: E731
    course_completed.connect(receiver)
    try:
        key = step_keys(course)[0]
        fresh = [Enrolment.objects.get(pk=enrolment.pk) for _number in range(3)]
        mark = partial(mark_step_done, step_key=key, kind="lesson")
        results = together(*(partial(mark, enrolment=each) for each in fresh))
        assert errors(results) == []
        assert results.count(True) == 1
    finally:
        course_completed.disconnect(receiver)
    assert told == [enrolment.pk]


def test_two_finish_a_complete_course_at_once(site, learner, monkeypatch):
    """All is done and nothing said so yet: two pages opened at once tell it once."""
    from courses.models import StepProgress
    from courses.signals import course_completed

    course = make_course("une", lessons=1)
    enrolment, told = make_enrolment(learner, course), []
    StepProgress.objects.create(enrolment=enrolment, step_key=step_keys(course)[0], kind="lesson")
    slowly(monkeypatch, "courses.services.done_keys", seconds=0.15)
    receiver = lambda **kwargs: told.append(kwargs["enrolment_id"])  # noqa: E731
    course_completed.connect(receiver)
    try:
        fresh = [Enrolment.objects.get(pk=enrolment.pk) for _number in range(3)]
        assert errors(together(*(partial(finish_course, enrolment=each) for each in fresh))) == []
    finally:
        course_completed.disconnect(receiver)
    assert told == [enrolment.pk]


def test_an_import_and_a_sign_up_of_one_person_at_once(site, trainer, monkeypatch):
    """One number, one account; neither stops the other or the other rows."""
    run = check_import("Nom complet;Téléphone\nAwa Ndiaye;77 100 00 01\nBinta Sow;77 100 00 02\n", trainer)
    runs.confirm(run)
    slowly(monkeypatch, "lms.accounts.learner_import.create_learners", before=True, seconds=0.1)
    results = together(
        lambda: work_off(run),
        lambda: sign_up(full_name="Awa Ndiaye", phone="+221771000001", pin="582914", language="fr"),
    )
    locked = [error for error in errors(results) if type(error).__name__ in {"OperationalError", "DataError"}]
    assert locked == []
    run.refresh_from_db()
    assert run.state == runs.RunState.DONE
    assert User.objects.filter(phone="+221771000001").count() == 1
    assert User.objects.filter(full_name="Binta Sow").count() == 1


def test_two_rebuild_a_profile_while_the_learner_accepts(monkeypatch):
    offer = bring_to(S.OFFER)
    slowly(monkeypatch, "placement.services.referrals.mark_active", seconds=0.1)
    results = together(
        lambda: referrals.accept_offer(referral=offer, user=offer.profile.user),
        lambda: indexing.index_profile(profile=as_read(offer).profile),
        lambda: profiles.update_profile(profile=as_read(offer).profile, languages={"fr": 4}, region="Thiès"),
        lambda: at_work.look_for_work(profile=as_read(offer).profile, user=offer.profile.user),
    )
    assert errors(results) == []
    check_consistent(offer.pk)


def test_an_opportunity_is_changed_while_it_is_filled(monkeypatch):
    """The form was read while it was open: what it writes does not open it again, and opening it takes turns."""
    offer = bring_to(S.OFFER)
    contact = offer.opportunity.employer.contacts.get().user
    read = Opportunity.objects.get(pk=offer.opportunity_id)
    needs = [(row.skill, row.level, row.essential) for row in read.skills.all()]
    slowly(monkeypatch, "placement.services.notices.announce", seconds=0.05)
    results = together(
        lambda: referrals.accept_offer(referral=as_read(offer), user=offer.profile.user),
        lambda: opportunities.save_opportunity(
            opportunity=read, employer=offer.opportunity.employer, skills=needs, languages={"fr": 3}, actor=contact,
            connectivity=3,
        ),
    )  # fmt: skip
    assert errors(results) == []
    row = Opportunity.objects.get(pk=read.pk)
    assert (row.state, row.connectivity, row.languages.get().level) == (OpportunityState.FILLED, 3, 3)
    results = together(
        lambda: opportunities.publish(opportunity=Opportunity.objects.get(pk=row.pk), actor=contact),
        lambda: opportunities.close(opportunity=Opportunity.objects.get(pk=row.pk), state=OpportunityState.CLOSED),
    )
    assert errors(results) == []
    check_consistent(offer.pk)


def test_a_team_is_filled_while_somebody_acts(monkeypatch):
    """Twice at once, while a person says no and while the employer opens or changes it: one person for each seat."""
    mission = make_mission(people=2)
    contact = mission.employer.contacts.get().user
    for _ in range(4):
        make_candidate()
    teams.fill(mission.pk)
    first = Referral.objects.order_by("pk").first()
    slowly(monkeypatch, "placement.services.teams.pool_of", seconds=0.05)
    results = together(
        lambda: referrals.decline(referral=as_read(first), user=first.profile.user),
        lambda: teams.fill(mission.pk),
        lambda: teams.fill(mission.pk),
        lambda: missions.open_mission(mission=mission, actor=contact),
        lambda: missions.save_mission(mission=mission, employer=mission.employer, lines=[], actor=contact),
        lambda: missions.move_closing_day(mission=Mission.objects.get(), day=None, actor=contact),
    )
    assert [type(error) for error in errors(results)] == [missions.AskedAlreadyError]
    teams.fill(mission.pk)
    seats = MissionSeat.objects.filter(line__mission=mission)
    assert all(seat.referral.state == S.PROPOSED for seat in seats)
    assert Referral.objects.filter(opportunity__mission_line__mission=mission).count() == 3


def test_an_end_is_taken_back_while_it_fills(monkeypatch):
    """The employer presses undo in the second in which another colleague closes it for good: one of the two stands."""
    sent = bring_to(S.FORWARDED)
    contact = sent.opportunity.employer.contacts.get().user
    row = Opportunity.objects.get(pk=sent.opportunity_id)
    opportunities.close(opportunity=row, state=OpportunityState.FILLED, actor=contact, can_undo=True)
    slowly(monkeypatch, "placement.services.notices.announce", seconds=0.05)
    results = together(
        lambda: opportunities.undo_close(opportunity=Opportunity.objects.get(pk=row.pk), actor=contact),
        lambda: opportunities.close(opportunity=Opportunity.objects.get(pk=row.pk), state=OpportunityState.FILLED),
    )
    assert len(errors(results)) <= 1  # too late
    check_consistent(sent.pk)
    row.refresh_from_db()
    state = Referral.objects.values_list("state", flat=True).get(pk=sent.pk)
    assert (row.state, state, row.undo_until) == (OpportunityState.FILLED, S.OBSOLETE, None)


def test_a_decision_and_another_answer_at_once(manager, monkeypatch):
    """The held words are let pass in the second in which the employer writes others: one of the two is sent."""
    referral = bring_to(S.FORWARDED)
    contact = referral.opportunity.employer.contacts.get().user
    lazy = {"to": S.REFUSED, "reason": "skills", "message": "Vous êtes trop lente."}
    assert not held.answer(referral=as_read(referral), actor=contact, **lazy)
    review = Review.objects.get()
    slowly(monkeypatch, "placement.services.notices.announce", seconds=0.05)
    results = together(
        lambda: decisions.approve(review=review, by=manager),
        lambda: held.answer(referral=as_read(referral), to=S.INTERESTED, actor=contact),
    )
    assert [e for e in errors(results) if not isinstance(e, TransitionError | decisions.DecidedError)] == []
    assert len(errors(results)) < 2
    assert Review.objects.get().state in {"approved", "dropped"}
    check_consistent(referral.pk)


def test_an_open_opportunity_is_changed_and_a_change_decided_at_once(manager):
    row = make_opportunity()
    contact = row.employer.contacts.get().user
    skills = [(each.skill, each.level, each.essential) for each in row.skills.all()]
    save = partial(held.save_opportunity, employer=row.employer, skills=skills, languages={}, actor=contact)
    save(opportunity=Opportunity.objects.get(pk=row.pk), descriptions={"fr": "Bonne présentation."})
    review = Review.objects.get()
    results = together(
        lambda: decisions.approve(review=review, by=manager),
        lambda: save(opportunity=Opportunity.objects.get(pk=row.pk), descriptions={"fr": "Relire."}),
        lambda: opportunities.publish(opportunity=Opportunity.objects.get(pk=row.pk), actor=contact),
    )
    assert [e for e in errors(results) if not isinstance(e, decisions.DecidedError)] == []
    row.refresh_from_db()
    assert row.state == OpportunityState.OPEN
    assert row.descriptions["fr"] in {"Bonne présentation.", "Relire."}


def test_terms_are_agreed_to_while_they_change(monkeypatch):
    """Whichever comes first: a yes is always to terms that stand, or the candidate is asked."""
    referral = bring_to(S.FORWARDED)
    row = Opportunity.objects.get(pk=referral.opportunity_id)
    skills = [(each.skill, each.level, each.essential) for each in row.skills.all()]
    contact = row.employer.contacts.get().user

    def change(hours: int) -> None:
        opportunities.save_opportunity(
            opportunity=Opportunity.objects.get(pk=row.pk), employer=row.employer, skills=skills, languages={},
            actor=contact, hours_per_week=hours,
        )  # fmt: skip

    change(30)
    slowly(monkeypatch, "placement.services.terms_agreed.record", seconds=0.05)
    results = together(
        lambda: terms_agreed.agree(referral=as_read(referral), user=referral.profile.user), lambda: change(35)
    )
    assert errors(results) == []
    agreed = AgreedTerms.objects.get()
    assert agreed.terms["hours_per_week"] == 35 or agreed.changed_at is not None


def keep_away(referral: Referral, manager: User) -> None:
    profile = referral.profile
    objections.object_to(profile=profile, employer=referral.opportunity.employer, user=profile.user)


@pytest.mark.parametrize(("state", "other"), [
    (S.PROPOSED, consent), (S.CONSENTED, send), (S.FORWARDED, refuse), (S.FORWARDED, withdraw), (S.OFFER, accept),
    (S.FORWARDED, keep_away),
])  # fmt: skip
def test_an_employer_is_kept_away_while_somebody_acts(state, other, manager, monkeypatch):
    """Whatever comes first, in the end it sees nothing, and no yes to it stands."""
    referral = bring_to(state)
    slowly(monkeypatch, "placement.services.notices.announce", seconds=0.05)
    results = together(*(partial(act, as_read(referral), manager) for act in (keep_away, other)))
    assert [error for error in errors(results) if not isinstance(error, TransitionError)] == []
    assert isinstance(Objection.objects.get(), Objection)
    assert of_referral(as_read(referral)).basis == Basis.NOTHING
    assert not Referral.objects.agreed_to(referral.opportunity.employer_id).exists()


def note_something(referral: Referral, person: CandidateProfile) -> Any:
    return notes.add_note(employer=referral.opportunity.employer, profile=person, author=None, text="Soigneuse.")


def put_on_the_list(referral: Referral, person: CandidateProfile) -> Any:
    employer = referral.opportunity.employer
    user = employer.contacts.get().user
    return employers.set_shortlisted(employer=employer, profile=person, user=user, wanted=True)


def ask_to_meet(referral: Referral, person: CandidateProfile) -> Any:
    user = referral.opportunity.employer.contacts.get().user
    return proposals.request_referral(opportunity=referral.opportunity, profile=person, actor=user)


@pytest.mark.parametrize("act", [note_something, put_on_the_list, ask_to_meet])
@pytest.mark.parametrize("pause", [0, 0.15])
def test_an_employer_writes_about_somebody_who_hides(act, pause, monkeypatch):
    """The name under which the employer read the person ends: what it writes goes with it, or is never written."""
    referral, profile = make_referral(), make_candidate()
    (person,) = show_people([CandidateProfile.objects.get(pk=profile.pk)], referral.opportunity.employer_id)
    slowly(monkeypatch, "placement.services.profiles.end_names", seconds=0.4)
    slowly(monkeypatch, "placement.services.profiles.end_names", before=True, seconds=0.1)

    def write() -> None:
        time.sleep(pause)
        act(referral, person)

    hide = partial(profiles.update_profile, profile=profile, languages={}, is_searchable=False)
    results = together(hide, write)
    assert {type(error) for error in errors(results)} <= {NameEndedError}
    assert not PersonNote.objects.exists()
    assert not Shortlisted.objects.exists()
    assert {row.code_name for row in Referral.objects.filter(profile=profile)} <= {person.disclosure.code_name}
    assert not CodeName.objects.filter(profile=profile, ended_at=None).exists()


def erase_them(referral, manager):
    erasing.erase(user=referral.profile.user, by=manager)


@pytest.mark.parametrize(("state", "other"), [
    (S.PROPOSED, consent), (S.CONSENTED, send), (S.FORWARDED, refuse), (S.FORWARDED, withdraw), (S.OFFER, accept),
])  # fmt: skip
def test_a_person_is_erased_while_somebody_acts(state, other, manager, monkeypatch):
    """Whatever comes first, in the end nothing of them is left to see, and no yes stands."""
    referral = bring_to(state)
    slowly(monkeypatch, "placement.services.notices.announce", seconds=0.05)
    results = together(*(partial(act, as_read(referral), manager) for act in (erase_them, other)))
    assert [error for error in errors(results) if not isinstance(error, TransitionError)] == []
    assert erasing.is_erased(User.objects.get(pk=referral.profile.user_id))
    assert of_referral(as_read(referral)).basis == Basis.NOTHING
    assert not Referral.objects.agreed_to(referral.opportunity.employer_id).exists()


# -- the law: whoever takes a lock is documented, and raced


def test_two_courses_are_made_to_wait_for_each_other(site, monkeypatch):
    """Each trainer sees a course that waits for nothing; the second to save is told of the first."""
    one, two = make_course("un", lessons=0), make_course("deux", lessons=0)
    people = [make_user(name, Role.MANAGER) for name in ("un", "deux")]
    slowly(monkeypatch, "courses.rules.all_prerequisites")

    def save(user: User, course: Course, first: Course) -> int:
        client = Client()
        client.force_login(user)
        address = reverse("wagtailsnippets_courses_course:edit", args=[course.pk])
        return client.post(address, course_data(course, first)).status_code

    results = together(lambda: save(people[0], one, two), lambda: save(people[1], two, one))
    assert sorted(results) == [200, 302]
    assert one.prerequisites.count() + two.prerequisites.count() == 1


TREE, NEW, COPY = "courses_tree", "courses_new", "courses_copy"
TREE_ACTS = {
    "modules": (TREE, {"new-module": "Un"}, TREE, {"new-module": "Deux"}),
    "steps": (TREE, {"new-lesson-{module}": "Un"}, TREE, {"new-lesson-{module}": "Deux"}),
    "duplicate": (TREE, {"do": "duplicate:{lesson}"}, TREE, {"do": "duplicate:{lesson}"}),
    "move": (TREE, {"do": "down:{lesson}"}, TREE, {"do": "put:{lesson}:{module}"}),
    "move and duplicate": (TREE, {"do": "down:{lesson}"}, TREE, {"do": "duplicate:{lesson}"}),
    "language": (TREE, {"do": "language:en"}, TREE, {"do": "language:en"}),
    "new": (NEW, {"title": "Un"}, NEW, {"title": "Un"}),
    "new like another": (NEW, {"title": "Un", "like": "{course}"}, NEW, {"title": "Un", "like": "{course}"}),
    "copy": (COPY, {"code": "un", "title_fr": "Un"}, COPY, {"code": "un", "title_fr": "Un"}),
    "copy and add": (COPY, {"code": "un", "title_fr": "Un"}, NEW, {"title": "Deux"}),
}
"""What two authors press in the same second: the page, and the form."""


@pytest.mark.parametrize("acts", TREE_ACTS.values(), ids=TREE_ACTS)
def test_two_change_the_tree_of_a_course_at_once(site, monkeypatch, acts):
    """Places in the tree of pages are counted from those that are there."""
    course = make_course("saisie", lessons=2)
    words = {"course": course.pk, "module": module_page(course).pk, "lesson": lesson_page(course).pk}
    real = MP_Node._inc_path

    def slow(node: MP_Node) -> str:
        path = real(node)
        time.sleep(0.2)
        return path

    monkeypatch.setattr(MP_Node, "_inc_path", slow)

    def press(name: str, form: dict[str, str]) -> int:
        client = Client()
        client.force_login(make_user(f"auteure.{uuid4().hex}", Role.MANAGER))
        address = reverse(name, args=[] if name == NEW else [course.pk])
        return client.post(
            address, {key.format(**words): text.format(**words) for key, text in form.items()}
        ).status_code

    results = together(lambda: press(acts[0], acts[1]), lambda: press(acts[2], acts[3]))
    assert errors(results) == []
    assert sorted(results) == ([302, 422] if acts[:2] == acts[2:] and acts[0] == COPY else [302, 302])
    assert not any(Page.find_problems())


RACED = {
    "assessments.services.grades.submit": "test_marking_again_while_it_is_handed_in",
    "assessments.services.grades.regrade": "test_marking_again_while_it_is_handed_in",
    "assessments.services.grades.reopen": "test_opening_again_and_starting_again",
    "assessments.services.starting.start_once": "test_handing_in_and_starting_again",
    "assessments.services.allowances.give": "test_more_time_is_given_while_it_starts_and_ends",
    "assessments.services.allowances.take_back": "test_an_attempt_begins_with_what_is_taken_back",
    "assessments.services.saving.save_response": "test_saving_and_handing_in",
    "courses.learner_notes.add_note": "test_one_form_about_a_learner_is_sent_many_times_at_once",
    "courses.learner_notes.correct_note": "test_a_note_is_corrected_twice_at_once",
    "courses.services.mark_step_done": "test_the_last_step_pressed_twice_at_once",
    **dict.fromkeys(
        [
            *(
                f"courses.arranging.{name}"
                for name in (
                    "add_module",
                    "add_step",
                    "place",
                    "duplicate",
                    "begin_language",
                    "new_course",
                    "new_course_like",
                )
            ),
            "courses.copying.copy_course",
            "courses.services.begin_page",
            "courses.copying.copy_part",
        ],
        "test_two_change_the_tree_of_a_course_at_once",
    ),
    "courses.prerequisites.check_in_turn": "test_two_courses_are_made_to_wait_for_each_other",
    "courses.services.finish_course": "test_two_finish_a_complete_course_at_once",
    "placement.services.referrals.consent": "test_two_act_on_one_referral_at_once",
    "placement.services.referrals.accept_offer": "test_two_act_on_one_referral_at_once",
    "placement.services.opportunities.close": "test_two_act_on_one_referral_at_once",
    "placement.services.opportunities.undo_close": "test_an_end_is_taken_back_while_it_fills",
    "placement.services.freeing.free_first": "test_two_act_on_one_referral_at_once",
    "placement.services.answers.answer": "test_two_act_on_one_referral_at_once",
    "placement.services.held.write": "test_two_act_on_one_referral_at_once",
    "placement.services.threads.write": "test_two_act_on_one_referral_at_once",
    "placement.services.answers.record_outcome": "test_both_sides_tell_of_one_day_at_once",
    "placement.services.answers.decide_pay": "test_two_managers_decide_about_the_pay_at_once",
    "placement.services.answers.correct_outcome": "test_both_sides_tell_of_one_day_at_once",
    "placement.services.answers.mark_started": "test_two_act_on_one_referral_at_once",
    "placement.services.at_work.look_for_work": "test_two_rebuild_a_profile_while_the_learner_accepts",
    **dict.fromkeys(
        [
            "placement.services.notes.add_note",
            "placement.services.employers.set_shortlisted",
            "placement.services.proposals.request_referral",
        ],
        "test_an_employer_writes_about_somebody_who_hides",
    ),
    "placement.services.objections.object_to": "test_an_employer_is_kept_away_while_somebody_acts",
    "placement.services.offers.make": "test_two_act_on_one_referral_at_once",
    "placement.services.referrals.decline_offer": "test_two_act_on_one_referral_at_once",
    "placement.services.interviews.propose": "test_a_time_is_chosen_while_the_other_side_acts",
    "placement.services.interviews.choose": "test_a_time_is_chosen_while_the_other_side_acts",
    "placement.services.interviews.none_fits": "test_a_time_is_chosen_while_the_other_side_acts",
    "placement.services.interviews.cancel": "test_a_time_is_chosen_while_the_other_side_acts",
    "placement.services.interviews.say_end": "test_both_sides_say_at_once_what_became_of_it",
    "placement.services.follow_up.carry_forward": "test_the_clock_and_an_answer_at_once_count_one_of_them",
    "placement.services.people_shown.record_new_people": "test_ten_look_at_once_and_three_places_are_left",
    "placement.services.opportunities.save_opportunity": "test_an_opportunity_is_changed_while_it_is_filled",
    "placement.services.opportunities.publish": "test_an_opportunity_is_changed_while_it_is_filled",
    "placement.services.opportunities.open_now": "test_an_open_opportunity_is_changed_and_a_change_decided_at_once",
    "placement.services.held.save_opportunity": "test_an_open_opportunity_is_changed_and_a_change_decided_at_once",
    "placement.services.missions.save_mission": "test_a_team_is_filled_while_somebody_acts",
    "placement.services.missions.move_closing_day": "test_a_team_is_filled_while_somebody_acts",
    "placement.services.missions.open_mission": "test_a_team_is_filled_while_somebody_acts",
    "placement.services.teams.fill": "test_a_team_is_filled_while_somebody_acts",
    "placement.services.decisions.approve": "test_a_decision_and_another_answer_at_once",
    "placement.services.decisions.send_back": "test_a_decision_and_another_answer_at_once",
    "placement.services.decisions.refuse": "test_a_decision_and_another_answer_at_once",
    "placement.services.terms_agreed.agree": "test_terms_are_agreed_to_while_they_change",
    "placement.services.profiles.update_profile": "test_two_rebuild_a_profile_while_the_learner_accepts",
    "placement.services.indexing.index_profile": "test_two_rebuild_a_profile_while_the_learner_accepts",
    "lms.accounts.merging.merge": "test_learning_goes_on_while_accounts_are_merged",
    "lms.accounts.exports.ask": "test_a_copy_of_the_data_is_asked_for_many_times_at_once",
    "lms.accounts.erasing.erase": "test_a_person_is_erased_while_somebody_acts",
    "lms.accounts.merging.erase_again": "test_a_merge_is_undone_while_its_time_ends",
    "placement.services.colleagues.remove": "test_two_owners_leave_at_once",
    "placement.services.colleagues.set_owner": "test_two_owners_leave_at_once",
    "placement.services.colleagues.invite": "test_an_address_is_invited_twice_at_once",
    "placement.services.colleagues.withdraw": "test_one_invitation_is_accepted_and_withdrawn_at_once",
    "placement.services.colleagues.accept_new": "test_one_invitation_is_accepted_and_withdrawn_at_once",
    "placement.services.colleagues.accept": "test_somebody_with_an_account_accepts_while_it_is_sent_again",
    "placement.services.colleagues.send_again": "test_somebody_with_an_account_accepts_while_it_is_sent_again",
    "placement.services.saved_searches.save_search": "test_a_search_is_saved_in_two_tabs_at_once",
    "placement.services.saved_searches.change_search": "test_a_search_is_changed_while_the_worker_looks",
    "placement.demo.work.make_referrals": "test_the_demo_refers_people_and_an_opportunity_is_closed",
    "lms.accounts.merging.undo": "test_learning_goes_on_while_a_merge_is_undone",
    "lms.accounts.services.release_numbers": "test_a_number_is_proved_and_given_away_at_once",
    "lms.accounts.second_factor.removing": "test_the_last_two_factors_are_removed_at_once",
    "lms.accounts.second_factor.use_counter": "test_a_passkey_and_its_copy_at_once",
    "lms.accounts.second_factor.use_code": "test_one_code_of_an_app_is_typed_on_two_phones_at_once",
}
"""Service that locks rows -> the test of ``RACES`` that runs it against another."""

RACES = ("test_pairs.py", "test_races.py", "test_account_races.py", "test_search_races.py", "test_employer_races.py")

APPS = ("lms", "cms", "courses", "assessments", "certificates", "placement")


def functions() -> dict[str, tuple[ast.FunctionDef, set[str]]]:
    """Dotted name -> the function and the full names of what it calls."""
    found = {}
    for app in APPS:
        for file in (ROOT / app).rglob("*.py"):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            tree = ast.parse(file.read_text())
            names = {
                alias.asname or alias.name: f"{node.module}.{alias.name}"
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom) and node.module
                for alias in node.names
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef):
                    called = {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
                    # a queryset compiled once is called by its name, and a function is handed over by it
                    called |= {ast.unparse(each) for each in ast.walk(node) if isinstance(each, ast.Name)}
                    full = set()
                    for name in called:
                        head, dot, rest = name.partition(".")
                        if head.isupper():  # a constant: GET_X.first(...)
                            dot = rest = ""
                        full.add(f"{names.get(head, f'{module}.{head}')}{dot}{rest}")
                    found[f"{module}.{node.name}"] = (node, full)
    return found


def compiled() -> dict[str, str]:
    """Names that stand for a function at the level of a module: ``GET_X = CompiledQuery(build_x)``."""
    found = {}
    for app in APPS:
        for file in (ROOT / app).rglob("*.py"):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            for node in ast.parse(file.read_text()).body:
                if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
                    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
                    for argument in node.value.args:
                        if isinstance(argument, ast.Name) and isinstance(target, ast.Name):
                            found[f"{module}.{target.id}"] = f"{module}.{argument.id}"
    return found


def is_atomic(node: ast.FunctionDef) -> bool:
    return any("atomic" in ast.unparse(decorator) for decorator in node.decorator_list) or any(
        "atomic" in ast.unparse(item.context_expr)
        for each in ast.walk(node)
        if isinstance(each, ast.With)
        for item in each.items
    )


def services_that_lock() -> set[str]:
    """Whoever opens the transaction in which a row is locked, itself or by a helper."""
    known, aliases = functions(), compiled()
    lockers = {"lms.lib.locks.locked", "lms.lib.locks.hold"}
    services: set[str] = set()
    while True:
        new = {
            name
            for name, (_node, called) in known.items()
            if called & lockers and name not in lockers | services and not name.startswith("lms.lib.locks.")
        }
        new |= {alias for alias, function in aliases.items() if function in lockers} - lockers
        if not new:
            return services
        for name in new:
            if name in known and is_atomic(known[name][0]):
                services.add(name)
            else:
                lockers.add(name)


HELPERS = {"courses.arranging.add_page", "courses.copying.copy_tree"}  # of services that have taken their turn


def test_whoever_changes_the_tree_of_pages_takes_a_turn():
    """But for course folders, which are loaded by a command, page by page."""
    changes = (".add_child", ".move", ".copy_for_translation", "source.copy")
    found = {
        name
        for name, (_node, called) in functions().items()
        if name.startswith("courses.") and ".loading." not in name and any(one.endswith(changes) for one in called)
    }
    assert len(found) > 4
    assert found - HELPERS <= RACED.keys()


def test_every_service_that_locks_is_documented_and_raced():
    """A new one: a row of docs/locks.md, a test in a module of RACES, and a line of RACED."""
    services = services_that_lock()
    assert services - RACED.keys() == set(), "not raced"
    assert RACED.keys() - services == set(), "locks no more"
    text = (ROOT / "docs" / "locks.md").read_text()
    undocumented = {name for name in services if f"{name.rpartition('.')[2].removesuffix('_once')}`" not in text}
    assert undocumented == set()
    tests = "".join(Path(__file__).with_name(name).read_text() for name in RACES)
    assert {test for test in RACED.values() if f"def {test}(" not in tests} == set()
