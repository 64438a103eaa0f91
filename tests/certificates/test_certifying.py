"""Only certifying assessments say what somebody can do: practice has no part in a certificate."""

import pytest
from django.utils import timezone

from assessments.enums import Purpose
from assessments.models import Attempt
from certificates import services
from tests.factories.assessments import make_assessment
from tests.factories.certificates import make_completed


def passed(enrolment, assessment, score):
    return Attempt.objects.create(
        enrolment=enrolment, assessment=assessment, step_key="00000000-0000-0000-0000-000000000001",
        number=Attempt.objects.filter(assessment=assessment).count() + 1, seed=1, language="fr",
        submitted_at=timezone.now(), score=score, passed=True,
    )  # fmt: skip


@pytest.fixture
def enrolment(learner):
    return make_completed(learner)


def test_the_result_is_that_of_the_exam_not_the_mean_with_practice(enrolment):
    passed(enrolment, make_assessment(code="examen"), 72)
    passed(enrolment, make_assessment(code="essai", purpose=Purpose.PRACTICE), 100)
    assert services.issue(enrolment_id=enrolment.pk).score_band == "70–79\u00a0%"


def test_practice_alone_gives_no_result(enrolment):
    passed(enrolment, make_assessment(code="essai", purpose=Purpose.PRACTICE), 100)
    assert services.issue(enrolment_id=enrolment.pk).score_band == ""
