"""A course copied as a new one shares no identity with the original."""

import pytest
from django.urls import reverse
from wagtail.models import Page

from assessments.models import Assessment, AssessmentPage, Question, QuestionBank
from courses.copying import copy_course
from courses.models import Course, CoursePage, CourseRole, Enrolment, LessonPage, StepProgress
from lms.accounts.enums import Role
from tests.factories.assessments import make_assessment, make_bank, make_in_both_languages
from tests.factories.courses import BOTH, course_page, lesson_page, make_course, make_enrolment, module_page
from tests.factories.people import make_user


@pytest.fixture
def course(site) -> Course:
    course = make_course("saisie", languages=BOTH)
    bank = make_bank(course=course)
    french, _english = make_in_both_languages("single", bank=bank, code="q1")
    assessment = make_assessment(course, questions=[french], bank=bank, draw=1)
    Assessment.objects.filter(pk=assessment.pk).update(course=course)
    return course


def tree(course: Course, language: str) -> Page:
    return Page.objects.filter(path__startswith=course_page(course, language).path).order_by("path")


@pytest.mark.parametrize("with_banks", [True, False])
def test_a_copy_holds_everything_and_shares_no_key(course, learner, manager, with_banks):
    enrolment = make_enrolment(learner, course)
    enrolment.steps.create(step_key=lesson_page(course).translation_key, kind="lesson")
    titles = {"fr": "Saisie bis", "en": "Data entry again"}
    new = copy_course(course=course, code="saisie-bis", titles=titles, by=manager, with_banks=with_banks)
    for language in BOTH:
        old, made = list(tree(course, language)), list(tree(new, language))
        assert [page.specific_class for page in made] == [page.specific_class for page in old]
        assert not {page.translation_key for page in old} & {page.translation_key for page in made}
        assert not any(page.live for page in made)
        assert all(page.latest_revision_id for page in made)
        assert made[0].title == titles[language]
        assert [page.slug for page in made[1:]] == [page.slug for page in old[1:]]
    french, english = tree(new, "fr"), tree(new, "en")
    assert [page.translation_key for page in french] == [page.translation_key for page in english]
    assert Enrolment.objects.filter(course=new).count() == 0
    assert StepProgress.objects.count() == 1
    pages = AssessmentPage.objects.filter(path__startswith=course_page(new).path)
    assessment = pages.get().assessment
    assert assessment.course == new
    assert AssessmentPage.objects.filter(assessment=assessment).count() == 2
    section = assessment.sections.get()
    if with_banks:
        assert section.bank.course == new
        keys = set(Question.objects.filter(bank=section.bank).values_list("translation_key", flat=True))
        assert len(keys) == 1
        assert section.named.get().question.bank == section.bank
        assert not keys & set(Question.objects.exclude(bank=section.bank).values_list("translation_key", flat=True))
        assert Question.objects.filter(bank=section.bank, live=True).count() == 2
    else:
        assert QuestionBank.objects.count() == 1


def test_the_screen_copies_and_makes_its_author(course, client):
    trainer = make_user("auteure", Role.TRAINER, all_courses=False)
    CourseRole.objects.create(course=course, user=trainer, role="author")
    client.force_login(trainer)
    path = reverse("courses_copy", args=[course.pk])
    assert client.get(path).status_code == 200
    assert client.post(path, {}).status_code == 422
    data = {"code": "saisie", "title_fr": "Copie", "title_en": "Copy", "with_banks": "on"}
    assert "Un autre cours a déjà ce code" in client.post(path, data).content.decode()
    response = client.post(path, data | {"code": "autre"})
    new = Course.objects.get(code="autre")
    assert response.headers["Location"] == reverse("wagtailadmin_explore", args=[new.pages.order_by("pk").first().pk])
    assert client.get(response.headers["Location"]).status_code == 200
    assert CourseRole.objects.get(course=new).user == trainer


def test_wagtails_copy_leads_there_or_is_not_offered(course, manager, client):
    client.force_login(manager)

    def copy(page: Page, **data: str):
        return client.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), data)

    assert copy(course_page(course)).headers["Location"] == reverse("courses_copy", args=[course.pk])
    module, before = module_page(course), Page.objects.count()
    assert copy(module).status_code == 302
    assert copy(AssessmentPage.objects.first()).status_code == 302
    assert Page.objects.count() == before
    lesson = lesson_page(course)
    data = {"new_title": "Copie", "new_slug": lesson.slug, "new_parent_page": module.pk}
    assert copy(lesson, **data).status_code == 302  # its slug is taken: the copy gets a number
    assert LessonPage.objects.filter(slug=f"{lesson.slug}-2", live=False).count() == 1
    assert copy(lesson, **(data | {"new_slug": "copie", "alias": "on"})).status_code == 302
    made = LessonPage.objects.get(slug="copie")
    assert made.alias_of is None
    assert made.translation_key != lesson.translation_key


def test_no_alias_is_made_or_ended(course, manager, client):
    client.force_login(manager)
    page = lesson_page(course)
    assert client.get(reverse("wagtailadmin_pages:copy", args=[page.pk])).content.count(b'name="alias"') == 0
    assert client.post(reverse("wagtailadmin_pages:convert_alias", args=[page.pk])).status_code == 404


def test_move_and_order_keep_working(course, manager, client):
    client.force_login(manager)
    lesson, module = lesson_page(course), module_page(course)
    assert client.post(f"/cms/pages/{lesson.pk}/set_position/?position=1").status_code == 200
    other = make_course("autre")
    path = reverse("wagtailadmin_pages:move_confirm", args=[lesson.pk, module_page(other).pk])
    assert client.get(path).status_code in {200, 302}
    assert client.post(path).status_code in {200, 302}
    home = CoursePage.objects.filter(course=course).first().get_parent()
    path = reverse("wagtailadmin_pages:move_confirm", args=[module.pk, home.pk])
    assert client.post(path).status_code in {302, 403, 404}
