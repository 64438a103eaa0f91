"""The outline of a course in one language: live pages only, in few queries, kept as plain frozen data.

The cache key holds ``Course.content_version``, so an outline never goes stale and needs no clearing: publishing a
page makes a new key. Nothing personal is in here; what a learner has done is laid over it by ``progress``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from uuid import UUID

from django.conf import settings
from django.core.cache import caches
from django.db.models import Q, prefetch_related_objects
from django.utils import translation
from wagtail.models import Page

from courses.enums import StepKind
from courses.models import Course, CoursePage, ModulePage, StepPage


@dataclass(frozen=True, slots=True)
class Step:
    """A lesson or an assessment. ``key`` is the same in every language; ``kilobytes`` leave audio and video out."""

    key: UUID
    kind: str
    title: str
    slug: str
    path: str
    minutes: int
    kilobytes: float
    page_id: int
    revision_id: int | None
    is_required: bool

    @property
    def is_lesson(self) -> bool:
        return self.kind == StepKind.LESSON


@dataclass(frozen=True, slots=True)
class Module:
    key: UUID
    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """One course in one language."""

    course_id: int
    code: str
    language: str
    page_id: int
    title: str
    summary: str
    modules: tuple[Module, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for module in self.modules for step in module.steps)

    @property
    def required(self) -> frozenset[UUID]:
        return frozenset(step.key for step in self.steps if step.is_required)

    @property
    def minutes(self) -> int:
        return sum(step.minutes for step in self.steps)

    @property
    def kilobytes(self) -> float:
        return round(sum(step.kilobytes for step in self.steps), 1)

    @property
    def path(self) -> str:
        """Where a learner finds this outline."""
        return path_of("courses:course", self.code, language=self.language)

    def by_slug(self, slug: str) -> Step | None:
        return next((step for step in self.steps if step.slug == slug), None)

    def by_key(self, key: UUID | None) -> Step | None:
        return next((step for step in self.steps if step.key == key), None)

    def after(self, key: UUID) -> Step | None:
        """The step that follows, None at the end."""
        steps = self.steps
        places = {step.key: place for place, step in enumerate(steps)}
        place = places.get(key, len(steps)) + 1
        return steps[place] if place < len(steps) else None


@cache
def path_of(name: str, *args: object, language: str) -> str:
    from django.urls import reverse

    with translation.override(language):
        return reverse(name, args=args)


def languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def active_language() -> str:
    current = (translation.get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return current if current in languages() else settings.LANGUAGE_CODE


def cache_key(course: Course, language: str) -> str:
    return f"outline:{course.pk}:{course.content_version}:{language}"


def get_outlines(courses: Iterable[Course], language: str) -> dict[int, Outline]:
    """Outlines by course id, of those courses that are published in ``language``. The number of queries is constant."""
    by_key = {cache_key(course, language): course for course in courses}
    found = caches["bodies"].get_many(by_key)
    missing = [course for key, course in by_key.items() if key not in found]
    if missing:
        built = build(missing, language)
        fresh = {cache_key(course, language): built.get(course.pk) for course in missing}
        caches["bodies"].set_many(fresh)
        found |= fresh
    return {outline.course_id: outline for outline in found.values() if outline is not None}


def get_outline(course: Course, language: str) -> Outline | None:
    """The course in ``language``; None when it is not published in it."""
    return get_outlines([course], language).get(course.pk)


def best_outline(course: Course, language: str | None = None) -> Outline | None:
    """The course in ``language`` (default: the active one), else in the site's, else in any; None when unpublished."""
    for code in dict.fromkeys([language or active_language(), settings.LANGUAGE_CODE, *languages()]):
        outline = get_outline(course, code)
        if outline is not None:
            return outline
    return None


def all_outlines(course: Course) -> list[Outline]:
    """The course in every language it is published in."""
    return [outline for code in languages() if (outline := get_outline(course, code)) is not None]


def shared_outline(course: Course) -> Outline | None:
    """The outline that has most steps, with the titles of the active language where it has them: the same steps for
    every reader, whatever is translated so far. None when the course is not published.
    """
    outlines = all_outlines(course)
    if not outlines:
        return None
    fullest = max(outlines, key=lambda outline: (len(outline.steps), outline.language == active_language()))
    own = {step.key: step for outline in outlines if outline.language == active_language() for step in outline.steps}
    modules = tuple(
        replace(module, steps=tuple(replace(step, title=own.get(step.key, step).title) for step in module.steps))
        for module in fullest.modules
    )
    return replace(fullest, modules=modules)


def build(courses: list[Course], language: str) -> dict[int, Outline]:
    """Read the live trees of ``courses``: one query for the roots, one for the pages, one for each kind of page."""
    roots = list(
        CoursePage.objects.live().filter(course__in=courses, locale__language_code=language).order_by("course_id")
    )
    if not roots:
        return {}
    inside = Q()
    for root in roots:
        inside |= Q(path__startswith=root.path, depth__gt=root.depth)
    pages = list(Page.objects.live().filter(inside).order_by("path").specific().defer_streamfields())
    load_weights(page for page in pages if isinstance(page, StepPage))
    codes = {course.pk: course.code for course in courses}
    with translation.override(language):
        return {root.course_id: assemble(root, pages, codes[root.course_id], language) for root in roots}


def load_weights(steps: Iterable[StepPage]) -> None:
    """Fetch what the kinds of steps need to know their weight, once for each kind."""
    kinds: dict[type[StepPage], list[StepPage]] = defaultdict(list)
    for step in steps:
        kinds[type(step)].append(step)
    for kind, rows in kinds.items():
        if kind.weight_lookups:
            prefetch_related_objects(rows, *kind.weight_lookups)


def assemble(root: CoursePage, pages: list[Page], code: str, language: str) -> Outline:
    modules = [page for page in pages if isinstance(page, ModulePage) and page.path.startswith(root.path)]
    taken: set[str] = set()
    return Outline(
        course_id=root.course_id,
        code=code,
        language=language,
        page_id=root.pk,
        title=root.title,
        summary=root.summary,
        modules=tuple(
            Module(key=module.translation_key, title=module.title, steps=tuple(steps_of(module, pages, code, taken)))
            for module in modules
        ),
    )


def steps_of(module: ModulePage, pages: list[Page], code: str, taken: set[str]) -> Iterator[Step]:
    """The steps of one module. A slug that an earlier module has used gets a number, so that each has its address."""
    for page in pages:
        if not isinstance(page, StepPage) or not page.path.startswith(module.path):
            continue
        page.slug = free_slug(page.slug, taken)
        taken.add(page.slug)
        yield Step(
            key=page.translation_key,
            kind=str(page.step_kind),
            title=page.title,
            slug=page.slug,
            path=page.learner_path(code),
            minutes=page.minutes,
            kilobytes=round(page.weight_bytes() / 1000, 1),
            page_id=page.pk,
            revision_id=page.live_revision_id,
            is_required=page.is_required,
        )


def free_slug(slug: str, taken: set[str]) -> str:
    candidate, number = slug, 2
    while candidate in taken:
        candidate, number = f"{slug}-{number}", number + 1
    return candidate
