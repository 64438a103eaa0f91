"""The same button pressed ten times at once: by an impatient thumb, a proxy that repeats, or two colleagues."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string

from assessments.form_keys import issue_key
from assessments.models import Allowance, Assessment, Attempt, Grade
from assessments.services import reopen, save_response, saving, start, submit
from assessments.services.allowances import give, take_back
from courses.learner_notes import add_note, correct_note
from courses.models import Enrolment, LearnerNote
from courses.services import mark_step_done
from courses.signals import course_completed
from lms.accounts.models import OutboundMessage, User
from lms.lib import locks
from placement.demo.work import make_referrals
from placement.enums import OpportunityState
from placement.enums import ReferralState as S
from placement.models import CandidateProfile, Consent, Opportunity, Outcome, PersonRead, Referral
from placement.people_shown import ViewLimitReachedError
from placement.services import (
    answers,
    employers,
    follow_up,
    link_secrets,
    opportunities,
    people_shown,
    proposals,
    referrals,
    terms_agreed,
)
from placement.services.transitions import TransitionError
from tests.assessments.helpers import answer_all, begin, right_fields, wrong_fields
from tests.factories.assessments import assessment_page, make_assessment, make_in_both_languages
from tests.factories.courses import make_course, make_enrolment, step_keys
from tests.factories.placement import (
    make_candidate,
    make_employer,
    make_hired,
    make_opportunity,
    make_referral,
    offer_work,
)

pytestmark = pytest.mark.django_db(transaction=True)

PRESSES = 10


def press(user: User | None, path: str, data: dict[str, Any]) -> list[int]:
    """Post the form from ten browsers at the same moment; the statuses of the answers."""
    clients = [Client() for _press in range(PRESSES)]
    for client in clients:
        client.raise_request_exception = False
        if user is not None:
            client.force_login(user)
    return at_once(lambda client: client.post(path, data).status_code, clients)


def at_once(work: Callable[[Any], Any], subjects: Sequence[Any]) -> list[Any]:
    """Do the work on all subjects at the same moment, each on its own connection; what came out."""
    start, results = threading.Barrier(len(subjects)), []

    def one(subject: Any) -> None:
        start.wait()
        try:
            results.append(work(subject))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[subject]) for subject in subjects]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def give_time(enrolment: Enrolment, by: User) -> Allowance:
    return give(
        enrolment=enrolment, assessment=Assessment.objects.get(), kind="time", minutes=5, reason="x", key=uuid4(), by=by
    )


class TestNotes:
    def test_one_form_about_a_learner_is_sent_many_times_at_once(self, site, learner, manager):
        form = {"key": str(uuid4()), "text": "Reprend jeudi."}
        assert set(press(manager, f"/cms/learner/{learner.pk}/notes/", form)) == {302}
        assert LearnerNote.objects.count() == 1

    def test_a_note_is_corrected_twice_at_once(self, learner, manager, monkeypatch):
        """Each of the two takes what the other wrote for what it said before."""
        note = add_note(learner=learner, author=manager, text="Un.", key=uuid4())
        slowly(monkeypatch, "courses.learner_notes.check_note")
        words = ("Deux.", "Trois.")
        results = together(*(lambda text=text: correct_note(note=note, text=text, by=manager) for text in words))
        assert not errors(results)
        note.refresh_from_db()
        assert sorted([note.text, *note.before.values_list("text", flat=True)]) == ["Deux.", "Trois.", "Un."]


class TestAssessment:
    @pytest.fixture
    def enrolment(self, site, learner):
        course = make_course("saisie", lessons=1)
        self.assessment = make_assessment(course, questions=[make_in_both_languages("single", code="q")[0]])
        return make_enrolment(learner, course)

    def test_one_attempt_is_started(self, enrolment, learner):
        assert set(press(learner, "/fr/learn/saisie/test/evaluation/", {})) == {302}
        assert Attempt.objects.count() == 1

    def test_one_is_handed_in_and_graded(self, enrolment, learner):
        attempt = begin(enrolment, self.assessment)
        answer_all(learner, attempt)
        assert set(press(learner, f"/fr/learn/saisie/test/evaluation/{attempt.pk}/", {})) == {302}
        assert Grade.objects.count() == 1

    def test_one_answer_is_kept_of_one_form(self, enrolment, learner):
        attempt = begin(enrolment, self.assessment)
        item = attempt.items.get()
        form = {"key": str(issue_key()), "go": "next", **right_fields(item)}
        assert set(press(learner, f"/fr/learn/saisie/test/evaluation/{attempt.pk}/1/", form)) == {302}
        assert item.responses.count() == 1


class TestPlacement:
    def test_one_yes(self):
        referral = make_referral()
        form = {"phone": "on", "seen": terms_agreed.seen_of(referral)}
        assert set(press(referral.profile.user, f"/fr/opportunities/{referral.pk}/yes/", form)) == {302}
        assert Consent.objects.count() == 1
        assert referral.events.filter(after=S.CONSENTED).count() == 1

    @pytest.mark.parametrize("answer", [S.INTERESTED, S.QUESTION, S.INTERVIEW, S.REFUSED])
    def test_one_answer_of_the_employer(self, answer):
        referral = make_referral(state=S.FORWARDED)
        contact = referral.opportunity.employer.contacts.get().user
        form = {"answer": answer, "message": "Lundi à 9 h", "reason": "skills", "shared": "on"}
        path = f"/fr/employers/referrals/{referral.pk}/answer/"
        assert set(press(contact, path, form)) == {302}
        assert set(press(contact, path, form)) == {302}
        assert referral.events.filter(after=answer).count() == 1
        told = OutboundMessage.objects.filter(user=referral.profile.user, kind=f"referral-{answer}", channel="app")
        assert told.count() == 1

    def test_one_answer_by_the_link_of_the_mail(self):
        referral = make_referral(state=S.FORWARDED)
        contact = referral.opportunity.employer.contacts.get()
        press(None, link_secrets.reply_path(referral, contact), {"answer": S.QUESTION, "message": "Quand ?"})
        assert referral.events.filter(after=S.QUESTION).count() == 1

    @pytest.mark.parametrize(("positions", "hired"), [(4, 4), (1, 1)])
    def test_four_say_yes_to_the_last_positions_and_the_opportunity_is_filled(self, positions, hired):
        opportunity = make_opportunity(positions=positions)
        made = [make_referral(opportunity=opportunity, state=S.FORWARDED) for _ in range(4)]
        for referral in made:
            offer_work(referral)

        def accept(referral: Referral) -> bool:
            try:
                referrals.accept_offer(referral=referral, user=referral.profile.user)
            except TransitionError:  # the positions are gone
                return False
            return True

        assert at_once(accept, made).count(True) == hired
        assert Opportunity.objects.get().state == OpportunityState.FILLED

    def test_one_first_day(self):
        referral = make_referral(state=S.FORWARDED)
        contact = referral.opportunity.employer.contacts.get().user
        Referral.objects.filter(pk=referral.pk).update(state=S.ACCEPTED)
        today = {"on": timezone.localdate().isoformat()}
        assert set(press(contact, f"/fr/employers/referrals/{referral.pk}/started/", today)) == {302}
        assert Outcome.objects.count() == 5

    def test_the_clock_carries_on_no_answer_that_is_being_corrected(self):
        make_hired(days=90)
        first, later = (Outcome.objects.get(mark=mark) for mark in ("day30", "day90"))
        answers.record_outcome(outcome=first, in_work=False, by="learner")
        changed = threading.Event()

        def work(by: str) -> None:
            if by == "clock":
                changed.wait()
                follow_up.carry_forward(outcome_id=later.pk, now=timezone.now())
                return
            with transaction.atomic():
                answers.correct_outcome(outcome=first, in_work=True, by=by)
                changed.set()
                time.sleep(0.3)  # the clock begins before this is committed

        at_once(work, ["clock", "learner"])
        later.refresh_from_db()
        assert (later.in_work, later.answered_by) == (None, "")


def slowly(monkeypatch: pytest.MonkeyPatch, target: str, *, before: bool = False, seconds: float = 0.3) -> None:
    """Let that function take its time, so that the other transaction is in the middle of its own meanwhile."""
    real = import_string(target)

    def slow(*args: Any, **kwargs: Any) -> Any:
        if before:
            time.sleep(seconds)
        result = real(*args, **kwargs)
        if not before:
            time.sleep(seconds)
        return result

    monkeypatch.setattr(target, slow)


def together(*works: Callable[[], Any]) -> list[Any]:
    """Do all of it at the same moment; what came out, errors too."""

    def one(work: Callable[[], Any]) -> Any:
        try:
            return work()
        except Exception as error:  # noqa: BLE001  (a deadlock is what we look for)
            return error

    return at_once(one, works)


def errors(results: Sequence[Any]) -> list[Any]:
    return [result for result in results if isinstance(result, Exception)]


class TestLocks:
    """docs/locks.md: each pair of services that meet on the same rows, against each other."""

    @pytest.fixture
    def course(self, site):
        return make_course("saisie", lessons=1)

    @pytest.fixture
    def attempt(self, course, learner):
        self.assessment = make_assessment(course, questions=[make_in_both_languages("single", code="q")[0]])
        attempt = begin(make_enrolment(learner, course), self.assessment)
        answer_all(learner, attempt)
        return attempt

    def test_handing_in_and_starting_again(self, attempt, monkeypatch):
        """One held the attempt and waited for the enrolment, the other the other way round."""
        Attempt.objects.update(deadline_at=timezone.now() - timedelta(minutes=5))
        slowly(monkeypatch, "assessments.services.grades.grade_items")
        page = assessment_page(self.assessment)
        results = together(
            lambda: submit(attempt=attempt), lambda: start(enrolment=attempt.enrolment, page=page, language="fr")
        )
        assert errors(results) == []
        assert Grade.objects.count() == 1

    def test_opening_again_and_starting_again(self, attempt, monkeypatch):
        """An attempt that a wrong clock closed is opened, and its person begins another: one of the two stands."""
        Attempt.objects.update(deadline_at=timezone.now() - timedelta(minutes=5))
        monkeypatch.setattr("assessments.models.Attempt.is_overdue", lambda attempt: True)
        closed, page = submit(attempt=attempt), assessment_page(self.assessment)
        monkeypatch.undo()
        Attempt.objects.update(passed=False)
        slowly(monkeypatch, "assessments.services.grades.tell_reopened")
        slowly(monkeypatch, "assessments.services.starting.check_may_start")
        results = together(
            lambda: reopen(attempt=closed, by=None),
            lambda: reopen(attempt=closed, by=None),
            lambda: start(enrolment=closed.enrolment, page=page, language="fr"),
        )
        assert {type(error) for error in errors(results)} <= {ValidationError}
        assert Attempt.objects.filter(submitted_at=None).count() == 1

    def test_more_time_is_given_while_it_starts_and_ends(self, attempt, manager, monkeypatch):
        """The minutes are in the open attempt, or wait for the next: never in none, never in two."""
        Assessment.objects.update(time_limit_minutes=20)
        Attempt.objects.update(deadline_at=timezone.now() + timedelta(minutes=20), passed=None)
        slowly(monkeypatch, "assessments.services.allowances.check_allowance")
        slowly(monkeypatch, "assessments.services.grades.grade_items")
        results = together(
            lambda: submit(attempt=attempt),
            lambda: give_time(attempt.enrolment, manager),
            lambda: give_time(attempt.enrolment, manager),
        )
        assert {type(error) for error in errors(results)} <= {ValidationError}  # it has passed meanwhile
        attempt.refresh_from_db()
        for row in Allowance.objects.all():
            assert row.attempt_id in {None, attempt.pk}

    def test_an_attempt_begins_with_what_is_taken_back(self, attempt, manager, monkeypatch):
        Assessment.objects.update(max_attempts=1)
        closed, page = submit(attempt=attempt), assessment_page(self.assessment)
        Attempt.objects.update(passed=False)
        given = Allowance.objects.create(
            enrolment=closed.enrolment, assessment=closed.assessment, kind="attempt", reason="x", key=uuid4()
        )
        slowly(monkeypatch, "assessments.services.starting.check_may_start")
        slowly(monkeypatch, "assessments.services.allowances.tell_taken_back")
        results = together(
            lambda: take_back(allowance=given, by=manager),
            lambda: start(enrolment=Enrolment.objects.get(), page=page, language="fr"),
        )
        assert len(errors(results)) == 1  # one of the two came too late
        given.refresh_from_db()
        assert (given.attempt_id is None) == (Attempt.objects.count() == 1)

    def test_handing_in_and_marking_a_step(self, attempt, monkeypatch):
        slowly(monkeypatch, "assessments.services.grades.grade_items")
        key = step_keys(attempt.enrolment.course)[0]
        results = together(
            lambda: submit(attempt=attempt),
            lambda: mark_step_done(enrolment=attempt.enrolment, step_key=key, kind="lesson"),
        )
        assert errors(results) == []
        assert Enrolment.objects.get().completed_at is not None

    def test_the_last_two_steps_complete_the_course_once(self, course, learner, monkeypatch):
        """Without the lock neither sees the other's step, and the course stays open for ever."""
        course = make_course("deux", lessons=2)
        enrolment, told = make_enrolment(learner, course), []
        slowly(monkeypatch, "courses.services.done_keys")
        receiver = lambda **kwargs: told.append(kwargs["enrolment_id"])  # noqa: E731
        course_completed.connect(receiver)
        try:
            works = [
                lambda key=key: mark_step_done(
                    enrolment=Enrolment.objects.get(pk=enrolment.pk), step_key=key, kind="lesson"
                )
                for key in step_keys(course)
            ]
            assert errors(together(*works)) == []
        finally:
            course_completed.disconnect(receiver)
        assert told == [enrolment.pk]

    def test_saving_and_handing_in(self, attempt, learner, monkeypatch):
        """An answer that was acknowledged is in the grade; one that came too late is refused."""
        item = attempt.items.get()
        slowly(monkeypatch, "assessments.services.saving.write", before=True)
        key = issue_key()
        raw = wrong_fields(item)
        began = threading.Event()
        real = saving.get_locked_item

        def locked_item(*args: Any) -> Any:
            found = real(*args)
            began.set()
            return found

        monkeypatch.setattr(saving, "get_locked_item", locked_item)

        def hand_in() -> Attempt:
            began.wait()
            return submit(attempt=attempt)

        results = together(
            lambda: save_response(user=learner, attempt_id=attempt.pk, position=1, key=key, raw=raw), hand_in
        )
        assert errors(results) == []
        assert Attempt.objects.get().score == 0  # the wrong answer, saved before it was handed in, counts

    def test_two_accept_what_the_other_waits_for(self, monkeypatch):
        """Each frees the other's proposals: in the order of their keys, not each in its own."""
        openings = [make_opportunity(positions=1) for _number in range(2)]
        people = [make_candidate() for _number in range(2)]
        offered = []
        for mine, person in enumerate(people):
            for number, opening in enumerate(openings):
                referral = make_referral(person, opening, state=S.FORWARDED)
                if number == mine:
                    offer_work(referral)
                    offered.append(Referral.objects.with_page_data().get(pk=referral.pk))
        slowly(monkeypatch, "placement.services.referrals.mark_active")
        works = [lambda r=r: referrals.accept_offer(referral=r, user=r.profile.user) for r in offered]
        assert errors(together(*works)) == []
        assert sorted(Referral.objects.values_list("state", flat=True)) == sorted([S.ACCEPTED] * 2 + [S.OBSOLETE] * 2)

    def test_accepting_and_closing(self, monkeypatch):
        opening = make_opportunity(positions=2)
        offers = [make_referral(opportunity=opening, state=S.FORWARDED) for _number in range(2)]
        for offer in offers:
            offer_work(offer)
        slowly(monkeypatch, "placement.services.referrals.mark_active")
        works = [lambda r=r: referrals.accept_offer(referral=r, user=r.profile.user) for r in offers]
        close = lambda: opportunities.close(  # noqa: E731
            opportunity=Opportunity.objects.get(pk=opening.pk), state=OpportunityState.CLOSED
        )
        assert errors(together(*works, close)) == []

    def test_suspending_and_accepting(self, manager, monkeypatch):
        offer = make_referral(state=S.FORWARDED)
        offer_work(offer)
        slowly(monkeypatch, "placement.services.referrals.mark_active")
        results = together(
            lambda: referrals.accept_offer(referral=offer, user=offer.profile.user),
            lambda: employers.suspend(employer=offer.opportunity.employer, by=manager),
        )
        assert [error for error in errors(results) if not isinstance(error, TransitionError)] == []

    def test_the_demo_refers_people_and_an_opportunity_is_closed(self, monkeypatch):
        opening = make_opportunity(positions=9)
        for person in [make_candidate() for _number in range(3)]:
            User.objects.filter(pk=person.user_id).update(is_demo=True, username=f"demo-{person.pk}")
        slowly(monkeypatch, "placement.services.referrals.mark_active")
        results = together(
            lambda: make_referrals([opening]),
            lambda: opportunities.close(
                opportunity=Opportunity.objects.get(pk=opening.pk), state=OpportunityState.CLOSED
            ),
        )
        assert [error for error in errors(results) if not isinstance(error, TransitionError)] == []

    def test_matching_a_certificate_and_proposing_an_opportunity(self, monkeypatch):
        person = make_candidate()
        opening = make_opportunity(proposed_at=None)
        certificate = person.user.certificates.get()
        slowly(monkeypatch, "placement.services.proposals.with_evidence")
        results = together(
            lambda: proposals.propose_matches(certificate=certificate),
            lambda: proposals.propose_opportunity(opportunity=Opportunity.objects.get(pk=opening.pk)),
        )
        assert errors(results) == []
        assert Referral.objects.count() == 1

    def test_a_table_without_a_place_in_the_order_is_not_locked(self):
        with pytest.raises(LookupError, match="order of locks"):
            locks.locked(Consent.objects.all())


def test_ten_look_at_once_and_three_places_are_left(settings):
    """The limit of people an employer may look at is not passed by asking for ten pages at the same moment."""
    settings.CONTACT_PEOPLE_PER_HOUR = settings.EMPLOYER_PEOPLE_PER_HOUR = 3
    employer = make_employer()
    user, people = employer.contacts.get().user, [make_candidate() for _person in range(PRESSES)]

    def look(person: CandidateProfile) -> bool:
        try:
            people_shown.record_people(employer=employer, user=user, people=[person])
        except ViewLimitReachedError:
            return False
        return True

    assert sum(at_once(look, people)) == 3
    assert PersonRead.objects.count() == 3
