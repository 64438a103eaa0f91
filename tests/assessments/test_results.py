"""How an assessment does: attempts, marks, and the questions from the hardest to the easiest."""

import csv
import io

import pytest
from django.urls import reverse

from assessments.results import by_question, results_of
from assessments.services import submit
from tests.assessments.helpers import answer_all, begin, wrong_fields
from tests.factories.assessments import make_assessment, make_question
from tests.factories.courses import make_course, make_enrolment

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(learner, stranger, site):
    """Two learners, one of them right; two questions, one of them answered."""
    course = make_course()
    assessment = make_assessment(course, questions=[make_question(code="q1", prompt="<p>=1+1</p>")])
    for user, fields in ((learner, None), (stranger, wrong_fields)):
        attempt = begin(make_enrolment(user, course), assessment)
        answer_all(user, attempt, *([fields] if fields else []))
        submit(attempt=attempt)
    return assessment


def test_results_count_attempts_marks_and_questions(taken):
    found = results_of(taken)
    assert (found.attempts, found.learners, found.learners_passed, found.pass_rate) == (2, 2, 1, 50)
    assert (found.bars[0], found.bars[9], found.mean) == (1, 1, 50.0)
    assert [(row.text, row.shown, row.percent) for row in found.questions] == [("=1+1", 2, 50)]


def test_the_hardest_question_comes_first():
    details = [({"items": [{"answered": True, "fraction": "1"}, {"answered": False, "fraction": "0"}]}, ["a", "b"])]
    assert [(row.key, row.percent, row.unanswered) for row in by_question(details)] == [("b", 0, 1), ("a", 100, 0)]


def test_results_are_shown_and_exported_without_formulas(trainer_client, taken):
    address = reverse("assessment_results", args=[taken.pk])
    page = trainer_client.get(address).content.decode()
    assert "=1+1" in page
    assert "Awa" not in page
    exported = trainer_client.get(address, {"export": "csv"})
    text = exported.content.decode("utf-8-sig")
    assert "=1+1" in text
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ","))
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_no_attempts_yet(trainer_client):
    page = trainer_client.get(reverse("assessment_results", args=[make_assessment().pk]))
    assert page.status_code == 200
    assert trainer_client.get(reverse("assessment_results", args=[999])).status_code == 404
