"""A course as its authors see it: modules and steps in one language, the state of each, and what is missing before it
may go live. One place says what is missing, in sentences with the page where it is put right.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page, Revision

from cms.models import HomePage
from cms.translating import untranslated_fields
from courses.enums import StepKind
from courses.models import Course, CoursePage, LessonPage, ModulePage, StepPage, StepProgress, TrashedPage
from courses.outline import load_weights


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing, as a sentence, and where it is put right."""

    what: str
    url: str


@dataclass(slots=True)
class Row:
    """A module or a step. ``languages``: code of another language -> whether it is published in it."""

    page: Any
    learners: int = 0
    go_live_at: datetime | None = None
    gaps: list[Gap] = field(default_factory=list)
    languages: dict[str, bool] = field(default_factory=dict)
    steps: list["Row"] = field(default_factory=list)

    @property
    def is_step(self) -> bool:
        return isinstance(self.page, StepPage)

    @property
    def is_assessment(self) -> bool:
        return self.is_step and self.page.step_kind == StepKind.ASSESSMENT

    @property
    def title(self) -> str:
        return str(self.page.draft_title or self.page.title)

    @property
    def write_url(self) -> str:
        """Where what it holds is written."""
        return WRITE.get(type(self.page), edit_url)(self.page)

    @property
    def weight(self) -> int:
        """Bytes on a phone; nothing before it is published, when it is weighed."""
        return int(self.page.weight_bytes()) if self.is_step else 0

    @property
    def has_changes(self) -> bool:
        return not self.page.live or bool(self.page.has_unpublished_changes)


@dataclass(slots=True)
class Tree:
    course: Course
    page: CoursePage
    top: Row  # the page itself
    modules: list[Row]
    gaps: list[Gap]  # of the course itself
    trash: list[Row]
    pages: list[CoursePage]  # in each language
    missing_locales: list[Locale]

    @property
    def rows(self) -> list[Row]:
        return [row for module in self.modules for row in (module, *module.steps)]

    @property
    def steps(self) -> list[Row]:
        return [step for module in self.modules for step in module.steps]

    @property
    def minutes(self) -> int:
        return sum(step.page.minutes for step in self.steps)

    @property
    def write_url(self) -> str:
        """Where what it holds is written."""
        return WRITE.get(type(self.page), edit_url)(self.page)

    @property
    def weight(self) -> int:
        return sum(step.weight for step in self.steps)

    @property
    def all_gaps(self) -> list[Gap]:
        return [*self.gaps, *(gap for row in self.rows for gap in row.gaps)]

    @property
    def is_changed(self) -> bool:
        return self.top.has_changes or any(row.has_changes for row in self.rows)


PageGaps = Callable[[Any], Iterable[str]]
GAPS: dict[type[Page], PageGaps] = {}
"""What a kind of page needs before it goes live. An app above names its own pages."""
WRITE: dict[type[Page], Callable[[Any], str]] = {}
"""Where the content of a kind of page is written, if not in the editor of pages."""
COURSE_GAPS: list[Callable[[Course], Iterable[Gap]]] = []


def edit_url(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def gaps_of(page: Any, others: Iterable[Any] | None = None) -> list[Gap]:
    """What this page needs before it goes live, without what stands below it. ``others``: it in other languages."""
    found = list(GAPS[type(page)](page)) if type(page) in GAPS else []
    if untranslated_fields(page, others):
        found.append(_("“%(page)s” is still word for word the text of another language.") % {"page": title_of(page)})
    url = WRITE.get(type(page), edit_url)(page)
    return [Gap(what, url) for what in found]


def title_of(page: Page) -> str:
    return str(page.draft_title or page.title)


def gaps_of_lesson(page: LessonPage) -> Iterable[str]:
    if not page.body:
        yield _("“%(page)s” has no content yet.") % {"page": title_of(page)}


def gaps_of_course_page(page: CoursePage) -> Iterable[str]:
    if not page.summary:
        yield _("The course has no summary: one or two sentences that say what it is about.")


GAPS[LessonPage] = gaps_of_lesson
GAPS[CoursePage] = gaps_of_course_page


def gaps_of_course(course: Course) -> Iterable[Gap]:
    if not course.skills.exists():
        url = reverse("courses_tree", args=[course.pk])
        yield Gap(_("The course proves no skill yet: name at least one."), f"{url}#skills")


COURSE_GAPS.append(gaps_of_course)


def trashed_paths(inside: str) -> list[str]:
    return list(TrashedPage.objects.filter(page__path__startswith=inside).values_list("page__path", flat=True))


def get_tree(course: Course, page: CoursePage) -> Tree:
    """The course in the language of ``page``. The number of queries does not grow with modules and steps."""
    pages = list(CoursePage.objects.filter(course=course).select_related("locale").order_by("locale__pk"))
    below = Page.objects.filter(path__startswith=page.path, depth__gt=page.depth).order_by("path")
    trashed = trashed_paths(page.path)
    all_rows = [Row(found) for found in below.specific().select_related("locale")]
    load_weights(row.page for row in all_rows if isinstance(row.page, StepPage))
    tell_learners(all_rows)
    top = Row(page)
    tell_schedule([top, *all_rows])
    tell_languages(all_rows, pages, page)
    shown = [row for row in all_rows if not any(row.page.path.startswith(path) for path in trashed)]
    others = others_of([row.page for row in shown if not row.page.first_published_at])
    for row in shown:
        row.gaps = gaps_of(row.page, others[row.page.translation_key])
    modules = [row for row in shown if isinstance(row.page, ModulePage)]
    for module in modules:
        module.steps = [row for row in shown if row.is_step and row.page.path.startswith(module.page.path)]
        if not module.steps:
            module.gaps.append(Gap(_("“%(page)s” has no lesson yet.") % {"page": module.title}, edit_url(module.page)))
    gaps = [*gaps_of(page), *(gap for gaps in COURSE_GAPS for gap in gaps(course))]
    if not modules:
        gaps.append(Gap(_("The course has no module yet."), reverse("courses_tree", args=[course.pk])))
    missing = languages_with_home().exclude(pk__in=[other.locale_id for other in pages])
    return Tree(
        course, page, top, modules, gaps, [row for row in all_rows if row.page.path in trashed], pages, list(missing)
    )


def others_of(pages: list[Any]) -> dict[UUID, list[Any]]:
    """These pages in other languages, by key: one query for each kind."""
    found: dict[UUID, list[Any]] = defaultdict(list)
    kinds: dict[type[Any], list[Any]] = defaultdict(list)
    for page in pages:
        kinds[type(page)].append(page)
    for kind, rows in kinds.items():
        keys = [page.translation_key for page in rows]
        for other in kind.objects.filter(translation_key__in=keys).exclude(locale=rows[0].locale_id):
            found[other.translation_key].append(other)
    return found


def tell_learners(rows: list[Row]) -> None:
    """How many have done each step, in whatever language; of a module, how many have done a step of it at most."""
    keys = [row.page.translation_key for row in rows]
    done = StepProgress.objects.filter(step_key__in=keys).order_by().values("step_key").annotate(number=Count("pk"))
    counts: dict[UUID, int] = dict(done.values_list("step_key", "number"))
    for row in rows:
        below = [other for other in rows if other.page.path.startswith(row.page.path)]
        row.learners = max(counts.get(other.page.translation_key, 0) for other in below)


def tell_schedule(rows: list[Row]) -> None:
    pks = [str(row.page.pk) for row in rows]
    planned = Revision.page_revisions.filter(object_id__in=pks).exclude(approved_go_live_at=None)
    hours = dict(planned.values_list("object_id", "approved_go_live_at"))
    for row in rows:
        row.go_live_at = hours.get(str(row.page.pk))


def languages_with_home() -> QuerySet[Locale]:
    """Those in which a course has a place to stand."""
    return Locale.objects.filter(pk__in=HomePage.objects.values("locale")).order_by("pk")


def tell_languages(rows: list[Row], pages: list[CoursePage], shown: CoursePage) -> None:
    others = {page.locale_id: page.locale.language_code for page in pages if page.pk != shown.pk}
    keys = [row.page.translation_key for row in rows]
    translations = Page.objects.filter(translation_key__in=keys, locale__in=others)
    found = {
        (key, others[locale]): live
        for key, locale, live in translations.values_list("translation_key", "locale", "live")
    }
    for row in rows:
        row.languages = {
            code: found[row.page.translation_key, code]
            for code in others.values()
            if (row.page.translation_key, code) in found
        }
