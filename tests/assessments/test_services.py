"""Attempts: starting, saving, submitting, time, grades again. Each success first, then each refusal."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.utils import timezone

from assessments.enums import GradeReason
from assessments.form_keys import issue_key
from assessments.models import Attempt, Response
from assessments.question_types import InvalidResponse
from assessments.selectors import AttemptNotFoundError
from assessments.services import (
    AttemptClosedError,
    AttemptRefusedError,
    regrade,
    submit,
)
from assessments.services.starting import start_once
from assessments.tasks import sweep_attempts
from courses.models import StepProgress
from tests.assessments.helpers import answer_all, begin, right_fields, save, wrong_fields
from tests.factories.assessments import (
    RIGHT,
    SPECS,
    make_assessment,
    make_bank,
    make_in_both_languages,
    make_question,
)

pytestmark = pytest.mark.django_db


# -- starting


def test_an_attempt_is_drawn_in_the_learners_language_and_keeps_its_versions(enrolment, assessment):
    attempt = begin(enrolment, assessment, "en")
    items = list(attempt.items.select_related("question__locale"))
    assert [item.position for item in items] == [1, 2]
    assert {item.question.locale.language_code for item in items} == {"en"}
    assert all(item.revision_id == item.question.live_revision_id for item in items)
    assert items[0].section_titles == {"fr": "Partie 1", "en": "Part 1"}
    assert attempt.number == 1
    assert attempt.deadline_at is None


def test_a_question_that_is_missing_in_their_language_comes_in_another(enrolment, course):
    french = make_question("single", language="fr")
    attempt = begin(enrolment, make_assessment(course, questions=[french]), "en")
    assert attempt.items.get().question == french


def test_a_draw_takes_each_question_once_whatever_its_languages(enrolment, course):
    bank = make_bank()
    for number in range(4):
        make_in_both_languages("single", bank=bank, code=f"q{number}")
    attempt = begin(enrolment, make_assessment(course, bank=bank, draw=4))
    assert len(set(attempt.items.values_list("question_key", flat=True))) == 4


def test_drafts_and_withdrawn_questions_are_not_drawn(enrolment, course):
    bank = make_bank()
    live = make_question("single", bank=bank, code="live")
    make_question("single", bank=bank, code="draft", live=False)
    make_question("single", bank=bank, code="gone").unpublish()
    attempt = begin(enrolment, make_assessment(course, bank=bank, draw=1))
    assert [item.question for item in attempt.items.all()] == [live]


def test_starting_again_goes_on_with_the_open_attempt(enrolment, assessment, attempt):
    assert begin(enrolment, assessment, "en") == attempt
    assert Attempt.objects.count() == 1


def test_two_starts_at_the_same_moment_give_one_attempt(enrolment, assessment, monkeypatch):
    """The other request has committed between our look and our insert: the database refuses the second row."""

    def late(*args):
        start_once(*args)
        raise IntegrityError

    monkeypatch.setattr("assessments.services.starting.start_once", late)
    assert begin(enrolment, assessment) == Attempt.objects.get()


def test_the_database_refuses_a_second_open_attempt(attempt):
    with pytest.raises(IntegrityError):
        Attempt.objects.create(
            enrolment=attempt.enrolment, assessment=attempt.assessment, step_key=uuid4(), number=2, seed=1
        )


def test_no_attempts_left(enrolment, course):
    assessment = make_assessment(course, questions=[make_question()], max_attempts=1)
    submit(attempt=begin(enrolment, assessment))
    with pytest.raises(AttemptRefusedError) as refused:
        begin(enrolment, assessment)
    assert refused.value.again_at is None


def test_a_break_between_two_attempts(enrolment, course):
    assessment = make_assessment(course, questions=[make_question()], pause_minutes=10)
    first = submit(attempt=begin(enrolment, assessment))
    with pytest.raises(AttemptRefusedError) as refused:
        begin(enrolment, assessment)
    assert refused.value.again_at == first.submitted_at + timedelta(minutes=10)
    Attempt.objects.update(submitted_at=timezone.now() - timedelta(minutes=11))
    assert begin(enrolment, assessment).number == 2


def test_a_second_attempt_prefers_questions_they_have_not_seen(enrolment, course):
    bank = make_bank()
    for number in range(4):
        make_question("single", bank=bank, code=f"q{number}")
    assessment = make_assessment(course, bank=bank, draw=2)
    first, second = (submit(attempt=begin(enrolment, assessment)) for _n in range(2))
    keys = [set(attempt.items.values_list("question_key", flat=True)) for attempt in (first, second)]
    assert keys[0].isdisjoint(keys[1])


def test_a_bank_that_is_too_small_is_reported_plainly(enrolment, course):
    assessment = make_assessment(course, bank=make_bank(), draw=3)
    with pytest.raises(AttemptRefusedError):
        begin(enrolment, assessment)
    assert not Attempt.objects.exists()


# -- saving


@pytest.mark.parametrize("kind", SPECS)
def test_an_answer_of_each_type_is_saved(kind, learner, enrolment, course):
    attempt = begin(enrolment, make_assessment(course, questions=[make_question(kind)]))
    save(learner, attempt, 1, right_fields(attempt.items.get()))
    saved = Response.objects.get().answer
    assert {**RIGHT[kind], **saved} == {**saved, **RIGHT[kind]}
    assert submit(attempt=attempt).score == 100


def test_the_same_form_sent_again_overwrites(learner, attempt):
    key, item = issue_key(), attempt.items.first()
    save(learner, attempt, 1, wrong_fields(item), key)
    save(learner, attempt, 1, right_fields(item), key)
    assert [row.answer for row in Response.objects.all()] == [{"choice": "a"}]


def test_another_form_adds_a_row_and_the_newest_counts(learner, attempt):
    item = attempt.items.first()
    save(learner, attempt, 1, wrong_fields(item))
    save(learner, attempt, 1, right_fields(item))
    assert [row.answer["choice"] for row in Response.objects.order_by("pk")] == ["b", "a"]


def test_an_old_form_that_arrives_late_is_an_echo(learner, attempt):
    old, item = issue_key(), attempt.items.first()
    save(learner, attempt, 1, wrong_fields(item), old)
    save(learner, attempt, 1, right_fields(item))
    saved = save(learner, attempt, 1, wrong_fields(item), old)
    assert saved.stale
    assert saved.answer == {"choice": "a"}
    assert Response.objects.order_by("pk").last().answer == {"choice": "a"}


def test_an_answer_can_be_taken_back(learner, attempt):
    save(learner, attempt, 1, {})
    item = attempt.items.first()
    save(learner, attempt, 1, right_fields(item))
    assert save(learner, attempt, 1, {}).answer == {}


def test_a_mark_to_read_again_is_kept(learner, attempt):
    save(learner, attempt, 1, {}, flagged=True)
    assert attempt.items.get(position=1).flagged


def test_other_peoples_attempts_do_not_exist(stranger, attempt):
    with pytest.raises(AttemptNotFoundError):
        save(stranger, attempt, 1, {})


def test_a_forged_choice_is_refused_and_changes_nothing(learner, attempt):
    item = attempt.items.first()
    save(learner, attempt, 1, right_fields(item))
    with pytest.raises(InvalidResponse):
        save(learner, attempt, 1, {"choice": ["a"]})
    assert Response.objects.get().answer == {"choice": "a"}


def test_nothing_is_saved_after_submission(learner, attempt):
    item = attempt.items.first()
    submit(attempt=attempt)
    with pytest.raises(AttemptClosedError):
        save(learner, attempt, 1, right_fields(item))
    assert not Response.objects.exists()


def test_nothing_is_saved_after_the_deadline_whatever_the_phone_says(learner, enrolment, course):
    assessment = make_assessment(course, questions=[make_question()], time_limit_minutes=5)
    attempt = begin(enrolment, assessment)
    item = attempt.items.get()
    assert attempt.deadline_at == attempt.started_at + timedelta(minutes=5)
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(seconds=5))
    save(learner, attempt, 1, right_fields(item))  # on its way when time ran out
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(minutes=2))
    with pytest.raises(AttemptClosedError):
        save(learner, attempt, 1, wrong_fields(item), client_at=timezone.now() - timedelta(minutes=10))


def test_saving_takes_few_queries(learner, attempt, django_assert_max_num_queries):
    item = attempt.items.select_related("attempt").first()
    fields = right_fields(item)
    with django_assert_max_num_queries(5):  # with the two of the test's savepoint
        save(learner, attempt, 1, fields)


# -- submitting


def test_a_passed_attempt_finishes_its_step(learner, attempt):
    answer_all(learner, attempt)
    graded = submit(attempt=attempt)
    assert (graded.score, graded.passed) == (Decimal(100), True)
    grade = graded.grades.get()
    assert (grade.reason, grade.detail["skills"]["dw.data-entry"]["percent"]) == (GradeReason.SUBMITTED, "100.00")
    assert StepProgress.objects.get().step_key == attempt.step_key


def test_a_failed_attempt_does_not(learner, attempt):
    answer_all(learner, attempt, wrong_fields)
    assert submit(attempt=attempt).passed is False
    assert not StepProgress.objects.exists()


def test_submitting_twice_gives_one_grade_and_one_step(learner, attempt):
    answer_all(learner, attempt)
    first, second = submit(attempt=attempt), submit(attempt=attempt)
    assert first.submitted_at == second.submitted_at
    assert attempt.grades.count() == 1
    assert StepProgress.objects.count() == 1


def test_the_last_step_completes_the_course(learner, enrolment, attempt):
    from courses.services import mark_step_done
    from tests.factories.courses import step_keys

    for key in step_keys(enrolment.course):
        mark_step_done(enrolment=enrolment, step_key=key, kind="lesson")
    answer_all(learner, attempt)
    submit(attempt=attempt)
    enrolment.refresh_from_db()
    assert enrolment.completed_at is not None


def test_the_sweep_closes_what_time_has_ended(learner, attempt):
    answer_all(learner, attempt)
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(minutes=2))
    assert sweep_attempts() == 1
    assert sweep_attempts() == 0
    attempt.refresh_from_db()
    assert (attempt.submitted_at, attempt.score) == (attempt.deadline_at, 100)
    assert attempt.grades.get().reason == GradeReason.TIME_OVER


def test_the_sweep_leaves_what_still_has_time(attempt):
    Attempt.objects.update(deadline_at=timezone.now() + timedelta(minutes=2))
    assert sweep_attempts() == 0


# -- again


def correct(attempt, **changes):
    """Change which option of every question is right, and publish."""
    from assessments.answers import write_answers

    options = [{**option, "correct": option["id"] == "b"} for option in SPECS["single"]["options"]]
    for item in attempt.items.select_related("question"):
        item.question.answers = write_answers("single", {"options": options})
        item.question.save_revision().publish()


def test_a_corrected_key_raises_the_mark_and_finishes_the_step(learner, trainer, attempt):
    answer_all(learner, attempt, wrong_fields)
    submit(attempt=attempt)
    correct(attempt)
    trial = regrade(attempt=attempt, by=trainer, dry_run=True)
    assert (trial.result.score, trial.applied, attempt.grades.count()) == (100, False, 1)
    assert regrade(attempt=attempt, by=trainer).applied
    attempt.refresh_from_db()
    assert (attempt.score, attempt.passed) == (100, True)
    assert [(grade.reason, grade.by) for grade in attempt.grades.all()] == [("submitted", None), ("regraded", trainer)]
    assert StepProgress.objects.count() == 1


def test_a_mark_never_falls_silently(learner, trainer, attempt):
    answer_all(learner, attempt)
    submit(attempt=attempt)
    correct(attempt)
    report = regrade(attempt=attempt, by=trainer)
    assert (report.lowered, report.applied) == (True, False)
    attempt.refresh_from_db()
    assert attempt.score == 100
    assert regrade(attempt=attempt, by=trainer, may_lower=True).applied
    attempt.refresh_from_db()
    assert attempt.score == 0


def test_an_open_attempt_has_no_grade_to_compute_again(trainer, attempt):
    with pytest.raises(ValueError, match="open"):
        regrade(attempt=attempt, by=trainer)
