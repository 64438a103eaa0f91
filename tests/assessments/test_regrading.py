"""Marking an assessment again: what is seen, what is written, who is told, and whose learners they are."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Revision

from assessments.models import Attempt, AttemptItem, Grade, RegradeRun
from assessments.services import regrading, start_regrade, submit
from courses.models import CohortMember, Course
from lms.accounts.models import OutboundMessage
from lms.lib import runs
from lms.lib.runs import RunState
from tests.assessments.helpers import answer_all, begin, right_fields, wrong_fields
from tests.assessments.test_services import correct
from tests.factories.assessments import make_assessment, make_question
from tests.factories.courses import make_cohort, make_course, make_enrolment
from tests.factories.people import make_user
from tests.factories.runs import work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment(site):
    return make_assessment(make_course(), questions=[make_question("single", code="q1")])


def take(user, assessment, fields):
    attempt = begin(make_enrolment(user, Course.objects.get()), assessment)
    answer_all(user, attempt, fields)
    return submit(attempt=attempt)


@pytest.fixture
def corrected(assessment, learner, stranger, trainer):
    """Awa was wrong and is right by the corrected key, Inès the other way round. Moussa leads Awa only."""
    attempts = take(learner, assessment, wrong_fields), take(stranger, assessment, right_fields)
    correct(attempts[0])
    make_cohort(learner, trainers=(trainer,))
    return attempts


def scores(attempts):
    return [Attempt.objects.get(pk=attempt.pk).score for attempt in attempts]


def address(assessment):
    return reverse("assessment_regrade", args=[assessment.pk])


def look(client, assessment) -> tuple[str, RegradeRun]:
    """(the address of the run, the run) once it was checked."""
    page = client.post(address(assessment))["Location"]
    return page, work_off(RegradeRun.objects.latest("created_at"))


def write(client, assessment, **options) -> RegradeRun:
    page, run = look(client, assessment)
    client.post(page, {"step": "go", **options})
    return work_off(run)


def test_looking_writes_nothing(corrected, assessment, manager, sign_in):
    client = sign_in(manager)
    where, run = look(client, assessment)
    page = client.get(where).content.decode()
    assert "Awa Ndiaye" in page
    assert "réussi maintenant" in page
    assert "plus réussi" in page
    assert (scores(corrected), Grade.objects.count()) == ([0, 100], 2)
    assert client.post(address(assessment))["Location"] == where  # it waits: no second one
    assert str(run.pk) in client.get(address(assessment)).content.decode()


def test_marks_only_rise_unless_asked(corrected, assessment, manager, sign_in):
    client = sign_in(manager)
    run = write(client, assessment)
    assert scores(corrected) == [100, 100]
    assert sorted(run.rows.values_list("outcome", flat=True)) == ["changed", "kept"]
    write(client, assessment, lower="on")
    assert scores(corrected) == [100, 0]
    assert [grade.reason for grade in corrected[1].grades.all()] == ["submitted", "regraded"]


def test_who_changes_is_told_once(corrected, assessment, manager, learner, sign_in):
    client = sign_in(manager)
    for _time in range(2):
        write(client, assessment)
    told = OutboundMessage.objects.get(kind="attempt-regraded", channel="app")
    assert told.user == learner
    assert "0 %, elle est maintenant de 100 %. Vous avez réussi." in told.body.replace("\xa0", " ")


def test_a_trainer_marks_their_own_learners(corrected, assessment, trainer, sign_in):
    client = sign_in(trainer)
    where, run = look(client, assessment)
    assert "Inès" not in client.get(where).content.decode()
    client.post(where, {"step": "go", "lower": "on"})
    work_off(run)
    assert scores(corrected) == [100, 100]


def test_who_left_their_group_meanwhile_is_left_alone(corrected, assessment, trainer, sign_in):
    where, run = look(sign_in(trainer), assessment)
    CohortMember.objects.all().delete()
    sign_in(trainer).post(where, {"step": "go"})
    assert work_off(run).state == RunState.DONE
    assert scores(corrected) == [0, 100]


def test_nothing_to_change(assessment, learner, manager, sign_in):
    take(learner, assessment, wrong_fields)
    client = sign_in(manager)
    where, run = look(client, assessment)
    assert run.state == RunState.DONE
    assert "Aucune note ne changerait" in client.get(where).content.decode()


def test_an_attempt_that_cannot_be_marked_stops_nobody(corrected, assessment, manager, sign_in):
    """Neither while looking nor while writing."""
    real = regrading.regrade
    extra = take(make_user("l1"), assessment, wrong_fields)
    Grade._base_manager.filter(attempt=extra).delete()
    AttemptItem.objects.filter(attempt=extra).update(revision=Revision.objects.create(
        content_object=extra.enrolment.course, base_content_type=ContentType.objects.get_for_model(Course), content={},
    ))  # fmt: skip
    client = sign_in(manager)
    where, run = look(client, assessment)
    assert sorted(run.rows.values_list("outcome", flat=True)) == ["failed", "waiting", "waiting"]
    assert "n’ont pas pu être corrigés" in client.get(where).content.decode()

    def sometimes(*, attempt, by, may_lower):
        if attempt.pk == corrected[1].pk:
            raise KeyError("damaged")
        return real(attempt=attempt, by=by, may_lower=may_lower)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regrading, "regrade", sometimes)
        client.post(where, {"step": "go"})
        assert work_off(run).state == RunState.DONE
    assert scores(corrected) == [100, 100]
    assert sorted(run.rows.values_list("outcome", flat=True)) == ["changed", "failed", "failed"]


def test_queries_and_memory_are_those_of_a_slice(corrected, assessment, manager, monkeypatch):
    """However many attempts there are: a request asked for all of them."""
    monkeypatch.setattr(regrading, "CHECKED_AT_ONCE", 3)
    sizes = []
    real = regrading.marked_again
    monkeypatch.setattr(regrading, "marked_again", lambda run, some: sizes.append(len(some)) or real(run, some))

    def queries_of_a_slice() -> int:
        run = start_regrade(assessment=assessment, by=manager)
        with CaptureQueriesContext(connection) as caught:
            runs.work(label=run._meta.label, run_id=run.pk, seconds=0)
        RegradeRun.objects.update(state=RunState.STOPPED)
        return len(caught)

    few = queries_of_a_slice()
    for number in range(5):
        take(make_user(f"l{number}"), assessment, right_fields)
    assert queries_of_a_slice() <= few
    assert sizes == [2, 3]


def test_the_page_of_many_marks_costs_as_much_as_that_of_few(corrected, assessment, manager, sign_in):
    client = sign_in(manager)
    where, run = look(client, assessment)
    client.get(where)
    with CaptureQueriesContext(connection) as few:
        client.get(where)
    row = run.rows.first()
    for number in range(60):
        attempt = take(make_user(f"l{number}"), assessment, right_fields)
        row.pk, row.attempt = None, attempt
        row.save(force_insert=True)
    with CaptureQueriesContext(connection) as many:
        page = client.get(where).content.decode()
    assert len(many) <= len(few)
    assert "?page=2" in page
