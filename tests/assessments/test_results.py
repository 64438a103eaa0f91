"""How an assessment does: attempts, marks, and the questions from the hardest to the easiest."""

import csv
import io

import pytest
from django.urls import reverse

from assessments.answers import write_answers
from assessments.models import ItemMark, Question
from assessments.results import results_of
from assessments.services import regrade, submit
from tests.assessments.helpers import answer_all, begin, right_fields, save, wrong_fields
from tests.factories.assessments import SPECS, make_assessment, make_question
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


def test_the_hardest_question_comes_first(learner, site):
    course = make_course()
    questions = [make_question(code=code, prompt=f"<p>{code}</p>") for code in ("q1", "q2")]
    attempt = begin(make_enrolment(learner, course), make_assessment(course, questions=questions))
    (first, _second) = attempt.items.all()
    save(learner, attempt, 1, right_fields(first))
    submit(attempt=attempt)
    found = results_of(attempt.assessment).questions
    assert [(row.text, row.percent, row.unanswered) for row in found] == [("q2", 0, 1), ("q1", 100, 0)]


def test_only_the_newest_grade_of_an_attempt_counts(taken, trainer):
    """A question that was corrected: its earlier marks stay in the history, and are not added up twice."""
    (question,) = Question.objects.filter(code="q1")
    options = [{**row, "correct": row["id"] == "b"} for row in SPECS["single"]["options"]]
    question.answers = write_answers("single", {**SPECS["single"], "options": options})
    question.save_revision().publish()
    for attempt in taken.attempts.all():
        regrade(attempt=attempt, by=trainer, may_lower=True)
    assert [(row.shown, row.percent) for row in results_of(taken).questions] == [(2, 50)]
    assert ItemMark.objects.count() == 4


def test_memory_is_that_of_the_questions_not_of_the_marks(taken, django_assert_num_queries):
    with django_assert_num_queries(3):
        results_of(taken)


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
