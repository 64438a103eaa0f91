"""The page of a group: who needs somebody, and its cost at two sizes."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Attempt
from courses import following
from courses.models import Cohort, CohortMember, Enrolment, StepProgress
from courses.outline import get_outline
from lms.accounts.enums import Role
from lms.accounts.models import AuditEvent, User
from tests.factories.assessments import assessment_page, make_assessment, make_question
from tests.factories.courses import make_cohort, make_course, make_enrolment, step_keys
from tests.factories.people import make_user

ago = lambda days: timezone.now() - timedelta(days=days)  # noqa: E731


@pytest.fixture
def course(site):
    return make_course(lessons=2)


def address(cohort: Cohort, **query: str) -> str:
    return f"/cms/cohorts/{cohort.pk}/?" + "&".join(f"{name}={value}" for name, value in query.items())


def names(response) -> list[str]:
    return [person.name for person, _squares in response.context["lines"]]


@pytest.fixture
def five(course, trainer, manager):
    """One person of each kind, called as they stand, and a trainer of the group."""
    key = step_keys(course)[0]
    exam = make_assessment(course, code="exam", questions=[make_question(code="q1")])
    page = assessment_page(exam)
    people = {name: make_user(name, full_name=name.title()) for name in ("zoe", "silent", "new", "going", "done")}
    cohort = make_cohort(*people.values(), trainers=(trainer,), courses=(course,))
    make_enrolment(people["done"], course, started_at=ago(30), completed_at=ago(20), last_step_key=key)
    make_enrolment(people["going"], course, started_at=ago(30), last_active_at=ago(1), last_step_key=key)
    make_enrolment(people["silent"], course, started_at=ago(30), last_active_at=ago(9), last_step_key=key)
    stuck = make_enrolment(people["zoe"], course, started_at=ago(30), last_active_at=ago(2), last_step_key=key)
    for number in (1, 2):
        Attempt.objects.create(
            enrolment=stuck, assessment=exam, step_key=page.translation_key, number=number, seed=1, language="fr",
            submitted_at=ago(3 - number), score=10, passed=False,
        )  # fmt: skip
    return cohort


def test_who_needs_somebody_stands_first_with_a_sentence(five, trainer, sign_in):
    page = sign_in(trainer).get(address(five))
    assert names(page) == ["Zoe", "Silent", "New", "Going", "Done"]
    text = page.content.decode()
    assert "2 échecs à «\u00a0Évaluation" in text
    counts = {bar["status"].value: bar["count"] for bar in page.context["bars"]}
    assert counts == {"stuck": 1, "silent": 1, "not-begun": 1, "on-track": 1, "finished": 1}
    assert text.count("<rect") == 10  # a part of the bar and a mark in its table, for each


def test_sorted_filtered_searched(five, trainer, sign_in):
    client = sign_in(trainer)
    assert names(client.get(address(five, order="name"))) == ["Done", "Going", "New", "Silent", "Zoe"]
    assert names(client.get(address(five, status="silent"))) == ["Silent"]
    assert names(client.get(address(five, q="zo"))) == ["Zoe"]
    assert names(client.get(address(five, q="nobody"))) == []
    assert "Personne du groupe ne correspond" in client.get(address(five, q="nobody")).content.decode()
    assert len(names(client.get(address(five, status="rubbish", order="rubbish")))) == 5


def test_the_steps_say_how_many_have_done_each(five, course, trainer, sign_in):
    StepProgress.objects.create(enrolment=Enrolment.objects.first(), step_key=step_keys(course)[0], kind="lesson")
    assert sign_in(trainer).get(address(five)).context["steps"] is None
    steps = sign_in(trainer).get(address(five, steps="1")).context["steps"]
    assert [number for _step, number in steps] == [1, 0, 0]


def test_a_passed_assessment_is_no_failure(five, course, trainer, sign_in):
    stuck = Enrolment.objects.get(user__username="zoe")
    key = Attempt.objects.first().step_key
    StepProgress.objects.create(enrolment=stuck, step_key=key, kind="assessment")
    assert names(sign_in(trainer).get(address(five, status="stuck"))) == []


def test_the_trainer_of_another_group_sees_nothing(five, sign_in):
    client = sign_in(make_user("autre", Role.TRAINER))
    assert client.get(address(five)).status_code == 404
    assert client.post(f"/cms/cohorts/{five.pk}/remove/", {"learner": "1"}).status_code == 404


def test_the_chosen_leave_the_group_and_can_come_back(five, trainer, sign_in):
    client = sign_in(trainer)
    going, stranger = User.objects.get(username="going"), make_user("stranger2")
    url = f"/cms/cohorts/{five.pk}/remove/"
    text = client.post(url, {"learner": [going.pk, stranger.pk, "x"]}, follow=True).content.decode()
    assert "Pour annuler, ajoutez\u00a0: going." in text
    assert five.members.count() == 4
    assert AuditEvent.objects.get(verb="remove-member").fields == [f"user:{going.pk}"]
    assert "Cochez les personnes" in client.post(url, follow=True).content.decode()


def test_a_group_without_a_course_still_shows_its_people(site, trainer, learner, sign_in):
    cohort = make_cohort(learner, trainers=(trainer,))
    text = sign_in(trainer).get(address(cohort)).content.decode()
    assert learner.full_name in text
    assert 'name="learner"' in text


def fill(cohort: Cohort, course, number: int) -> None:
    """``number`` more members with half of their steps done."""
    start = User.objects.count()
    users = User.objects.bulk_create(
        User(username=f"m{start + n:05}", username_key=f"m{start + n:05}", full_name=f"Membre Numéro {start + n}",
             role=Role.LEARNER)
        for n in range(number)
    )  # fmt: skip
    CohortMember.objects.bulk_create(CohortMember(cohort=cohort, user=user) for user in users)
    keys = [step.key for step in get_outline(course, "fr").steps]
    rows = Enrolment.objects.bulk_create(
        Enrolment(user=user, course=course, last_step_key=keys[n % len(keys)], last_active_at=ago(n % 15))
        for n, user in enumerate(users)
    )
    StepProgress.objects.bulk_create(
        StepProgress(enrolment=row, step_key=key, kind="lesson") for row in rows for key in keys[: len(keys) // 2]
    )


@pytest.fixture
def sixty(site, monkeypatch):
    """A course of sixty lessons, whose pages are not made one by one: the outline is put where it is kept."""
    course = make_course(lessons=1)
    outline = get_outline(course, "fr")
    (module,) = outline.modules
    steps = tuple(replace(module.steps[0], key=uuid4(), title=f"Leçon numéro {n}") for n in range(60))
    whole = replace(outline, modules=(replace(module, steps=steps),))
    monkeypatch.setattr(following, "shared_outline", lambda course: whole)
    monkeypatch.setattr("tests.courses.test_group_page.get_outline", lambda course, language: whole)
    return course


def test_five_hundred_people_cost_what_fifty_cost(sixty, trainer, sign_in):
    cohort = make_cohort(trainers=(trainer,), courses=(sixty,))
    client = sign_in(trainer)
    counted = []
    for more in (50, 450):
        fill(cohort, sixty, more)
        client.get(address(cohort))
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address(cohort))
        counted.append(len(queries))
    text = response.content.decode()
    assert len(response.context["lines"]) == 50
    assert counted[0] == counted[1] <= 15, [query["sql"][:200] for query in queries]
    assert len(response.content) <= 60_000
    assert len(re.findall(r"<[a-z]", text)) <= 4_000


def test_what_is_read_of_a_very_large_group_has_an_end(sixty, trainer, sign_in, monkeypatch):
    monkeypatch.setattr(following, "MEMBERS_FOLLOWED", 3)
    cohort = make_cohort(trainers=(trainer,), courses=(sixty,))
    fill(cohort, sixty, 5)
    page = sign_in(trainer).get(address(cohort))
    assert len(page.context["lines"]) == 3
    assert "Personnes dans ce groupe\u00a0: 5." in page.content.decode()
