"""The page of one learner: what they did, for whoever may see their account, and nobody else."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import Attempt
from assessments.services import submit
from courses.group_messages import TRAINER_MESSAGE
from courses.services import mark_step_done
from lms.accounts.enums import Channel, Role
from lms.accounts.messages import queue_message
from tests.assessments.helpers import answer_all, begin
from tests.factories.assessments import make_assessment, make_question
from tests.factories.courses import make_cohort, make_course, make_enrolment, step_keys
from tests.factories.people import make_user


@pytest.fixture
def course(site):
    return make_course(lessons=2)


@pytest.fixture
def address(learner, trainer, course):
    make_cohort(learner, trainers=(trainer,), courses=(course,), name="Groupe du matin")
    return f"/cms/learner/{learner.pk}/"


def test_a_trainer_reads_what_their_learner_did(course, learner, sign_in):
    trainer = make_user("mariam", Role.TRAINER, all_courses=False)
    make_cohort(learner, trainers=(trainer,), courses=(course,), name="Groupe du matin")
    exam = make_assessment(course, code="exam", questions=[make_question(code="q1")])
    enrolment = make_enrolment(learner, course)
    mark_step_done(enrolment=enrolment, step_key=step_keys(course)[0], kind="lesson")
    attempt = begin(enrolment, exam)
    answer_all(learner, attempt)
    submit(attempt=attempt)
    for kind, subject in ((TRAINER_MESSAGE, "Bravo"), ("referral-proposed", "Chez Pont Data")):
        queue_message(key=kind, user=learner, channel=Channel.APP, kind=kind, subject=subject, body="Bonjour")
    text = sign_in(trainer).get(f"/cms/learner/{learner.pk}/").content.decode()
    assert "2 / 3" in text
    for words in ("Leçon 1", "Évaluation", "100\u00a0%", "Saisie de données", "Groupe du matin", "Bravo"):
        assert words in text, words
    assert "Pont Data" not in text  # what employers want of them is theirs
    assert f"/attempts/{attempt.pk}/" not in text  # the trainer of a group has no role in the course


def test_whoever_may_see_the_assessment_goes_on_to_the_answers(address, course, learner, manager, sign_in):
    exam = make_assessment(course, code="exam", questions=[make_question(code="q1")])
    attempt = begin(make_enrolment(learner, course), exam)
    submit(attempt=attempt)
    client = sign_in(manager)
    link = f"/cms/assessments/{exam.pk}/attempts/{attempt.pk}/"
    assert link in client.get(address).content.decode()
    assert client.get(link).status_code == 200


def test_nobody_else_reads_it(address, learner, stranger, employer_user, sign_in):
    assert sign_in(make_user("autre", Role.TRAINER)).get(address).status_code == 404
    for user in (learner, stranger, employer_user):
        assert sign_in(user).get(address).status_code == 403


def test_without_anything_each_section_says_so(address, trainer, sign_in):
    text = sign_in(trainer).get(address).content.decode()
    for words in ("Aucun essai", "Aucune question", "Aucun certificat", "Rien pour l’instant"):
        assert words in text, words


def test_more_attempts_cost_no_more(address, course, learner, manager, sign_in):
    exam = make_assessment(course, code="exam", questions=[make_question(code="q1")])
    enrolment = make_enrolment(learner, course)
    submit(attempt=begin(enrolment, exam))
    first, client = Attempt.objects.get(), sign_in(manager)
    counted = []
    for number in range(2, 60):
        if number in (2, 59):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counted.append(len(queries))
        first.pk, first.number = None, number
        first.id = uuid4()
        first.save(force_insert=True)
    assert counted[1] <= counted[0]
