"""Whatever the lists, headers and menus of the admin offer for what makes a course, they do not refuse."""

import re
from typing import Any

import pytest
from django.contrib.messages import ERROR, get_messages
from django.test import Client
from django.urls import resolve, reverse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, get_page_models
from wagtail.users.models import UserProfile
from wagtailmedia.models import get_media_model

from assessments.models import Assessment, AssessmentPage, Question, QuestionBank
from cms.rows import REGISTRY, kept_rows
from cms.version_references import models_with_drafts
from courses.enums import CourseRoleKind, StepKind
from courses.models import Course, LessonPage, ModulePage, Skill
from courses.roles import give_role
from courses.services import mark_step_done
from lms.accounts.enums import Role
from lms.accounts.models import User
from tests.factories.assessments import make_assessment, make_bank, make_question
from tests.factories.courses import course_page, home_page, lesson_page, make_course, make_enrolment, module_page
from tests.factories.people import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.pages]
LINK = re.compile(r'href="(/cms/[^"#]*)"')
ACTIONS = {
    "simple_translation:submit_page_translation",
    *(f"wagtailadmin_pages:{name}" for name in ("add_subpage", "copy", "delete", "edit", "history", "move",
                                                "revisions_index", "unpublish", "usage", "view_draft")),
}  # fmt: skip


@pytest.fixture
def course(learner) -> Course:
    """A course that somebody takes, with one step that nobody has met, and one that is not published yet."""
    course = make_course("relecture", lessons=2)
    bank = make_bank("banque", course=course)
    make_assessment(course, code="eval", questions=[make_question(bank=bank)], bank=bank, draw=1)
    draft = LessonPage(title="Brouillon", slug="brouillon", live=False)
    module_page(course).add_child(instance=draft)
    for page in Page.objects.filter(path__startswith=course_page(course).path).specific():
        page.save_revision()
    enrolment = make_enrolment(learner, course)
    mark_step_done(enrolment=enrolment, step_key=lesson_page(course).translation_key, kind=StepKind.LESSON)
    return course


def people(course: Course) -> dict[str, User]:
    found = {
        "manager": make_user("fatou", Role.MANAGER),
        "administrator": make_user("racine", Role.MANAGER, is_staff=True, is_superuser=True),
        "author": make_user("auteure", Role.TRAINER, all_courses=False),
        "reviewer": make_user("relecteur", Role.TRAINER, all_courses=False),
        "no course": make_user("personne", Role.TRAINER, all_courses=False),
    }
    give_role(course=course, user=found["author"], role=CourseRoleKind.AUTHOR, by=None)
    give_role(course=course, user=found["reviewer"], role=CourseRoleKind.REVIEWER, by=None)
    return found


def places(course: Course) -> list[str]:
    """Lists of pages, and pages whose header offers actions."""
    top = course_page(course)
    module = module_page(course)
    return [
        *(reverse("wagtailadmin_explore", args=[pk]) for pk in (home_page("fr").pk, top.pk, module.pk)),
        *(reverse("wagtailadmin_pages:edit", args=[page.pk]) for page in [module, *module.get_children()]),
        reverse("course_pages:index"), reverse("lesson_pages:index"), reverse("wagtailadmin_pages:search"),
    ]  # fmt: skip


def offered(client: Client, course: Course) -> dict[tuple[str, ...], tuple[str, str]]:
    """What is done to which kind of page -> its address, and the place that offers it. One page stands for its kind."""
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    for place in places(course):
        answer = client.get(place)
        if answer.status_code != 200:
            continue
        for url in LINK.findall(answer.text):
            match = resolve(url.partition("?")[0])
            if match.view_name not in ACTIONS:
                continue
            page = Page.objects.get(pk=next(iter(match.kwargs.values()))).specific
            state = "live" if page.live else "draft"
            found.setdefault((match.view_name, type(page).__name__, state), (url, place))
    return found


def refusal(answer: Any) -> str:
    """Why what was asked is refused; nothing when it is not."""
    told = [str(message) for message in get_messages(answer.wsgi_request) if message.level >= ERROR]
    return told[0] if told else "" if answer.status_code == 200 else str(answer.status_code)


@pytest.mark.parametrize("role", ["manager", "administrator", "author", "reviewer", "no course"])
def test_nothing_offered_is_refused(course, role):
    client = Client()
    client.force_login(people(course)[role])
    links = offered(client, course)
    kinds = {(action.partition(":")[2], kind) for action, kind, _state in links}
    is_author = role in {"manager", "administrator", "author"}
    assert (("copy", "LessonPage") in kinds) is is_author
    assert any(action == "submit_page_translation" for action, _kind in kinds) is is_author
    assert not {("copy", kind) for kind in ("ModulePage", "AssessmentPage", "HomePage")} & kinds
    wrong = [
        f"{place} offers {url}: {why}"
        for url, place in links.values()
        if (why := refusal(client.get(url, follow=True)))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("language", "why", "instead"),
    [("fr", "l’ont déjà vu", "Dépublier"), ("en", "have already seen this", "Unpublish")],
)
def test_what_is_not_deleted_says_why_and_what_to_do(course, manager, language, why, instead):
    UserProfile.objects.update_or_create(user=manager, defaults={"preferred_language": language})
    client, met = Client(), lesson_page(course)
    client.force_login(manager)
    url = reverse("wagtailadmin_pages:delete", args=[met.pk])
    for answer in (client.get(url), client.post(url)):
        assert why in answer.text
        assert met.title in answer.text
        assert instead in answer.text
        assert reverse("wagtailadmin_pages:unpublish", args=[met.pk]) in answer.text
    assert LessonPage.objects.filter(pk=met.pk).exists()
    url = reverse("wagtailsnippets_courses_course:delete", args=[course.pk])
    assert why in client.get(url).text
    assert client.post(url).status_code == 409


class TestWhatADraftPointsTo:
    """What the newest version of a row or a page uses, and nothing that is live, is not deleted either."""

    @staticmethod
    def in_draft(row: Any, field: str, value: Any) -> None:
        setattr(row, field, value)
        row.save_revision()

    @pytest.fixture
    def question(self, course) -> Question:
        return Question.objects.get()

    def test_bank(self, course, question):
        bank = make_bank("vide", course=course)
        assert not kept_rows(QuestionBank, [bank.pk])
        self.in_draft(question, "bank", bank)
        assert kept_rows(QuestionBank, [bank.pk]) == [bank]

    def test_skill(self, question):
        skill = Skill.objects.create(code="autre", names={"fr": "Autre"})
        assert not kept_rows(Skill, [skill.pk])
        self.in_draft(question, "skill", skill)
        assert kept_rows(Skill, [skill.pk]) == [skill]

    def test_assessment(self, course):
        other = Assessment.objects.create(code="seule", titles={"fr": "Seule"})
        assert not kept_rows(Assessment, [other.pk])
        self.in_draft(AssessmentPage.objects.get(), "assessment", other)
        assert kept_rows(Assessment, [other.pk]) == [other]

    def test_course(self, course):
        other = Course.objects.create(code="seul", titles={"fr": "Seul"})
        assert not kept_rows(Course, [other.pk])
        self.in_draft(course_page(course), "course", other)
        assert kept_rows(Course, [other.pk]) == [other]

    def test_every_kind_of_row_that_versions_point_to(self):
        """A new one is tried here too."""
        pointed = {
            field.related_model
            for model in (*get_page_models(), *models_with_drafts())
            for field in model._meta.get_fields()
            if field.many_to_one and field.related_model in REGISTRY
        }
        tried = {QuestionBank, Skill, Assessment, Course}
        files = {get_image_model(), get_document_model(), get_media_model()}
        assert pointed - files - {Page, User} == tried  # people are never deleted


class TestMovingASlugThatIsTaken:
    """Two courses with lessons of the same slugs; the other one has a second, empty module."""

    @pytest.fixture
    def places(self, course) -> tuple[Page, Page]:
        other = make_course("autre", lessons=2)
        empty = course_page(other).add_child(instance=ModulePage(title="Vide", slug="vide"))
        return lesson_page(course), empty

    @pytest.mark.parametrize(("language", "words"), [("fr", "n’a pas été déplac"), ("en", "was not moved")])
    def test_one(self, places, manager, language, words):
        UserProfile.objects.update_or_create(user=manager, defaults={"preferred_language": language})
        client, (page, empty) = Client(), places
        client.force_login(manager)
        answer = client.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, empty.pk]), follow=True)
        assert words in answer.text
        assert page.slug in answer.text
        assert not empty.get_children().exists()

    def test_many(self, places, manager):
        client, (page, empty) = Client(), places
        client.force_login(manager)
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "move"])
        client.post(f"{url}?id={page.pk}", {"chooser": empty.pk})
        assert not Page.objects.get(pk=empty.pk).get_children().exists()

    def test_one_that_is_free(self, places, manager):
        client, (page, empty) = Client(), places
        client.force_login(manager)
        LessonPage.objects.filter(pk=page.pk).update(slug="libre")
        client.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, empty.pk]))
        assert Page.objects.get(pk=empty.pk).get_children().count() == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("role", "ticks"), [("author", True), ("reviewer", False)])
def test_rows_are_ticked_only_where_something_can_be_done_with_them(course, role, ticks, desk, live_server):
    client = Client()
    client.force_login(people(course)[role])
    cookie = client.cookies["sessionid"]
    desk.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    desk.goto(reverse("wagtailadmin_explore", args=[module_page(course).pk]) + "?ordering=title")
    assert desk.locator("[data-bulk-action-checkbox]").count() >= 2
    assert desk.locator(".bulk-action-checkbox-cell, .bulk-actions-filter-checkbox").first.is_visible() is ticks
    assert desk.locator("[data-bulk-action-checkbox]").first.is_visible() is ticks
