"""The screen on which a course is put together."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from assessments.models import Assessment, AssessmentPage
from cms.models import HomePage
from cms.tasks import publish_scheduled
from courses.enums import CourseRoleKind
from courses.models import Course, CoursePage, CourseRole, LessonPage, ModulePage, TrashedPage
from courses.outline import get_outline
from courses.services import mark_step_done
from courses.tree import get_tree
from lms.accounts.enums import Role
from tests.factories.assessments import make_assessment, make_bank, make_question
from tests.factories.courses import (
    BOTH,
    add_lesson,
    course_page,
    lesson_page,
    make_course,
    make_enrolment,
    make_skill,
    module_page,
    step_keys,
)
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db
MOST_QUERIES = 30
MOST_BYTES = 150_000
"""Of the tree of 60 lessons, before compression."""


@pytest.fixture
def course(site) -> Course:
    return make_course(lessons=3, languages=BOTH)


@pytest.fixture
def author(sign_in, course):
    user = make_user("auteure", Role.TRAINER, all_courses=False)
    CourseRole.objects.create(course=course, user=user, role=CourseRoleKind.AUTHOR)
    return sign_in(user)


def do(client, course, act="", language="fr", **typed):
    address = reverse("courses_tree", args=[course.pk]) + f"?language={language}"
    return client.post(address, {"do": act, **typed} if act else typed, follow=True)


def titles(course, language="fr") -> list[str]:
    tree = get_tree(course, course_page(course, language))
    return [row.title for row in tree.steps]


def test_a_course_is_a_title(site, trainer, sign_in):
    client = sign_in(trainer)
    for code in ("saisir-des-donnees", "saisir-des-donnees-2"):
        answer = client.post(reverse("courses_new"), {"title": "Saisir des données"}, follow=True)
        course = Course.objects.get(code=code)
        assert answer.redirect_chain[-1][0] == reverse("courses_tree", args=[course.pk])
        page = course.pages.get()
        assert (page.title, page.live, course.titles) == ("Saisir des données", False, {"fr": "Saisir des données"})
    shown = answer.content.decode()
    for missing in ("n’a pas encore de résumé", "n’a pas encore de module", "ne prouve encore aucune compétence"):
        assert missing in shown
    assert client.post(reverse("courses_new"), {"title": ""}).status_code == 422


def test_a_course_begins_like_another(course, author):
    answer = author.post(reverse("courses_new"), {"title": "Saisie bis", "like": course.pk}, follow=True)
    new = Course.objects.get(code="saisie-bis")
    assert len(titles(new)) == 3
    assert "Saisie bis" in answer.content.decode()
    other = make_course("autrui", lessons=1)
    assert author.post(reverse("courses_new"), {"title": "x", "like": other.pk}).status_code == 422


def test_titles_are_enough_for_modules_and_steps(course, author):
    """Several lines are several; two may be called alike."""
    do(author, course, **{"new-module": "Première partie\n\nDeuxième partie"})
    first = ModulePage.objects.get(title="Première partie")
    typed = {f"new-lesson-{first.pk}": "Introduction\r\nIntroduction", f"new-assessment-{first.pk}": "Bilan"}
    do(author, course, **typed)
    made = list(Page.objects.child_of(first).order_by("path").specific())
    assert [(page.title, page.slug, page.live) for page in made] == [
        ("Introduction", "introduction", False),
        ("Introduction", "introduction-2", False),
        ("Bilan", "bilan", False),
    ]
    assert isinstance(made[2], AssessmentPage)
    assert made[2].assessment.course == course
    assert made[2].assessment.sections.get().bank.course == course
    assert all(page.locale.language_code == "fr" and page.latest_revision for page in made)


def test_a_title_is_changed_in_place_and_goes_live_when_published(course, author):
    lesson = lesson_page(course)
    name = f"-{lesson.pk}"
    do(author, course, **{f"title{name}": "Ouvrir", f"was{name}": lesson.title})
    lesson.refresh_from_db()
    assert (lesson.title, lesson.draft_title, lesson.live) == ("Leçon 1", "Ouvrir", True)
    do(author, course, **{f"title{name}": "Leçon 1", f"was{name}": "Leçon 1"})  # an old tab changes nothing
    do(author, course, f"publish:{lesson.pk}")
    lesson.refresh_from_db()
    assert (lesson.title, lesson.has_unpublished_changes) == ("Ouvrir", False)


def test_arrows_move_in_every_language_and_from_module_to_module(course, author):
    do(author, course, **{"new-module": "Suite"})
    last = lesson_page(course, 3)
    do(author, course, f"up:{last.pk}")
    assert titles(course) == ["Leçon 1", "Leçon 3", "Leçon 2"]
    assert titles(course, "en") == ["Lesson 1", "Lesson 3", "Lesson 2"]
    do(author, course, f"up:{last.pk}")
    assert titles(course) == ["Leçon 3", "Leçon 1", "Leçon 2"]
    second = LessonPage.objects.get(title="Leçon 2")
    do(author, course, f"down:{second.pk}")
    tree = get_tree(course, course_page(course))
    assert [[row.title for row in module.steps] for module in tree.modules] == [["Leçon 3", "Leçon 1"], ["Leçon 2"]]
    do(author, course, f"up:{second.pk}")
    do(author, course, f"up:{tree.modules[1].page.pk}")
    assert get_tree(course, course_page(course)).modules[0].title == "Suite"
    assert titles(course) == ["Leçon 3", "Leçon 1", "Leçon 2"]
    for edge in (f"up:{tree.modules[1].page.pk}", f"down:{second.pk}"):
        assert do(author, course, edge).status_code == 200
    assert titles(course) == ["Leçon 3", "Leçon 1", "Leçon 2"]


def test_a_row_is_put_where_it_was_dragged(course, author):
    one, three, module = lesson_page(course, 1), lesson_page(course, 3), module_page(course)
    do(author, course, f"put:{one.pk}:{three.pk}")
    assert titles(course) == ["Leçon 2", "Leçon 3", "Leçon 1"]
    do(author, course, f"put:{three.pk}:{module.pk}")
    assert titles(course) == ["Leçon 3", "Leçon 2", "Leçon 1"]
    assert titles(course, "en") == ["Lesson 3", "Lesson 2", "Lesson 1"]
    do(author, course, f"put:{module.pk}:{three.pk}")  # a module is in no lesson
    assert titles(course) == ["Leçon 3", "Leçon 2", "Leçon 1"]


def test_a_module_is_duplicated_with_keys_and_addresses_of_its_own(course, author):
    module = module_page(course)
    do(author, course, f"duplicate:{module.pk}")
    tree = get_tree(course, course_page(course))
    assert [row.title for row in tree.modules] == ["Commencer", "Commencer (copie)"]
    slugs = [row.page.slug for row in tree.steps]
    assert len(set(slugs)) == 6
    assert len({row.page.translation_key for row in tree.steps}) == 6
    english = get_tree(course, course_page(course, "en"))
    assert [row.page.translation_key for row in english.steps] == [row.page.translation_key for row in tree.steps]
    assert author.get(reverse("wagtailadmin_pages:edit", args=[tree.steps[0].page.pk])).status_code == 200
    assert get_outline(Course.objects.get(pk=course.pk), "fr").steps[0].slug == "lecon-1"


def test_a_step_is_copied_to_another_course_of_theirs(course, author, sign_in):
    other, stranger = make_course("trier", lessons=1), make_course("autrui", lessons=1)
    CourseRole.objects.create(course=other, user=CourseRole.objects.get().user, role=CourseRoleKind.AUTHOR)
    lesson = lesson_page(course, 2)
    do(author, course, f"copy:{lesson.pk}", **{f"to-{lesson.pk}": other.pk})
    assert titles(other) == ["Leçon 1", "Leçon 2"]
    assert do(author, course, f"copy:{lesson.pk}", **{f"to-{lesson.pk}": stranger.pk}).status_code == 404
    assert titles(stranger) == ["Leçon 1"]


def test_what_learners_have_done_goes_to_the_trash_and_comes_back(course, author, learner):
    """Nothing they did is lost; they meet it no longer, in no language, until it is brought back."""
    enrolment = make_enrolment(learner, course)
    lesson = lesson_page(course, 2)
    mark_step_done(enrolment=enrolment, step_key=lesson.translation_key, kind="lesson")
    shown = do(author, course, f"trash:{lesson.pk}").content.decode()
    assert "1 personne l’a faite" in shown
    assert "Annuler" in shown
    assert titles(course) == ["Leçon 1", "Leçon 3"]
    assert titles(course, "en") == ["Lesson 1", "Lesson 3"]
    fresh = Course.objects.get(pk=course.pk)
    assert [len(get_outline(fresh, language).steps) for language in BOTH] == [2, 2]
    assert enrolment.steps.count() == 1
    do(author, course, f"restore:{lesson.pk}")
    fresh = Course.objects.get(pk=course.pk)
    assert [step.title for step in get_outline(fresh, "fr").steps] == ["Leçon 1", "Leçon 2", "Leçon 3"]
    assert len(get_outline(fresh, "en").steps) == 3
    assert not TrashedPage.objects.exists()


def test_a_module_in_the_trash_takes_its_lessons_along(course, author):
    module = module_page(course)
    do(author, course, f"trash:{module.pk}")
    assert get_tree(course, course_page(course)).modules == []
    assert not get_outline(Course.objects.get(pk=course.pk), "fr").steps
    do(author, course, f"restore:{module.pk}")
    assert len(get_outline(Course.objects.get(pk=course.pk), "fr").steps) == 3


def test_what_is_published_in_the_editor_leaves_the_trash(course, author):
    lesson = lesson_page(course)
    do(author, course, f"trash:{lesson.pk}")
    LessonPage.objects.get(pk=lesson.pk).save_revision().publish()
    assert "Leçon 1" in titles(course)


def test_publishing_takes_what_is_ready_and_says_what_is_missing(course, author):
    module = module_page(course)
    do(author, course, **{f"new-lesson-{module.pk}": "Vide\nPleine"})
    full = LessonPage.objects.get(title="Pleine")
    full.body = [("text", "<p>Des mots.</p>")]
    full.save()
    full.save_revision()
    shown = do(author, course, "publish").content.decode()
    assert "« Vide » n’a pas encore de contenu" in shown.replace("\u00a0", " ")
    states = dict(LessonPage.objects.filter(title__in=["Vide", "Pleine"]).values_list("title", "live"))
    assert states == {"Vide": False, "Pleine": True}


def test_a_course_is_published_at_an_hour(site, course, author):
    page = course_page(course)
    page.unpublish()
    at = timezone.localtime(timezone.now() + timedelta(hours=2))
    shown = do(author, course, "publish", at=at.strftime("%Y-%m-%dT%H:%M")).content.decode()
    assert "sera en ligne" in shown
    page.refresh_from_db()
    assert not page.live
    revision = page.scheduled_revision
    revision.approved_go_live_at = past = timezone.now() - timedelta(hours=1)
    revision.content["go_live_at"] = past.isoformat()
    revision.save()
    publish_scheduled()
    page.refresh_from_db()
    assert page.live
    assert do(author, course, "publish", at="demain").status_code == 404


def test_an_assessment_without_questions_is_told_and_stays(course, author):
    bank = make_bank("vide", course=course)
    make_assessment(course, code="eval", questions=[], bank=bank, draw=3)
    tree = get_tree(course, course_page(course))
    assert any("eval" in gap.what.lower() or "question" in gap.what for gap in tree.all_gaps)
    for number in range(3):
        make_question(bank=bank, code=f"q{number}")
    assert not [gap for row in get_tree(course, course_page(course)).steps for gap in row.gaps]


def test_a_language_is_begun_as_drafts_that_are_not_published_untranslated(site, trainer, sign_in):
    course, client = make_course("trier", lessons=2), sign_in(trainer)
    for lesson in LessonPage.objects.all():
        lesson.body = [("text", "<p>Trier un tableau selon deux colonnes, la plus importante d’abord.</p>")]
        lesson.save_revision().publish()
    do(client, course, "language:en")
    english = CoursePage.objects.get(course=course, locale__language_code="en")
    tree = get_tree(course, english)
    assert [row.page.live for row in tree.rows] == [False] * 3
    assert sum("mot pour mot" in gap.what for gap in tree.all_gaps) == 2
    do(client, course, "publish", language="en")
    assert not LessonPage.objects.descendant_of(english).filter(live=True).exists()


def test_skills_are_chosen_where_they_are_needed(course, author):
    skill = make_skill("digcomp.1.3", fr="Gérer des données", en="Managing data")
    do(author, course, "skill", skill=skill.pk, level=2)
    assert set(course.skills.values_list("skill__code", "level")) == {("dw.data-entry", 2), ("digcomp.1.3", 2)}
    do(author, course, f"unskill:{skill.pk}")
    assert course.skills.count() == 1


def test_a_reviewer_reads_and_changes_nothing(course, sign_in):
    user = make_user("relecteur", Role.TRAINER, all_courses=False)
    CourseRole.objects.create(course=course, user=user, role=CourseRoleKind.REVIEWER)
    client, before = sign_in(user), titles(course)
    shown = client.get(reverse("courses_tree", args=[course.pk])).content.decode()
    assert 'name="do"' not in shown
    do(client, course, f"trash:{lesson_page(course).pk}")  # Wagtail leads back to its first page
    assert titles(course) == before


@pytest.mark.parametrize("act", ["up", "down", "duplicate", "trash", "restore", "publish", "put"])
def test_pages_of_other_courses_are_out_of_reach(course, author, act):
    other = make_course("autrui", lessons=1)
    page = lesson_page(other)
    rest = f"{page.pk}:{lesson_page(course).pk}" if act == "put" else page.pk
    assert do(author, course, f"{act}:{rest}").status_code == 404
    do(
        author,
        course,
        **{f"title-{page.pk}": "Volé", f"was-{page.pk}": "x", f"new-lesson-{module_page(other).pk}": "x"},
    )
    page.refresh_from_db()
    assert (page.draft_title, page.live, titles(other)) == ("Leçon 1", True, ["Leçon 1"])


def test_a_language_without_a_home_page_is_neither_offered_nor_begun(site, trainer, sign_in):
    """One that was added in the settings, or whose home page is gone."""
    course, client = make_course(lessons=1), sign_in(trainer)
    client.raise_request_exception = False
    address = reverse("courses_tree", args=[course.pk])
    assert 'value="language:en"' in client.get(address).text
    HomePage.objects.filter(locale__language_code="en").delete()
    assert 'value="language:en"' not in client.get(address).text
    assert client.post(address, {"do": "language:en"}).status_code == 404


@pytest.mark.parametrize("rubbish", ["nothing", "up:", "up:x", "put:1", "language:xx", "skill", "restore:9\x00"])
def test_rubbish_is_not_found(course, author, rubbish):
    assert do(author, course, rubbish).status_code == 404


def test_sixty_lessons_cost_what_six_cost(course, author):
    address = reverse("courses_tree", args=[course.pk])
    make_assessment(course, code="eval", questions=[make_question(bank=make_bank(course=course))])
    author.get(address)
    with CaptureQueriesContext(connection) as few:
        author.get(address)
    module = module_page(course)
    for number in range(4, 61):
        lesson = add_lesson(module, "fr", number)
        if number % 2:  # drafts are read more closely
            LessonPage.objects.filter(pk=lesson.pk).update(live=False, first_published_at=None)
    with CaptureQueriesContext(connection) as many:
        page = author.get(address)
    assert len(many) <= len(few) + 2
    tree_queries = CaptureQueriesContext(connection)
    with tree_queries:
        get_tree(course, course_page(course))
    assert len(tree_queries) <= MOST_QUERIES
    assert len(page.content) < MOST_BYTES
    assert step_keys(course)


def test_with_htmx_the_answer_is_the_tree_alone(course, author):
    address = reverse("courses_tree", args=[course.pk])
    answer = author.post(address, {"do": f"trash:{lesson_page(course).pk}"}, headers={"HX-Request": "true"})
    shown = answer.content.decode()
    assert shown.lstrip().startswith('<div id="tree">')
    assert "Annuler" in shown
    assert Assessment.objects.count() == 0
