"""What became of rows of earlier versions."""

from importlib import import_module

import pytest
from django.apps import apps

from assessments.enums import Purpose
from assessments.models import Assessment, AssessmentPage
from tests.factories.assessments import make_assessment, make_question, place_assessment
from tests.factories.courses import make_course

purposes = import_module("assessments.migrations.0015_what_is_practice")
FREE, WAITS = {"max_attempts": 0, "pause_minutes": 0}, {"max_attempts": 0, "pause_minutes": 10}


def practice() -> set[str]:
    purposes.forwards(apps, None)
    return set(Assessment.objects.filter(purpose=Purpose.PRACTICE).values_list("code", flat=True))


@pytest.fixture
def course(site):
    return make_course()


def test_what_anybody_may_repeat_at_once_beside_an_exam_was_practice(course):
    make_assessment(course, code="essai", questions=[make_question()], **FREE)
    place_assessment(make_assessment(code="examen", **WAITS), course, "-2")
    assert practice() == {"essai"}


def test_the_only_assessment_of_a_course_stays_its_proof(course):
    make_assessment(course, code="seule", questions=[make_question()], **FREE)
    make_assessment(code="nulle-part", **FREE)
    assert practice() == set()


def test_an_exam_that_nobody_must_take_proves_nothing(course):
    make_assessment(course, code="seule", **FREE)
    place_assessment(make_assessment(code="facultative", **WAITS), course, "-2")
    AssessmentPage.objects.filter(assessment__code="facultative").update(is_required=False)
    assert practice() == set()


def test_what_is_the_only_proof_of_another_course_stays_one(course):
    shared = make_assessment(course, code="partagee", **FREE)
    place_assessment(make_assessment(code="examen", **WAITS), course, "-2")
    place_assessment(shared, make_course("autre"))
    assert practice() == set()
