"""The same button pressed ten times at once: by an impatient thumb, a proxy that repeats, or two colleagues."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from assessments.models import Attempt, Grade
from lms.accounts.models import OutboundMessage, User
from placement.enums import OpportunityState
from placement.enums import ReferralState as S
from placement.models import Consent, Opportunity, Outcome, Referral
from placement.services import answers, follow_up, referrals, secrets
from placement.services.moves import MoveError
from tests.assessments.helpers import answer_all, begin, right_fields
from tests.factories.assessments import make_assessment, make_in_both_languages
from tests.factories.courses import make_course, make_enrolment
from tests.factories.placement import make_hired, make_opportunity, make_referral

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
        form = {"key": str(uuid4()), "go": "next", **right_fields(item)}
        assert set(press(learner, f"/fr/learn/saisie/test/evaluation/{attempt.pk}/1/", form)) == {302}
        assert item.responses.count() == 1


class TestPlacement:
    def test_one_yes(self):
        referral = make_referral()
        assert set(press(referral.profile.user, f"/fr/opportunities/{referral.pk}/yes/", {"phone": "on"})) == {302}
        assert Consent.objects.count() == 1
        assert referral.events.filter(after=S.CONSENTED).count() == 1

    @pytest.mark.parametrize("answer", [S.INTERESTED, S.QUESTION, S.INTERVIEW, S.OFFER, S.REFUSED])
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
        press(None, secrets.reply_path(referral), {"answer": S.QUESTION, "message": "Quand ?"})
        assert referral.events.filter(after=S.QUESTION).count() == 1

    @pytest.mark.parametrize(("positions", "hired"), [(4, 4), (1, 1)])
    def test_four_say_yes_to_the_last_positions_and_the_opportunity_is_filled(self, positions, hired):
        opportunity = make_opportunity(positions=positions)
        made = [make_referral(opportunity=opportunity, state=S.FORWARDED) for _ in range(4)]
        for referral in made:
            answers.answer(referral=referral, to=S.OFFER, message="120 000 F par mois")

        def accept(referral: Referral) -> bool:
            try:
                referrals.accept_offer(referral=referral, user=referral.profile.user)
            except MoveError:  # the positions are gone
                return False
            return True

        assert at_once(accept, made).count(True) == hired
        assert Opportunity.objects.get().state == OpportunityState.FILLED

    def test_one_first_day(self):
        referral = make_referral(state=S.FORWARDED)
        contact = referral.opportunity.employer.contacts.get().user
        Referral.objects.filter(pk=referral.pk).update(state=S.ACCEPTED)
        assert set(press(contact, f"/fr/employers/referrals/{referral.pk}/started/", {})) == {302}
        assert Outcome.objects.count() == 5

    def test_the_clock_carries_on_no_answer_that_is_being_corrected(self):
        make_hired(days=90)
        first, later = (Outcome.objects.get(mark=mark) for mark in ("day30", "day90"))
        answers.record_outcome(outcome=first, in_work=False, by="learner")
        changed = threading.Event()

        def work(by: str) -> None:
            if by == "clock":
                changed.wait()
                follow_up.carry_on(outcome_id=later.pk, now=timezone.now())
                return
            with transaction.atomic():
                answers.correct_outcome(outcome=first, in_work=True, by=by)
                changed.set()
                time.sleep(0.3)  # the clock begins before this is committed

        at_once(work, ["clock", "learner"])
        later.refresh_from_db()
        assert (later.in_work, later.answered_by) == (None, "")
