"""What became of rows of earlier versions."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from assessments.enums import Purpose
from assessments.models import Assessment, AssessmentPage, Grade, ItemMark, QuestionBank
from tests.assessments.helpers import begin
from tests.factories.assessments import make_assessment, make_bank, make_question, place_assessment
from tests.factories.courses import make_course, make_enrolment

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


marks = import_module("assessments.migrations.0017_marks_of_items_as_rows")


def old_grade(attempt, *fractions):
    """As the first versions kept it: the marks in a list, in the order of the questions."""
    items = [{"fraction": text, "answered": text != "0", "reason": ""} for text in fractions]
    return Grade._base_manager.create(
        attempt=attempt, reason="submitted", grader_version="2", score=50, passed=False,
        detail={"items": items, "skills": {}, "unanswered": 0},
    )  # fmt: skip


def rows_of(grade):
    rows = ItemMark.objects.filter(grade=grade).order_by("item__position")
    return [(row.item.position, str(row.fraction.normalize()), row.answered) for row in rows]


@pytest.fixture
def attempt(learner, course):
    assessment = make_assessment(course, questions=[make_question(code="q1"), make_question(code="q2")])
    return begin(make_enrolment(learner, course), assessment)


@pytest.mark.parametrize("batch", [1, 100])
def test_marks_in_a_list_become_rows_and_go_back(attempt, monkeypatch, batch):
    monkeypatch.setattr(marks, "BATCH", batch)
    first, second = old_grade(attempt, "0.333333", "0"), old_grade(attempt, "1", "0.5")
    marks.forwards(apps, None)
    assert rows_of(first) == [(1, "0.333333", True), (2, "0", False)]
    assert rows_of(second) == [(1, "1", True), (2, "0.5", True)]
    first.refresh_from_db()
    assert first.detail == {"skills": {}, "unanswered": 0}
    marks.forwards(apps, None)  # a migration that was killed begins again
    assert ItemMark.objects.count() == 4
    marks.backwards(apps, None)
    first.refresh_from_db()
    assert [(row["fraction"], row["answered"]) for row in first.detail["items"]] == [("0.333333", True), ("0", False)]


def test_a_grade_without_marks_of_questions_stays(attempt):
    grade = old_grade(attempt)
    Grade._base_manager.filter(pk=grade.pk).update(detail={})
    marks.forwards(apps, None)
    assert not ItemMark.objects.exists()


def test_a_batch_asks_no_more_for_many_grades(attempt, django_assert_max_num_queries):
    for _number in range(20):
        old_grade(attempt, "1", "0")
    with django_assert_max_num_queries(10):  # items, rows, details, and the transaction around them
        marks.forwards(apps, None)
    assert ItemMark.objects.count() == 40


def test_a_bank_of_both_goes_on_serving_both(course):
    shared, own = make_bank("commune"), make_bank("seule")
    make_assessment(code="examen", bank=shared, draw=1)
    make_assessment(code="essai", bank=shared, draw=1, purpose=Purpose.PRACTICE)
    make_assessment(code="autre", bank=own, draw=1, purpose=Purpose.PRACTICE)
    import_module("assessments.migrations.0020_shared_banks").forwards(apps, None)
    assert list(QuestionBank.objects.filter(is_shared=True)) == [shared]


@pytest.mark.django_db(transaction=True)
def test_tables_of_before_are_brought_here():
    """By the migrations themselves, there and back: what was written before had no mark of each skill."""
    before = [("assessments", "0013_database_clock")]
    executor = MigrationExecutor(connection)
    latest = [key for key in executor.loader.graph.leaf_nodes() if key[0] in ("assessments", "certificates")]
    try:
        executor.migrate(before)
        old = MigrationExecutor(connection).loader.project_state(before).apps
        rules = old.get_model("assessments", "Assessment").objects.create(code="seule", titles={"fr": "Seule"})
        executor = MigrationExecutor(connection)
        executor.migrate(latest)
        new = executor.loader.project_state(latest).apps
        row = new.get_model("assessments", "Assessment").objects.get(pk=rules.pk)
        assert (row.purpose, row.skill_pass_mark, row.evidence) == ("certifying", 0, "knowledge")
        row.delete()
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(latest)
