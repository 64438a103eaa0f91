"""Marking an assessment again: what is seen, what is written, who is told, and whose learners they are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Attempt, Grade
from assessments.services import submit, try_regrade
from courses.models import Course
from lms.accounts.models import OutboundMessage
from tests.assessments.helpers import answer_all, begin, right_fields, wrong_fields
from tests.assessments.test_services import mend
from tests.factories.assessments import make_assessment, make_question
from tests.factories.courses import make_cohort, make_course, make_enrolment
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment(site):
    return make_assessment(make_course(), questions=[make_question("single", code="q1")])


def take(user, assessment, fields):
    attempt = begin(make_enrolment(user, Course.objects.get()), assessment)
    answer_all(user, attempt, fields)
    return submit(attempt=attempt)


@pytest.fixture
def mended(assessment, learner, stranger, trainer):
    """Awa was wrong and is right by the mended key, Inès the other way round. Moussa leads Awa only."""
    attempts = take(learner, assessment, wrong_fields), take(stranger, assessment, right_fields)
    mend(attempts[0])
    make_cohort(learner, trainers=(trainer,))
    return attempts


def scores(attempts):
    return [Attempt.objects.get(pk=attempt.pk).score for attempt in attempts]


def address(assessment):
    return reverse("assessment_regrade", args=[assessment.pk])


def test_looking_writes_nothing(mended, assessment, manager, sign_in):
    page = sign_in(manager).get(address(assessment)).content.decode()
    assert "Awa Ndiaye" in page
    assert "devient réussi" in page
    assert "ne serait plus réussi" in page
    assert (scores(mended), Grade.objects.count()) == ([0, 100], 2)


def test_marks_only_rise_unless_asked(mended, assessment, manager, sign_in):
    client = sign_in(manager)
    assert client.post(address(assessment)).status_code == 302
    assert scores(mended) == [100, 100]
    client.post(address(assessment), {"lower": "on"})
    assert scores(mended) == [100, 0]
    assert [grade.reason for grade in mended[1].grades.all()] == ["submitted", "regraded"]


def test_who_changes_is_told_once(mended, assessment, manager, learner, sign_in):
    client = sign_in(manager)
    for _time in range(2):
        client.post(address(assessment))
    told = OutboundMessage.objects.get(kind="attempt-regraded", channel="app")
    assert told.user == learner
    assert "0 %, elle est maintenant de 100 %. Vous avez réussi." in told.body.replace("\xa0", " ")


def test_a_trainer_marks_her_own_learners(mended, assessment, trainer, sign_in):
    client = sign_in(trainer)
    assert "Inès" not in client.get(address(assessment)).content.decode()
    client.post(address(assessment), {"lower": "on"})
    assert scores(mended) == [100, 100]


def test_nothing_to_change(assessment, learner, manager, sign_in):
    take(learner, assessment, wrong_fields)
    assert "Aucune note ne changerait" in sign_in(manager).get(address(assessment)).content.decode()


def test_the_look_does_not_ask_more_for_more_attempts(mended, assessment, manager):
    with CaptureQueriesContext(connection) as few:
        assert len(try_regrade(assessment=assessment, by=manager)) == 2
    for number in range(5):
        attempt = take(make_user(f"l{number}"), assessment, right_fields)
        Grade._base_manager.filter(attempt=attempt).update(score=50)
        Attempt.objects.filter(pk=attempt.pk).update(score=50)
    with CaptureQueriesContext(connection) as many:
        assert len(try_regrade(assessment=assessment, by=manager)) == 7
    assert len(many) <= len(few)
