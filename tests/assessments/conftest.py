from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.assessments.helpers import begin
from tests.factories.assessments import make_assessment, make_in_both_languages
from tests.factories.courses import make_course, make_enrolment


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Messages are asserted as they stand in the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def trainer_client(site, trainer, sign_in):
    return sign_in(trainer)


@pytest.fixture
def course(request, site):
    return make_course(languages=getattr(request, "param", ("fr",)))


@pytest.fixture
def enrolment(learner, course):
    return make_enrolment(learner, course)


@pytest.fixture
def assessment(course):
    """Two named single-choice questions and rules without limits."""
    return make_assessment(course, questions=[make_in_both_languages("single", code=f"q{n}")[0] for n in (1, 2)])


@pytest.fixture
def attempt(enrolment, assessment):
    return begin(enrolment, assessment)
