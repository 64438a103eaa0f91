"""What the database itself refuses, whoever writes."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.models import Assessment, Attempt, AttemptItem, Grade, Question
from assessments.services import submit
from tests.assessments.helpers import begin
from tests.factories.assessments import make_assessment, make_question
from tests.factories.courses import make_course, make_enrolment

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(learner, site):
    course = make_course()
    return begin(make_enrolment(learner, course), make_assessment(course, questions=[make_question()]))


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Question, {"points": 0}),
        (Assessment, {"pass_mark": 0}),
        (Assessment, {"pass_mark": 101}),
        (Attempt, {"number": 0}),
        (AttemptItem, {"points": 0}),
        (AttemptItem, {"position": 0}),
        (Attempt, {"score": 101}),
        (Attempt, {"score": -1}),
        (Grade, {"score": 101}),
        (Grade, {"score": -1}),
    ],
)
def test_figures_within_reason(attempt, model, values):
    submit(attempt=attempt)
    with pytest.raises(IntegrityError):
        model._base_manager.update(**values)


@pytest.mark.parametrize("values", [{"submitted_at": timezone.now()}, {"score": 50}, {"passed": True}])
def test_an_attempt_is_handed_in_with_its_mark_or_open_without(attempt, values):
    with pytest.raises(IntegrityError):
        Attempt.objects.update(**values)


def test_one_open_attempt_and_one_number(attempt):
    for number in (attempt.number, attempt.number + 1):
        fields = {"assessment": attempt.assessment, "step_key": attempt.step_key, "number": number, "seed": 1}
        with pytest.raises(IntegrityError), transaction.atomic():
            Attempt.objects.create(enrolment=attempt.enrolment, language="fr", **fields)
