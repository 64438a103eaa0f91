"""Small published courses for tests: in French and English, one module, two lessons."""

from typing import Any
from uuid import UUID, uuid4

from wagtail.models import Locale

from cms.models import HomePage
from cms.services import ensure_home
from courses.enums import Framework
from courses.models import (
    Cohort,
    CohortMember,
    Course,
    CoursePage,
    CourseSkill,
    Enrolment,
    LessonPage,
    ModulePage,
    Skill,
)
from lms.accounts.models import User
from tests.factories.publishing import add_page, publish

BOTH = ("fr", "en")
WORDS = {
    "fr": {"course": "Saisie", "module": "Commencer", "lesson": "Leçon", "slug": "lecon", "text": "Relire une saisie."},
    "en": {"course": "Data entry", "module": "Begin", "lesson": "Lesson", "slug": "lesson", "text": "Read it again."},
}


def make_skill(code: str = "dw.data-entry", **names: str) -> Skill:
    framework = Framework.DIGCOMP if code.startswith("digcomp") else Framework.DIGITAL_WORK
    defaults = {"framework": framework, "names": names or {"fr": "Saisie de données", "en": "Data entry"}}
    return Skill.objects.get_or_create(code=code, defaults=defaults)[0]


def home_page(language: str) -> HomePage:
    """The home page in a language, made with its translations when the site is not set up yet."""
    found = HomePage.objects.filter(locale__language_code=language).first()
    if found is None:
        ensure_home()
        found = HomePage.objects.get(locale__language_code=language)
    return found


def lesson_body(language: str = "fr", number: int = 1) -> list[tuple[str, Any]]:
    check = {
        "question": "?",
        "options": [
            {"text": "oui", "correct": True, "feedback": "Exact."},
            {"text": "non", "correct": False, "feedback": "Relisez la leçon."},
        ],
    }
    return [("text", f"<p>{WORDS[language]['text']} ({number})</p>"), ("self_check", check)]


def make_course(
    code: str = "saisie",
    *,
    lessons: int = 2,
    languages: tuple[str, ...] = ("fr",),
    skills: tuple[tuple[str, int], ...] = (("dw.data-entry", 2),),
    titles: dict[str, str] | None = None,
    **fields: Any,
) -> Course:
    """A published course with one module and ``lessons`` lessons in each language, translations sharing their keys.

    One language unless told: pages are what costs time in tests. ``languages=BOTH`` makes French and English.
    Slugs are ``lecon-1`` and ``lesson-1``; see ``module_page``, ``lesson_page`` and ``step_keys`` to reach inside.
    """
    titles = titles or {language: WORDS[language]["course"] for language in languages}
    course = Course.objects.create(code=code, titles=titles, **{"hours": 2, **fields})
    for skill_code, level in skills:
        CourseSkill.objects.create(course=course, skill=make_skill(skill_code), level=level)
    keys = [uuid4() for _number in range(lessons + 2)]
    for language in languages:
        add_tree(course, language, titles.get(language, code), keys)
    course.refresh_from_db()
    return course


def add_tree(course: Course, language: str, title: str, keys: list[UUID]) -> CoursePage:
    words, locale = WORDS[language], Locale.objects.get_or_create(language_code=language)[0]
    page = CoursePage(
        title=title, slug=course.code, course=course, summary=f"{title} 240", locale=locale,
        translation_key=keys[0], audience="-", outcomes="<ul><li>Saisir</li></ul>",
    )  # fmt: skip
    add_page(home_page(language), page)
    module = ModulePage(title=words["module"], slug="m1", locale=locale, translation_key=keys[1])
    add_page(page, module)
    for number, key in enumerate(keys[2:], start=1):
        add_lesson(module, language, number, key)
    return page


def add_lesson(module: ModulePage, language: str, number: int, key: UUID | None = None, **fields: Any) -> LessonPage:
    """One more published lesson under ``module``."""
    words = WORDS[language]
    lesson = LessonPage(
        title=f"{words['lesson']} {number}", slug=f"{words['slug']}-{number}", locale=module.locale,
        translation_key=key or uuid4(), minutes=5, body=lesson_body(language, number), **fields,
    )  # fmt: skip
    add_page(module, lesson)
    publish(lesson)
    return lesson


def course_page(course: Course, language: str = "fr") -> CoursePage:
    return CoursePage.objects.get(course=course, locale__language_code=language)


def module_page(course: Course, language: str = "fr") -> ModulePage:
    """The course's first module: the parent for more steps."""
    return ModulePage.objects.child_of(course_page(course, language)).first()


def lesson_page(course: Course, number: int = 1, language: str = "fr") -> LessonPage:
    return LessonPage.objects.descendant_of(course_page(course, language)).order_by("path")[number - 1]


def step_keys(course: Course) -> list[UUID]:
    """Language-neutral keys of the lessons, in order."""
    pages = LessonPage.objects.descendant_of(CoursePage.objects.filter(course=course).first()).order_by("path")
    return list(pages.values_list("translation_key", flat=True))


def make_enrolment(user: User, course: Course, **fields: Any) -> Enrolment:
    return Enrolment.objects.create(user=user, course=course, **fields)


def make_cohort(
    *members: User, trainers: tuple[User, ...] = (), courses: tuple[Course, ...] = (), **fields: Any
) -> Cohort:
    cohort = Cohort.objects.create(**{"name": "Groupe A", **fields})
    cohort.trainers.set(trainers)
    cohort.courses.set(courses)
    for user in members:
        CohortMember.objects.create(cohort=cohort, user=user)
    return cohort
