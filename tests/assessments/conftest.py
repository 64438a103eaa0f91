from collections.abc import Iterator

import pytest
from django.utils import translation

from assessments.loading import load_folder
from tests.assessments.folders import EXAMPLE
from tests.assessments.helpers import begin
from tests.factories.assessments import make_assessment, make_in_both_languages
from tests.factories.courses import make_course, make_enrolment
from tests.worlds import built


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Messages are asserted as they stand in the source."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def loaded_once(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The example course, loaded once for all tests of a module; its ``db`` puts it back (``put_back``)."""
    with django_db_blocker.unblock(), built(lambda: load_folder(EXAMPLE)):
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
