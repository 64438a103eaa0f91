"""Nothing of a course shows, and nothing of it changes, for a trainer who has no role in it: at every address of the
admin, ours and Wagtail's, present and to come.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale, Page, get_page_models
from wagtailmedia.models import get_media_model

from assessments.models import Assessment, AssessmentPage, Question, QuestionBank
from assessments.question_imports import start_question_import
from cms.bulk_actions import BULK_ACTIONS
from cms.gates import GATES, Rows, gate_of
from courses.enums import CourseRoleKind
from courses.models import Course, CoursePage, CourseRole
from courses.roles import give_role
from lms.accounts.enums import Role
from tests.factories.assessments import SECRET, assessment_page, make_assessment, make_bank, make_question
from tests.factories.courses import course_page, lesson_page, make_cohort, make_course, make_enrolment, module_page
from tests.factories.people import make_user
from tests.worlds import signed_in_as_before
from tests.writes import tables_written

pytestmark = pytest.mark.pages

BOOKKEEPING = {
    "django_session",
    "accounts_signin",
    "wagtailadmin_editingsession",
    "wagtailusers_userprofile",
    "accounts_user",
}


def routes(patterns: Any = None, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    """(full name, or pattern where there is none; pattern) of every view of the admin."""
    for entry in patterns or get_resolver().url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, path, ":".join(filter(None, [namespace, entry.namespace])))
        elif path.startswith("cms/"):
            yield (f"{namespace}:{entry.name}" if namespace else entry.name) if entry.name else path, path


def test_every_view_of_the_admin_is_considered():
    unknown = sorted({name for name, _path in routes() if gate_of(name) is None})
    assert not unknown, (
        "These views of the admin have no gate, so they answer 404. Say in cms/gates.py, or beside the view with "
        "gates.allow, whose rows they show:\n" + "\n".join(unknown)
    )


def test_every_gate_is_a_view():
    names = {name for name, _path in routes()}
    gone = sorted(set(GATES) - names)
    assert set(gone) <= {f"{name}:copy" for name in ("wagtaillocales", "wagtailusers_groups")}


def test_every_bulk_action_is_considered():
    bulk_action_registry._scan_for_bulk_actions()
    actions = {
        action for models in bulk_action_registry.actions.values() for found in models.values() for action in found
    }
    assert actions - {"assign_role", "set_active_state"} <= set(BULK_ACTIONS)


@pytest.fixture
def others(db) -> dict[str, Any]:
    """All that makes a course of somebody else; every name in it holds ``SECRET``."""
    owner = make_user("auteure", Role.TRAINER, all_courses=False)
    course = make_course(SECRET, titles={"fr": f"{SECRET} cours"})
    give_role(course=course, user=owner, role=CourseRoleKind.AUTHOR, by=None)
    bank = make_bank(f"{SECRET}-banque", titles={"fr": f"{SECRET} banque"}, course=course)
    question = make_question(bank=bank, prompt=f"<p>{SECRET} question</p>")
    assessment = make_assessment(course, code=f"{SECRET}-eval", questions=[question], bank=bank, draw=1)
    Assessment.objects.filter(pk=assessment.pk).update(course=course, titles={"fr": f"{SECRET} évaluation"})
    learner = make_user("eleve", full_name=f"Eleve {SECRET.capitalize()}")
    cohort = make_cohort(learner, trainers=(owner,), courses=(course,), name=f"{SECRET} groupe")
    make_enrolment(learner, course)
    inside = Page.objects.filter(path__startswith=course_page(course).path)
    for page in inside.specific():
        page.title = page.draft_title = f"{SECRET} {page.title}"
        page.save()
        page.save_revision(user=owner)
    CoursePage.objects.filter(course=course).update(live=False)
    image = get_image_model().objects.create(
        title=f"{SECRET} image", file=get_test_image_file(), uploaded_by_user=owner
    )
    document = get_document_model().objects.create(
        title=f"{SECRET} document", file=ContentFile(b"x", name="x.txt"), uploaded_by_user=owner
    )
    media = get_media_model().objects.create(
        title=f"{SECRET} son", file=ContentFile(b"x", name="x.mp3"), type="audio", uploaded_by_user=owner
    )
    run = start_question_import(
        content=f"{SECRET} {{=a}}".encode(), by=owner, bank=bank, skill=question.skill, difficulty=2,
        locale=question.locale, live=False,
    )  # fmt: skip
    return {
        "run": run, "owner": owner, "course": course, "bank": bank, "question": question, "assessment": assessment,
        "learner": learner, "cohort": cohort, "image": image, "document": document, "media": media,
        "pages": [course_page(course), module_page(course), lesson_page(course), assessment_page(assessment)],
        "assessmentpage": AssessmentPage.objects.get(),
    }  # fmt: skip


def candidates(others: dict[str, Any], name: str, argument: str) -> list[Any]:
    """What may stand for an argument of an address: the objects of the other course."""
    gate = gate_of(name)
    if ("page" in argument and argument.endswith(("_id", "_pk"))) or argument == "destination_id":
        return [page.pk for page in others["pages"]]
    if argument in {"image_id", "document_id", "media_id"}:
        return [others[argument[:-3]].pk]
    if argument == "doc_id":
        return [others["document"].pk]
    if argument == "revision_id":
        model = others["pages"][2] if "pages" in name else others["question"]
        return [model.latest_revision_id or model.get_latest_revision().pk]
    if name.startswith("runs:") or name == "certificates_of_regrade":
        return [others["run"].pk]
    if name in {"correct_question", "assessment_question"} and argument == "key":
        return [others["question"].translation_key]
    if argument == "attempt_id":
        return [uuid4()]
    if argument == "user_id":
        return [others["learner"].pk]
    if argument == "pk" and isinstance(gate, Rows):
        model = gate.model()
        found = [row for row in others.values() if isinstance(row, model)]
        return [row.pk for row in found] or [1]
    if argument in {"pk", "object_id"}:
        return [others[key].pk for key in ("course", "bank", "question", "assessment", "cohort", "learner")]
    return {
        "language": ["fr"], "revision_id_a": ["earliest"], "revision_id_b": ["latest"], "media_type": ["audio"],
        "app_label": ["assessments"], "app_name": ["assessments"], "model_name": ["question"],
        "content_type_app_name": ["courses"], "content_type_model_name": ["lessonpage"], "filter_spec": ["original"],
    }.get(argument, ["1"])  # fmt: skip


def addresses(others: dict[str, Any]) -> Iterator[str]:
    for name, path in routes():
        wanted = re.findall(r"(?:<(?:\w+:)?|\?P<)(\w+)>", path)
        if name == "wagtailadmin_pages:revisions_compare":
            yield from (reverse(name, args=[page.pk, "earliest", "latest"]) for page in others["pages"])
            continue
        choices = {argument: candidates(others, name, argument) for argument in wanted}
        for number in range(max([len(found) for found in choices.values()], default=1)):
            kwargs = {argument: found[min(number, len(found) - 1)] for argument, found in choices.items()}
            try:
                yield reverse(name, kwargs=kwargs)
            except NoReverseMatch:
                assert name.startswith("cms/") or "bulk" in name, f"{name}: {path}"
    yield from bulk_addresses(others)
    for query in ("?q=" + SECRET, "?q=z", "?export=csv", "?export=xlsx"):
        for name in ("wagtailadmin_pages:search", "wagtaildocs:index", "wagtailimages:index", "wagtailmedia:index",
                     "lesson_pages:index", "course_pages:index", "wagtailadmin_reports:site_history"):  # fmt: skip
            yield reverse(name) + query
    for model in ("question", "questionbank", "assessment"):
        yield reverse(f"wagtailsnippets_assessments_{model}:list") + "?q=z"
        yield reverse(f"wagtailsnippetchoosers_assessments_{model}:choose_results") + "?q=z&locale=fr"
        row = others["bank" if model == "questionbank" else model]
        yield reverse(f"wagtailsnippetchoosers_assessments_{model}:chosen_multiple") + f"?id={row.pk}"
    for kind in ("images", "docs"):
        row = others["image" if kind == "images" else "document"]
        yield reverse(f"wagtail{kind}_chooser:chosen_multiple") + f"?id={row.pk}"
    yield reverse("wagtailadmin_choose_page_chosen_multiple") + f"?id={others['pages'][2].pk}"
    yield reverse("wagtailadmin_choose_page_search") + "?q=z"
    for model in get_page_models():  # where one begins to look for a page of that kind
        yield reverse("wagtailadmin_choose_page") + f"?page_type={model._meta.label_lower}"
    yield f"/cms/translation/submit/snippet/assessments/question/{others['question'].pk}/"
    yield f"/cms/api/main/pages/?child_of={others['pages'][0].pk}&for_explorer=1"


def bulk_addresses(others: dict[str, Any]) -> Iterator[str]:
    bulk_action_registry._scan_for_bulk_actions()
    rows = [*others["pages"], *(row for row in others.values() if hasattr(row, "_meta"))]
    for label, models in bulk_action_registry.actions.items():
        for model, actions in models.items():
            ids = [row.pk for row in rows if row._meta.model_name == model] or [others["pages"][2].pk]
            for action in actions:
                yield from (f"/cms/bulk/{label}/{model}/{action}/?id={pk}" for pk in [*ids, "all"])


def ask(
    client: Client, method: str, path: str, data: Any = None, is_unharmed: Callable[[], bool] | None = None
) -> tuple[Any, set[str]]:
    """Status and body, and the tables it wrote; all is put back. What it wrote does not count when ``is_unharmed``,
    asked then, says that nothing which matters has changed.
    """
    with signed_in_as_before(client), transaction.atomic():
        with tables_written() as written:
            response = client.get(path) if method == "GET" else client.post(path, data or {})
            body = b"".join(response.streaming_content) if response.streaming else response.content
        counted = written - BOOKKEEPING
        if counted and is_unharmed is not None and is_unharmed():
            counted = set()
        transaction.set_rollback(True)
    return (response.status_code, body.decode(errors="replace")), counted


def state(others: dict[str, Any]) -> list[Any]:
    """Every column of what makes the other course."""
    rows = [*others["pages"], *(row for row in others.values() if hasattr(row, "_meta"))]
    return [list(type(row)._base_manager.filter(pk=row.pk).values()) for row in rows]


@pytest.mark.parametrize("role", ["of another course", "without a course"])
def test_nothing_of_another_course(others, site, role):
    trainer = make_user("autre", Role.TRAINER, all_courses=False)
    if role == "of another course":
        give_role(course=make_course("autre"), user=trainer, role=CourseRoleKind.AUTHOR, by=None)
    client = Client(raise_request_exception=False)
    client.force_login(trainer)
    wrong, seen, before = [], set(), state(others)
    for path in addresses(others):
        if path in seen:
            continue
        seen.add(path)
        for method in ("GET", "POST"):
            of_all = "id=all" in path  # all of theirs, who have a course: those they may change
            is_unharmed = (lambda: state(others) == before) if of_all else None
            (status, body), written = ask(client, method, path, is_unharmed=is_unharmed)
            body = body.replace(f"q={SECRET}", "").replace(f'value="{SECRET}"', "").replace(f"“{SECRET}”", "")
            body = body.replace(f"<em>{SECRET}</em>", "")
            if SECRET in body.lower():
                place = body.lower().index(SECRET)
                wrong.append(f"{method} {path}: shows {body[max(0, place - 60) : place + 40]!r}")
            if status >= 500:
                wrong.append(f"{method} {path}: {status}")
            if written:
                wrong.append(f"{method} {path} ({status}): wrote {sorted(written)}")
    assert not wrong, "\n".join(wrong)
    assert len(seen) > 300


def test_what_is_theirs_shows_no_question_of_others(others, site):
    """An assessment of theirs that a manager let draw from the bank of another course."""
    trainer, course = make_user("autre", Role.TRAINER, all_courses=False), make_course("autre")
    give_role(course=course, user=trainer, role=CourseRoleKind.AUTHOR, by=None)
    theirs = make_assessment(course, code="la-leur", questions=[], bank=others["bank"], draw=1)
    Assessment.objects.filter(pk=theirs.pk).update(course=course)
    mixed = {**others, "course": course, "assessment": theirs, "owner": trainer}
    client = Client()
    client.force_login(trainer)
    opened, wrong = 0, []
    for name, path in routes():
        gate = gate_of(name)
        if not isinstance(gate, Rows) or gate.model() not in {Assessment, Course}:
            continue
        wanted = re.findall(r"(?:<(?:\w+:)?|\?P<)(\w+)>", path)
        address = reverse(name, kwargs={argument: candidates(mixed, name, argument)[0] for argument in wanted})
        for answer in (client.get(address), client.post(address, {})):
            opened += answer.status_code == 200
            if f"{SECRET} question" in (b"".join(answer).decode(errors="replace")):
                wrong.append(address)
    assert wrong == []
    assert opened > 10


def shown() -> list[Any]:
    """What learners meet of all courses, and what there is at all; drafts and their marks left aside."""
    marks = {"latest_revision_id", "has_unpublished_changes", "draft_title", "latest_revision_created_at"}
    found = []
    for model in (Page, Question, QuestionBank, Assessment, Course, CourseRole):
        names = [f.attname for f in model._meta.concrete_fields if f.attname not in marks]
        found.append(list(model._base_manager.order_by("pk").values_list(*names)))
    return found


def test_a_reviewer_makes_and_publishes_nothing(others, site):
    """In the course that they review: whatever is posted, no row is made and none that learners see changes."""
    reviewer = make_user("relectrice", Role.TRAINER, all_courses=False)
    give_role(course=others["course"], user=reviewer, role=CourseRoleKind.REVIEWER, by=None)
    client = Client(raise_request_exception=False)
    client.force_login(reviewer)
    english = Locale.objects.get(language_code="en")
    data = {"locales": [english.pk], "include_subtree": "on", "cascade": "on"}
    wrong, before = [], shown()
    for path in dict.fromkeys(addresses(others)):
        for more in ({}, {"action-publish": "1"}):
            (status, _body), written = ask(
                client, "POST", path, {**data, **more}, is_unharmed=lambda: shown() == before
            )
            if status >= 500 or written:
                wrong.append(f"{path} ({status}): wrote {sorted(written)}")
    assert not wrong, "\n".join(wrong)


def test_a_view_nobody_considered_is_closed(trainer, site, client, monkeypatch):
    client.force_login(trainer)
    assert client.get("/cms/").status_code == 200
    monkeypatch.delitem(GATES, "wagtailadmin_home")
    gate_of.cache_clear()
    assert client.get("/cms/").status_code == 404
    gate_of.cache_clear()


def test_an_author_and_a_reviewer_work(others, site):
    """The other side of the law: with a role the same doors are open."""
    reviewer = make_user("relectrice", Role.TRAINER, all_courses=False)
    give_role(course=others["course"], user=reviewer, role=CourseRoleKind.REVIEWER, by=None)
    lesson, question, bank = others["pages"][2], others["question"], others["bank"]
    both = [
        reverse("wagtailadmin_pages:edit", args=[lesson.pk]),
        reverse("wagtailadmin_explore", args=[others["pages"][1].pk]),
        reverse("wagtailsnippets_assessments_question:edit", args=[question.pk]),
        reverse("export_questions", args=[bank.pk, "fr"]),
        reverse("assessment_results", args=[others["assessment"].pk]),
    ]
    author = [
        reverse("wagtailadmin_pages:add", args=["courses", "lessonpage", others["pages"][1].pk]),
        reverse("wagtailadmin_pages:unpublish", args=[lesson.pk]),
        reverse("wagtailsnippets_assessments_assessment:edit", args=[others["assessment"].pk]),
        reverse("wagtailsnippets_courses_course:edit", args=[others["course"].pk]),
        reverse("courses_people", args=[others["course"].pk]),
    ]
    for user, may, may_not in ((others["owner"], both + author, []), (reviewer, both, author)):
        client = Client()
        client.force_login(user)
        assert {path: client.get(path).status_code for path in may} == dict.fromkeys(may, 200)
        assert {path: client.get(path).status_code for path in may_not} == dict.fromkeys(may_not, 404)


def test_the_chooser_of_pages_shows_what_one_may_see(others, site, indexed):
    """Found by a word or by browsing: nothing of other courses, all of one's own, to link to."""
    lesson, home = others["pages"][2], others["pages"][0].get_parent()
    for page in others["pages"]:
        page.refresh_from_db()
        page.save()  # found from now on
    stranger = make_user("isolee", Role.TRAINER, all_courses=False)
    addresses = [
        reverse("wagtailadmin_choose_page_search") + f"?q={lesson.title.split()[-2]}",
        reverse("wagtailadmin_choose_page_search") + f"?q={lesson.title.split()[-2]}&page_type=courses.lessonpage",
        reverse("wagtailadmin_choose_page_child", args=[home.pk]),
    ]
    for user, sees in ((others["owner"], True), (stranger, False)):
        client = Client()
        client.force_login(user)
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200
            assert (SECRET in answer.text) is sees, (user, address)
        chosen = client.get(reverse("wagtailadmin_choose_page_child", args=[home.get_parent().pk]))
        assert home.title in chosen.json()["html"]  # pages of the site are for everybody to link to


def test_no_one_deletes_what_learners_have_met(others, site, admin_client_of_the_site):
    """Neither one by one nor in bulk, not even a superuser."""
    lesson, question = others["pages"][2], others["question"]
    make = others["learner"].enrolments.get()
    make.steps.create(step_key=lesson.translation_key, kind="lesson")
    client = admin_client_of_the_site
    for path in (
        reverse("wagtailadmin_pages:delete", args=[lesson.pk]),
        reverse("wagtailadmin_pages:delete", args=[others["pages"][0].pk]),
        f"/cms/bulk/wagtailcore/page/delete/?id={lesson.pk}",
        reverse("wagtailsnippets_assessments_question:delete", args=[question.pk]),
        f"/cms/bulk/assessments/question/delete/?id={question.pk}",
        reverse("wagtailsnippets_courses_course:delete", args=[others["course"].pk]),
        f"/cms/bulk/courses/course/delete/?id={others['course'].pk}",
    ):
        for method, status in ((client.get, 200), (client.post, 409)):
            response = method(path)
            assert response.status_code == status, path
            assert "Non supprimé" in response.text
    assert Page.objects.filter(pk=lesson.pk).exists()
    assert Course.objects.filter(pk=others["course"].pk).exists()


def test_a_draft_nobody_met_is_deleted(others, site):
    client = Client()
    client.force_login(others["owner"])
    draft = make_question(bank=others["bank"], live=False)
    response = client.post(reverse("wagtailsnippets_assessments_question:delete", args=[draft.pk]))
    assert response.status_code == 302
    assert not type(draft).objects.filter(pk=draft.pk).exists()


@pytest.fixture
def admin_client_of_the_site(db) -> Client:
    client = Client()
    client.force_login(make_user("racine", Role.MANAGER, is_superuser=True, is_staff=True))
    return client


def test_people_of_a_course(others, site, manager, client):
    """Empty at first, one more, and taken again; logged each time."""
    client.force_login(manager)
    CourseRole.objects.all().delete()
    path = reverse("courses_people", args=[others["course"].pk])
    assert "Personne n’a encore de rôle" in client.get(path).content.decode()
    assert client.post(path, {}).status_code == 422
    assert client.post(path, {"user": others["owner"].pk, "role": "reviewer"}).status_code == 302
    assert CourseRole.objects.get().role == CourseRoleKind.REVIEWER
    client.post(reverse("courses_person_remove", args=[others["course"].pk, others["owner"].pk]))
    assert not CourseRole.objects.exists()


def test_the_right_to_all_courses_is_given_and_taken(others, site, manager, client):
    client.force_login(manager)
    path = reverse("courses_all_people")
    assert client.get(path).status_code == 200
    for data, name in (({"allow": "1"}, True), ({"take": "1"}, False)):
        client.post(path, {"user": others["owner"].pk, **data})
        assert others["owner"].groups.filter(name="Trainers of all courses").exists() is name
    client.force_login(others["owner"])
    assert client.get(path).status_code == 302
