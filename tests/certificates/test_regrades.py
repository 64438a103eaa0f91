"""After a correction: whose certificate is at stake, and that none goes without a person's word."""

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.enums import Decision
from assessments.models import RegradeRun
from assessments.services import start_regrade, submit
from certificates import services
from certificates.models import Certificate
from certificates.regrades import at_stake
from courses.models import Course
from lms.accounts.models import AuditEvent
from lms.lib import runs
from tests.assessments.helpers import begin, right_fields, save, wrong_fields
from tests.factories.assessments import make_assessment, make_question
from tests.factories.courses import make_course, make_enrolment
from tests.factories.people import make_user
from tests.factories.runs import work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def questions(site):
    make_course()
    return [make_question(code=f"q{number}") for number in range(4)]


@pytest.fixture
def exam(questions):
    return make_assessment(Course.objects.get(), code="examen", questions=questions)


def take(enrolment, exam, wrong):
    attempt = begin(enrolment, exam)
    for item in attempt.items.all():
        save(enrolment.user, attempt, item.position, (wrong_fields if item.position in wrong else right_fields)(item))
    return submit(attempt=attempt)


def certified(user, exam, *attempts) -> Certificate:
    enrolment = make_enrolment(user, Course.objects.get(), completed_at=timezone.now(), language="fr")
    for wrong in attempts:
        take(enrolment, exam, wrong)
    return services.issue(enrolment_id=enrolment.pk)


@pytest.fixture
def held(exam, learner, stranger):
    """Awa passed with 75 % thanks to the first question, Inès without needing it, Sira in a second attempt."""
    return (
        certified(learner, exam, {4}),
        certified(stranger, exam, set()),
        certified(make_user("sira", full_name="Sira Ba"), exam, {4}, set()),
    )


@pytest.fixture
def run(held, exam, questions, manager) -> RegradeRun:
    """Dropping the first question: three of four become two of three."""
    asked = start_regrade(
        assessment=exam, by=manager, question_key=questions[0].translation_key, decision=Decision.DROP, reason="Fausse"
    )
    return work_off(asked)


def apply(run, **options):
    runs.confirm(run, **{"may_lower": True, **options})
    return work_off(run)


def page(run):
    return reverse("certificates_of_regrade", args=[run.pk])


def valid() -> set[str]:
    return set(Certificate.objects.filter(revoked_at=None).values_list("holder_name", flat=True))


EVERYBODY = {"Awa Ndiaye", "Inès Koffi", "Sira Ba"}


def test_who_would_lose_is_listed_before_anything_is_applied(run, held, manager, sign_in):
    assert list(at_stake(run, manager)) == [held[0]]
    client = sign_in(manager)
    shown = client.get(page(run)).content.decode()
    assert "Awa Ndiaye" in shown
    assert "Inès Koffi" not in shown
    client.post(page(run), {"everyone": "on", "decision": "withdraw", "reason": "Question fausse"})
    assert valid() == EVERYBODY  # nobody decides before the marks are written


def test_nobody_loses_a_certificate_by_marks_alone(run, manager):
    apply(run)
    assert run.rows.filter(new_passed=False, outcome="changed").count() == 2
    assert valid() == EVERYBODY
    assert [row.holder_name for row in at_stake(run, manager)] == ["Awa Ndiaye"]


def test_marks_that_were_kept_put_nothing_at_stake(run, manager):
    apply(run, may_lower=False)
    assert not at_stake(run, manager).exists()


def test_a_manager_withdraws_with_a_reason(run, held, manager, sign_in):
    apply(run)
    client = sign_in(manager)
    assert client.post(page(run), {"everyone": "on", "decision": "withdraw"}).status_code == 422
    assert client.post(page(run), {"decision": "withdraw", "reason": "x"}).status_code == 422
    data = {"certificates": held[0].pk, "decision": "withdraw", "reason": "La question 1 était fausse"}
    assert client.post(page(run), data).status_code == 302
    assert valid() == {"Inès Koffi", "Sira Ba"}
    assert Certificate.objects.get(pk=held[0].pk).revoked_reason == "La question 1 était fausse"
    assert not at_stake(run, manager).exists()


def test_a_manager_keeps_all_and_the_trail_says_who(run, held, manager, sign_in):
    apply(run)
    assert sign_in(manager).post(page(run), {"everyone": "on", "decision": "keep"}).status_code == 302
    assert valid() == EVERYBODY
    event = AuditEvent.objects.get(verb="keep-certificate")
    assert (event.actor, event.target) == (manager, f"certificates.Certificate:{held[0].pk}")


def test_only_what_is_at_stake_can_be_chosen(run, held, manager, sign_in):
    apply(run)
    data = {"certificates": held[1].pk, "decision": "withdraw", "reason": "x"}
    assert sign_in(manager).post(page(run), data).status_code == 422
    assert valid() == EVERYBODY


def test_a_trainer_does_not_decide(run, trainer, sign_in):
    client = sign_in(trainer)
    assert client.get(page(run))["Location"] == "/cms/"
    client.post(page(run), {"everyone": "on", "decision": "withdraw", "reason": "x"})
    assert valid() == EVERYBODY


def test_the_run_leads_there(run, manager, sign_in):
    apply(run)
    shown = sign_in(manager).get(reverse("runs:run", args=[run.pk])).content.decode()
    assert page(run) in shown
