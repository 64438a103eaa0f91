"""A question that was wrong: what is decided, who changes, and what counts afterwards."""

import pytest
from django.urls import reverse

from assessments.answers import write_answers
from assessments.enums import Decision
from assessments.models import Attempt, Correction, Grade, RegradeRun
from assessments.services import submit
from courses.models import Course
from lms.accounts.models import AuditEvent
from tests.assessments.helpers import begin, right_fields, save, wrong_fields
from tests.factories.assessments import SPECS, make_assessment, make_question
from tests.factories.courses import make_course, make_enrolment
from tests.factories.people import make_user
from tests.factories.runs import work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(site):
    return make_course()


@pytest.fixture
def questions(course):
    """Three of one skill; the first is the one that turns out wrong."""
    return [make_question(code=f"q{number}") for number in range(3)]


@pytest.fixture
def assessment(course, questions):
    return make_assessment(course, questions=questions)


def take(user, assessment, wrong):
    """Handed in with these positions wrong."""
    attempt = begin(make_enrolment(user, Course.objects.get()), assessment)
    for item in attempt.items.all():
        save(user, attempt, item.position, (wrong_fields if item.position in wrong else right_fields)(item))
    return submit(attempt=attempt)


@pytest.fixture
def attempts(assessment, learner, stranger):
    """Awa answered the wrong question wrongly, Inès another one: both have 66.67 % and need 70."""
    return take(learner, assessment, {1}), take(stranger, assessment, {2})


def decide(client, assessment, question, decision, **fields):
    address = reverse("correct_question", args=[assessment.pk, question.translation_key])
    assert client.get(address).status_code == 200
    where = client.post(address, {"decision": decision, "reason": "Deux réponses étaient justes", **fields})["Location"]
    return where, work_off(RegradeRun.objects.latest("created_at"))


def apply(client, where, run, **options):
    client.post(where, {"step": "go", **options})
    return work_off(run)


def scores(attempts):
    return [str(Attempt.objects.get(pk=attempt.pk).score) for attempt in attempts]


def test_full_marks_to_everybody(attempts, assessment, questions, manager, sign_in):
    client = sign_in(manager)
    where, run = decide(client, assessment, questions[0], Decision.FULL)
    page = client.get(where).content.decode().replace("\u00a0", " ")
    assert "Deux réponses étaient justes" in page
    assert "Notes qui monteraient : 1" in page
    assert "Essais qui réussiraient : 1" in page
    assert (scores(attempts), Correction.objects.count()) == (["66.67", "66.67"], 0)
    apply(client, where, run)
    assert scores(attempts) == ["100.00", "66.67"]
    assert Correction.objects.get().reason == "Deux réponses étaient justes"
    assert AuditEvent.objects.filter(verb="correct-question", actor=manager).exists()


def test_a_question_that_is_dropped_counts_neither_way(attempts, assessment, questions, manager, sign_in):
    client = sign_in(manager)
    where, run = decide(client, assessment, questions[0], Decision.DROP)
    assert "Notes qui baisseraient" in client.get(where).content.decode()
    apply(client, where, run, lower="on")
    assert scores(attempts) == ["100.00", "50.00"]


def test_marks_go_down_only_when_asked(attempts, assessment, questions, manager, sign_in):
    client = sign_in(manager)
    apply(client, *decide(client, assessment, questions[0], Decision.DROP))
    assert scores(attempts) == ["100.00", "66.67"]


def test_the_corrected_key_counts(attempts, assessment, questions, manager, sign_in):
    options = [{**option, "correct": option["id"] == "b"} for option in SPECS["single"]["options"]]
    questions[0].answers = write_answers("single", {"options": options})
    questions[0].save_revision().publish()
    client = sign_in(manager)
    apply(client, *decide(client, assessment, questions[0], Decision.KEY))
    assert scores(attempts)[0] == "100.00"


def test_who_looks_and_stops_has_decided_nothing(attempts, assessment, questions, manager, sign_in):
    client = sign_in(manager)
    where, run = decide(client, assessment, questions[0], Decision.FULL)
    client.post(where, {"step": "stop"})
    work_off(run)
    assert not Correction.objects.exists()
    later = take(make_user("autre"), assessment, {1})
    assert str(later.score) == "66.67"


def test_an_attempt_that_is_open_meanwhile_is_marked_so_at_its_end(attempts, assessment, questions, manager, sign_in):
    other = make_user("autre")
    attempt = begin(make_enrolment(other, attempts[0].enrolment.course), assessment)
    for item in attempt.items.all():
        save(other, attempt, item.position, (wrong_fields if item.position == 1 else right_fields)(item))
    client = sign_in(manager)
    apply(client, *decide(client, assessment, questions[0], Decision.FULL))
    assert str(submit(attempt=attempt).score) == "100.00"


def test_the_corrected_key_counts_at_the_end_of_an_open_attempt_too(attempts, assessment, questions, manager, sign_in):
    other = make_user("autre")
    attempt = begin(make_enrolment(other, attempts[0].enrolment.course), assessment)
    for item in attempt.items.all():
        save(other, attempt, item.position, (wrong_fields if item.position == 1 else right_fields)(item))
    options = [{**option, "correct": option["id"] == "b"} for option in SPECS["single"]["options"]]
    questions[0].answers = write_answers("single", {"options": options})
    questions[0].save_revision().publish()
    client = sign_in(manager)
    apply(client, *decide(client, assessment, questions[0], Decision.KEY))
    assert str(submit(attempt=attempt).score) == "100.00"


def test_a_later_version_of_the_question_is_not_meant(attempts, assessment, questions, manager, sign_in):
    client = sign_in(manager)
    apply(client, *decide(client, assessment, questions[0], Decision.FULL))
    questions[0].prompt = "<p>Mieux dit</p>"
    questions[0].save_revision().publish()
    assert str(take(make_user("autre"), assessment, {1}).score) == "66.67"


def test_another_assessment_is_not_touched(attempts, course, assessment, questions, manager, sign_in):
    client = sign_in(manager)
    apply(client, *decide(client, assessment, questions[0], Decision.FULL))
    before = Grade.objects.count()
    other = make_assessment(code="autre")
    assert not other.corrections.exists()
    assert Grade.objects.count() == before


def test_marking_again_keeps_what_was_decided(attempts, assessment, questions, manager, sign_in):
    client = sign_in(manager)
    apply(client, *decide(client, assessment, questions[0], Decision.FULL))
    client.post(reverse("assessment_regrade", args=[assessment.pk]))
    run = work_off(RegradeRun.objects.latest("created_at"))
    assert not run.rows.exists()


def test_a_question_nobody_was_asked_and_a_form_without_a_reason(attempts, assessment, manager, sign_in, questions):
    client = sign_in(manager)
    stranger = make_question(code="autre")
    assert client.get(reverse("correct_question", args=[assessment.pk, stranger.translation_key])).status_code == 404
    address = reverse("correct_question", args=[assessment.pk, questions[0].translation_key])
    assert client.post(address, {"decision": "full"}).status_code == 200
    assert not RegradeRun.objects.exists()


def test_the_results_lead_there(attempts, assessment, questions, manager, sign_in):
    page = sign_in(manager).get(reverse("assessment_results", args=[assessment.pk])).content.decode()
    assert reverse("correct_question", args=[assessment.pk, questions[0].translation_key]) in page
