"""What a question, bank or assessment would belong to must be theirs to change, and published by who may publish."""

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from assessments.models import Question
from assessments.question_imports import start_question_import
from assessments.services import start_regrade
from cms.rows import REGISTRY
from courses.enums import CourseRoleKind
from courses.models import CourseRole
from courses.roles import give_role
from lms.accounts.enums import Role
from lms.lib import runs
from lms.lib.runs import RunState
from tests.assessments.test_admin_forms import ADD, question_data
from tests.factories.assessments import SECRET, make_assessment, make_bank, make_question
from tests.factories.courses import make_course
from tests.factories.people import make_user
from tests.factories.runs import work_off

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
PUBLISH = {"action-publish": "1"}


@pytest.fixture
def course(site):
    return make_course("saisie")


@pytest.fixture
def bank(course):
    return make_bank("banque", titles={"fr": f"{SECRET} banque"}, course=course)


def member(name, course=None, role=CourseRoleKind.AUTHOR):
    user = make_user(name, Role.TRAINER, all_courses=False)
    if course is not None:
        give_role(course=course, user=user, role=role, by=None)
    return user


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def test_every_model_of_a_course_says_what_it_belongs_to():
    """A key that leads to a row of somebody and decides whose this row is."""
    owned = {model for model in REGISTRY if model._meta.app_label in {"assessments", "courses"}} & {
        model for model in apps.get_models() if any(f.name in {"course", "bank"} for f in model._meta.concrete_fields)
    }
    assert {model.__name__: model.belongs_to for model in owned} == {
        "QuestionBank": "course", "Question": "bank", "Assessment": "course",
    }  # fmt: skip


@pytest.mark.parametrize("query", ["", "&bank={}", "&bank={}&skill=1"])
@pytest.mark.parametrize("role", [None, CourseRoleKind.REVIEWER, "of another course"])
@pytest.mark.parametrize("more", [{}, PUBLISH], ids=["draft", "published"])
def test_nobody_adds_to_a_bank_that_is_not_theirs_to_change(course, bank, query, role, more):
    if role == "of another course":
        user = member("autre", make_course("autre"))
    else:
        user = member("autre", course if role else None, role or "")
    client, address = client_of(user), ADD + query.format(bank.pk)
    if role != CourseRoleKind.REVIEWER:  # who may read its title
        assert SECRET not in client.get(address).text
    answer = client.post(address, {**question_data(bank=bank.pk), **more})
    assert answer.status_code == 200
    assert "bank" in answer.context["form"].errors
    assert not Question.objects.exists()


def test_an_author_adds_to_their_bank_and_begins_with_it(course, bank):
    client = client_of(member("auteure", course))
    assert SECRET in client.get(f"{ADD}&bank={bank.pk}").text
    assert client.post(ADD, {**question_data(bank=bank.pk), **PUBLISH}).status_code == 302
    assert Question.objects.get().live


def test_a_reviewer_corrects_as_a_draft_and_does_not_publish(course, bank):
    question = make_question(bank=bank)
    before = question.live_revision_id
    client = client_of(member("relecteur", course, CourseRoleKind.REVIEWER))
    address = reverse("wagtailsnippets_assessments_question:edit", args=[question.pk])
    data = question_data(bank=bank.pk, code=question.code, skill=question.skill_id)
    assert client.post(address, {**data, **PUBLISH}).status_code == 404
    assert client.post(address, data).status_code == 302
    question.refresh_from_db()
    assert question.live_revision_id == before
    assert question.has_unpublished_changes
    revert = reverse("wagtailsnippets_assessments_question:revisions_revert", args=[question.pk, before])
    assert client.post(revert, {**data, **PUBLISH}).status_code == 404


@pytest.mark.parametrize("kind", ["import", "regrade"])
def test_a_run_ends_with_the_right_to_what_it_works_on(course, bank, kind):
    """It waited, and meanwhile the course was taken from whoever began it."""
    author = member("auteure", course)
    question = make_question(bank=bank)
    if kind == "import":
        run = start_question_import(
            content=b"Neuf {T}", by=author, bank=bank, skill=question.skill, difficulty=2,
            locale=question.locale, live=True,
        )  # fmt: skip
        assert work_off(run).state == RunState.READY
    else:
        assessment = make_assessment(course, questions=[question])
        type(assessment).objects.update(course=course)
        run = start_regrade(assessment=assessment, by=author)
    page, client = f"/cms/runs/{run.pk}/", client_of(author)
    assert client.get(page).status_code == 200
    CourseRole.objects.all().delete()
    assert client.get(page).status_code == 404
    assert client.post(page, {"step": "go"}).status_code == 404
    runs.confirm(run)
    assert work_off(run).state == RunState.REFUSED
    assert Question.objects.count() == 1
