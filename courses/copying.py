"""A course copied as a new one: its row, its pages in every language, and what apps above hang on them.

Nothing is shared that makes two things one: each page gets a key of its own, the same in every language; records,
roles and groups stay with the original. What is copied is the published text, or the newest draft of what never was.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from wagtail.models import Page

from courses.models import Course, CoursePage, CourseSkill
from courses.roles import make_author
from courses.rules import check_new_code
from courses.turns import take_turn
from lms.accounts.models import User
from lms.accounts.services import record


@dataclass
class Copying:
    """What one copy has made so far. ``made`` holds rows by model and old key: each is copied once."""

    original: Course
    course: Course
    by: User
    with_banks: bool
    keys: dict[UUID, UUID] = field(default_factory=dict)
    made: dict[tuple[type[Any], Any], Any] = field(default_factory=dict)

    def key(self, old: UUID) -> UUID:
        """The new key of what had the old one, in whatever language."""
        return self.keys.setdefault(old, uuid4())


Extra = Callable[[Any, Copying], dict[str, Any]]
EXTRAS: dict[type[Page], Extra] = {}
"""What else a copied page of a kind needs: fields and their values. An app above names its own pages."""


@transaction.atomic
def copy_course(*, course: Course, code: str, titles: dict[str, str], by: User, with_banks: bool = False) -> Course:
    """The new course, all of it drafts. Raises ValidationError when the code is taken meanwhile."""
    take_turn()
    check_new_code(code)
    new = Course.objects.create(
        code=code, titles=titles, level=course.level, hours=course.hours, is_open=course.is_open,
        position=course.position,
    )  # fmt: skip
    new.prerequisites.set(course.prerequisites.all())
    for row in CourseSkill.objects.filter(course=course):
        CourseSkill.objects.create(course=new, skill=row.skill, level=row.level, sort_order=row.sort_order)
    copying = Copying(course, new, by, with_banks)
    for page in CoursePage.objects.filter(course=course).order_by("path"):
        title = titles.get(page.locale.language_code) or page.title
        copy_tree(page, page.get_parent(), copying, course=new, slug=free_slug(page, code), title=title)
    make_author(course=new, user=by)
    record(actor=by, verb="copy-course", target=new, fields=[f"course:{course.pk}"])
    new.refresh_from_db()
    return new


def copy_tree(page: Page, parent: Page, copying: Copying, **attributes: Any) -> Page:
    """The page and what stands below it, as drafts at the end of ``parent``. What is in the trash stays there."""
    source = page.specific
    if not source.live and source.latest_revision_id:
        source = source.get_latest_revision_as_object()
    extra = EXTRAS.get(type(source))
    attributes |= extra(source, copying) if extra else {}
    attributes.setdefault("slug", source.free_slug(parent, source.slug))
    if "title" in attributes:
        attributes["draft_title"] = attributes["title"]
    new = source.copy(
        to=parent, copy_revisions=False, keep_live=False, user=copying.by, reset_translation_key=False,
        update_attrs={
            "translation_key": copying.key(page.translation_key), "locked": False, "locked_by": None,
            "locked_at": None, "go_live_at": None, "expire_at": None, **attributes,
        },
    )  # fmt: skip
    made = Page.objects.get(pk=new.pk)
    for child in page.get_children().filter(in_trash=None).order_by("path"):
        copy_tree(child, made, copying)
    return made


@transaction.atomic
def copy_part(*, page: Page, parent: Page, target: Course, by: User, title: str = "") -> list[Page]:
    """A module or a step with its translations, at the end of ``parent`` and of its translations. Returns the copies,
    that of ``page`` first. It draws from the same banks.
    """
    take_turn()
    page = Page.objects.get(pk=page.pk)  # where it stands now
    copying = Copying(target, target, by, with_banks=False)
    made = []
    for source in [page, *page.get_translations()]:
        place = parent if source.pk == page.pk else parent.get_translation_or_none(source.locale)
        if place is None:
            continue
        words = {"title": title} if title and source.pk == page.pk else {}
        made.append(copy_tree(source, Page.objects.get(pk=place.pk), copying, **words))
    return made


def free_slug(page: CoursePage, code: str) -> str:
    """The code, unless a neighbour has it."""
    taken = set(page.get_siblings().values_list("slug", flat=True))
    return next(slug for slug in (code, *(f"{code}-{number}" for number in range(2, 100))) if slug not in taken)
