"""A batch of documents as learners work on it: one document a page, the pace, what it came to, errors in practice."""

from datetime import UTC, datetime, timedelta

import brotli
import pytest
from django.urls import reverse

from assessments.enums import Purpose
from assessments.form_keys import issue_key
from assessments.models import Attempt
from assessments.pace import pace_of
from assessments.services import regrade, submit
from assessments.services.trial import trial_of
from tests.assessments.helpers import begin, save
from tests.factories.assessments import SECRET, make_assessment, make_question
from tests.factories.publishing import publish

pytestmark = pytest.mark.django_db
RIGHT = {"field-1": [f"{SECRET} seck"], "field-2": ["5-11-2026"], "field-3": ["98 765 F"]}
WRONG = {"field-1": ["Sek"], "field-2": ["05/11/2026"], "field-3": ["98756"]}


@pytest.fixture
def batch(course):
    documents = [make_question("data_entry", code=f"d{number}") for number in range(3)]
    return make_assessment(course, questions=documents, purpose=Purpose.CERTIFYING, pass_mark=98)


def address(attempt, name="question", *more):
    return reverse(f"assessments:{name}", args=["saisie", "evaluation", attempt.pk, *more])


def words_of(answer):
    return answer.content.decode().replace("\u00a0", " ")


def test_a_batch_is_entered_page_by_page_and_its_result_says_what_it_came_to(learner, sign_in, enrolment, batch):
    client, attempt = sign_in(learner), begin(enrolment, batch)
    Attempt.objects.update(started_at=attempt.started_at - timedelta(minutes=3))
    page = client.get(address(attempt, "question", 1))
    assert "Document 1 of 3" in words_of(page)
    assert 'inputmode="numeric"' in words_of(page)
    assert len(brotli.compress(page.content, quality=5)) <= 4000
    for place, fields in ((1, RIGHT), (2, WRONG)):
        client.post(address(attempt, "question", place), {**fields, "key": str(issue_key()), "go": "next"})
    page = client.get(address(attempt, "question", 3))
    assert "Document 3 of 3" in words_of(page)
    assert "saved: 2, in " in words_of(page)
    assert SECRET not in words_of(page)
    client.post(address(attempt, "overview"))
    page = words_of(client.get(address(attempt, "result")))
    assert "1 document of 3 without any error" in page
    assert "errors in 100 fields: 55.6 (5 of 9)" in page.lower()
    assert "critical fields that are wrong: 2 of 3" in page.lower()
    assert SECRET not in page
    attempt.refresh_from_db()
    assert (attempt.percent, attempt.passed) == (33, False)  # a wrong critical field takes the document


def test_a_gold_value_that_was_wrong_is_marked_again(learner, enrolment, batch, trainer):
    attempt = begin(enrolment, batch)
    for place in (1, 2, 3):
        save(learner, attempt, place, {**RIGHT, "field-2": ["06/11/2026"]})
    attempt = submit(attempt=attempt)
    assert attempt.grades.latest("at", "pk").detail["work"]["data_entry"]["errors"] == 3
    for item in attempt.items.select_related("question"):
        question = item.question.get_latest_revision_as_object()
        question.answers[0].value["fields"][1]["gold"] = "06/11/2026"
        publish(question)
    done = regrade(attempt=attempt, by=trainer)
    assert done.applied
    detail = attempt.grades.latest("at", "pk").detail
    assert detail["work"]["data_entry"] == {
        "documents": 3, "faultless": 3, "fields": 9, "errors": 0, "critical": 3, "critical_errors": 0,
    }  # fmt: skip


def test_practice_says_of_each_field_what_went_wrong(learner, sign_in, enrolment, course):
    practice = make_assessment(course, questions=[make_question("data_entry")], purpose=Purpose.PRACTICE)
    client, attempt = sign_in(learner), begin(enrolment, practice)
    where = address(attempt, "question", 1)
    page = words_of(client.post(where, {**WRONG, "key": str(issue_key()), "go": "check"}, follow=True))
    assert "Dans « Total », vous avez tapé « 98756 » : deux caractères voisins sont inversés." in page
    assert "relisez" in page
    assert "98765" not in page.replace("98756", "")
    page = words_of(client.post(where, {**RIGHT, "key": str(issue_key()), "go": "check"}, follow=True))
    assert "That is right." in page
    practice.show_answers = "submitted"
    practice.save()
    save(learner, attempt, 1, WRONG)
    client.post(address(attempt, "overview"))
    page = words_of(client.get(address(attempt, "answers")))
    assert "<dd>✗ 98756<br>Right answer: <strong>98765</strong></dd>" in page
    assert "<dd>✓ 05/11/2026</dd>" in page


def test_the_trial_says_what_the_key_earns_and_how_often_guessing_passes(batch):
    found = trial_of(batch)
    assert (found.pieces, found.gold, found.blank, found.guessers) == (3, 100, 0, 1000)
    assert (found.passed, found.is_sound) == (1000, False)  # the three documents say the same
    for number, row in enumerate(batch.sections.get().named.order_by("sort_order")):
        question = row.question.get_latest_revision_as_object()
        question.answers[0].value["fields"][2]["gold"] = str(1000 + number)
        publish(question)
    found = trial_of(batch)
    assert (found.gold, found.passed, found.is_sound) == (100, 0, True)


def test_a_trial_is_of_work_alone(course):
    assert trial_of(make_assessment(course, questions=[make_question("single"), make_question("data_entry")])) is None


def test_the_trial_stands_with_the_results(batch, manager, sign_in):
    batch.evidence = "simulation"
    batch.save()
    client, results = sign_in(manager), reverse("assessment_results", args=[batch.pk])
    assert 'href="?trial"' in client.get(results).content.decode()  # thousands of answers, when they are asked for
    page = words_of(client.get(f"{results}?trial"))
    assert "les bonnes réponses elles-mêmes valent 100 %, des réponses vides 0 %." in page.replace("\u202f", " ")


@pytest.mark.parametrize(
    ("saves", "pieces", "minutes", "per_hour"),
    [
        ([], 0, 0, None),
        ([2], 1, 2, None),
        ([2, 4, 6], 3, 6, 30),
        ([2, 4, 700], 3, 9, 20),  # a night between
        ([2, 1, 3], 3, 4, 45),  # clocks of two servers
    ],
)
def test_the_pace_leaves_out_pauses(saves, pieces, minutes, per_hour):
    begun = datetime(2026, 11, 5, 8, tzinfo=UTC)
    pace = pace_of(begun, [begun + timedelta(minutes=save) for save in saves], pieces)
    assert (pace.minutes, pace.per_hour) == (minutes, per_hour)
