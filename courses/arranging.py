"""What authors do with the parts of a course: add, rename, order, copy, throw away, bring back, publish.

A course is one in all its languages: what moves or goes in one, moves or goes in all. Titles are of one language.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from wagtail.models import Locale, Page

from courses.copying import copy_course, copy_part
from courses.enums import StepKind
from courses.models import Course, CoursePage, CourseSkill, LessonPage, ModulePage, Skill, StepPage, TrashedPage
from courses.roles import make_author
from courses.services import begin_page
from courses.tree import Row, Tree
from courses.turns import take_turn
from lms.accounts.models import User
from lms.accounts.services import record

NewStep = Callable[[Page, Course, str], StepPage]


def new_lesson(module: Page, course: Course, title: str) -> StepPage:
    return LessonPage(title=title)


NEW_STEPS: dict[str, NewStep] = {StepKind.LESSON: new_lesson}
"""Kind of a step -> a page of it that is not saved yet. An app above names its own."""
AFTER_RENAME: dict[type[Page], Callable[[Any, str], None]] = {}
"""What else bears the title of a kind of page: called with the page and its old title."""


def free_code(title: str) -> str:
    """A code for a new course, from its title."""
    wanted = slugify(title)[:50].strip("-") or "cours"
    taken = set(Course.objects.filter(code__startswith=wanted).values_list("code", flat=True))
    return next(code for code in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if code not in taken)


@transaction.atomic
def new_course(*, title: str, locale: Locale, by: User) -> Course:
    """A course with its page in one language, all of it from the title."""
    take_turn()
    course = Course.objects.create(code=free_code(title), titles={locale.language_code: title})
    make_author(course=course, user=by)
    begin_page(course=course, locale=locale, title=title, summary="", by=by)
    record(actor=by, verb="new-course", target=course)
    return course


@transaction.atomic
def new_course_like(*, course: Course, title: str, by: User) -> Course:
    """A copy of all of a course, under a new title and the code that is made of it."""
    take_turn()
    return copy_course(course=course, code=free_code(title), titles=dict.fromkeys(course.titles, title), by=by)


@transaction.atomic
def add_module(*, page: CoursePage, title: str, by: User) -> ModulePage:
    take_turn()
    return add_page(page, ModulePage(title=title), by)


@transaction.atomic
def add_step(*, module: Page, course: Course, kind: str, title: str, by: User) -> StepPage:
    take_turn()
    return add_page(module, NEW_STEPS[kind](module, course, title), by)


def add_page(parent: Page, page: Any, by: User) -> Any:
    page.live, page.has_unpublished_changes, page.owner, page.locale = False, True, by, parent.locale
    page.slug = page.free_slug(parent, slugify(page.title) or "page")
    Page.objects.get(pk=parent.pk).add_child(instance=page)
    page.save_revision(user=by, log_action=True, clean=False)
    return page


def newest(page: Page) -> Any:
    return page.get_latest_revision_as_object()


@transaction.atomic
def rename(*, page: Page, title: str, by: User) -> None:
    """In one language. What learners read changes when it is published."""
    draft = newest(page)
    old = draft.title
    if not title.strip() or title == old:
        return
    draft.title = title
    if not page.live:
        Page.objects.filter(pk=page.pk).update(title=title)
    draft.save_revision(user=by, log_action=True, clean=False)
    after = AFTER_RENAME.get(type(draft))
    if after:
        after(draft, old)


def rename_course(page: CoursePage, old: str) -> None:
    course, language = page.course, page.locale.language_code
    if course.titles.get(language, old) == old:
        course.titles = course.titles | {language: page.title}
        course.save(update_fields=["titles"])


AFTER_RENAME[CoursePage] = rename_course


@transaction.atomic
def place(*, page: Page, into: Page, after: Page | None, by: User) -> None:
    """Put a module or a step behind ``after``, or first in ``into``; likewise in other languages that have both."""
    take_turn()
    for moved in [page, *page.get_translations()]:
        is_shown = moved.pk == page.pk
        target = into if is_shown else into.get_translation_or_none(moved.locale)
        neighbour = after if is_shown or after is None else after.get_translation_or_none(moved.locale)
        fresh = Page.objects.get(pk=moved.pk)
        if neighbour is not None:
            fresh.move(Page.objects.get(pk=neighbour.pk), pos="right", user=by)
        elif target is not None and (after is None or not is_shown):
            fresh.move(Page.objects.get(pk=target.pk), pos="first-child" if after is None else "last-child", user=by)


def shift(*, tree: Tree, row: Row, by: User, down: bool) -> None:
    """One place up or down; a step at the end of its module goes into the next one."""
    if not row.is_step:
        others = [module.page for module in tree.modules]
        number = next(n for n, page in enumerate(others) if page.pk == row.page.pk)
        if (number + 1 >= len(others)) if down else number == 0:
            return
        before = others[number + 1] if down else (others[number - 2] if number > 1 else None)
        place(page=row.page, into=tree.page, after=before, by=by)
        return
    number, module = next((n, m) for n, m in enumerate(tree.modules) if row in m.steps)
    at = module.steps.index(row)
    if down and at + 1 < len(module.steps):
        place(page=row.page, into=module.page, after=module.steps[at + 1].page, by=by)
    elif not down and at:
        place(page=row.page, into=module.page, after=module.steps[at - 2].page if at > 1 else None, by=by)
    elif down and number + 1 < len(tree.modules):
        place(page=row.page, into=tree.modules[number + 1].page, after=None, by=by)
    elif not down and number:
        above = tree.modules[number - 1]
        place(page=row.page, into=above.page, after=above.steps[-1].page if above.steps else None, by=by)


@transaction.atomic
def duplicate(*, page: Page, course: Course, title: str, by: User) -> Page:
    """A copy with a key of its own, as drafts, behind the original."""
    take_turn()
    page = Page.objects.get(pk=page.pk)  # where it stands now
    made = copy_part(page=page, parent=page.get_parent(), target=course, by=by, title=title)
    place(page=made[0], into=page.get_parent(), after=page, by=by)
    return made[0]


@transaction.atomic
def throw_away(*, page: Page, by: User) -> None:
    """Out of the course, in every language, with all that learners did in it; ``bring_back`` undoes it."""
    for one in [page, *page.get_translations()]:
        fresh = Page.objects.get(pk=one.pk).specific
        TrashedPage.objects.get_or_create(page=fresh.page_ptr, defaults={"was_live": fresh.live})
        if fresh.live:
            fresh.unpublish(user=by)


@transaction.atomic
def bring_back(*, page: Page, by: User) -> None:
    """As it was, where it was, published if it was."""
    for one in [page, *page.get_translations()]:
        row = TrashedPage.objects.filter(page=one.pk).first()
        if row is None:
            continue
        was_live = row.was_live
        row.delete()
        fresh = Page.objects.get(pk=one.pk).specific
        if was_live:
            (fresh.latest_revision or fresh.save_revision(user=by)).publish(user=by)


def publish(*, rows: Sequence[Any], by: User, at: datetime | None = None) -> int:
    """Publish the newest drafts of these pages, at once or at an hour. Each by itself: the first that fails stops no
    other that was done.
    """
    for page in rows:
        draft = newest(page)
        draft.go_live_at = at
        draft.save_revision(user=by, log_action=True).publish(user=by)
    return len(rows)


@transaction.atomic
def begin_language(*, page: CoursePage, locale: Locale, by: User) -> None:
    """Drafts in another language, in the words of this one until somebody translates them."""
    take_turn()
    page = CoursePage.objects.get(pk=page.pk)  # where it stands now
    for source in [page, *page.get_descendants().filter(in_trash=None).order_by("path").specific()]:
        if source.get_translation_or_none(locale) is None:
            source.copy_for_translation(locale)
    record(actor=by, verb="begin-language", target=page.course, fields=[locale.language_code])


@transaction.atomic
def add_skill(*, course: Course, skill: Skill, level: int, by: User) -> None:
    last = CourseSkill.objects.filter(course=course).count()
    CourseSkill.objects.get_or_create(course=course, skill=skill, defaults={"level": level, "sort_order": last})
    record(actor=by, verb="add-skill", target=course, fields=[skill.code])


@transaction.atomic
def take_skill(*, course: Course, skill_id: int, by: User) -> None:
    if CourseSkill.objects.filter(course=course, skill=skill_id).delete()[0]:
        record(actor=by, verb="take-skill", target=course, fields=[f"skill:{skill_id}"])
