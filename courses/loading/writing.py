"""Writing a read course folder: the rows, then one page tree per language, linked by stable keys."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify
from wagtail.models import Locale, Page

from cms.models import HomePage
from cms.services import ensure_home
from courses.loading.blocks import raw_stream
from courses.loading.errors import ContentError, Problem
from courses.loading.markup import bullets
from courses.loading.media import Shelf
from courses.loading.reading import read_course
from courses.loading.skills import load_skills
from courses.loading.specs import CourseSpec, ModuleSpec, Report, StepMaker, StepPlace, StepSpec, stable_key
from courses.models import Course, CoursePage, CourseSkill, LessonPage, ModulePage, Skill


@transaction.atomic
def load_course(
    folder: Path | str, *, step_makers: dict[str, StepMaker] | None = None, is_demo: bool = False
) -> Report:
    """Load or renew the course in ``folder``, whole or not at all.

    ``step_makers`` maps the kinds of steps that stand above this app ("assessment") to what makes their page.
    Raises ``ContentError``.
    """
    return write_course(read_course(Path(folder)), step_makers=step_makers or {}, is_demo=is_demo)


def write_course(spec: CourseSpec, *, step_makers: dict[str, StepMaker], is_demo: bool) -> Report:
    ensure_home()
    course = write_rows(spec, is_demo=is_demo)
    report = Report(course)
    shelf = Shelf(spec.folder, spec.code)
    writer = Writer(spec, course, shelf, step_makers, report, is_demo)
    for language in spec.languages:
        writer.write_tree(language)
    course.refresh_from_db()
    return report


def write_rows(spec: CourseSpec, *, is_demo: bool) -> Course:
    """The course's own row and the skills it proves."""
    course, _new = Course.objects.update_or_create(
        code=spec.code,
        defaults={"titles": spec.titles, "level": spec.level, "hours": spec.hours, "position": spec.order},
        create_defaults={
            "titles": spec.titles, "level": spec.level, "hours": spec.hours, "position": spec.order, "is_demo": is_demo
        },
    )  # fmt: skip
    codes = [code for code, _level in spec.skills]
    if Skill.objects.filter(code__in=codes).count() < len(set(codes)):
        load_skills()
    known = {skill.code: skill for skill in Skill.objects.filter(code__in=codes)}
    unknown = [code for code in codes if code not in known]
    if unknown:
        what = f"unknown skill {', '.join(unknown)}"
        raise ContentError([Problem("course.yaml", "skills", what, "Add it to skills.yaml, or correct the code")])
    CourseSkill.objects.filter(course=course).exclude(skill__code__in=codes).delete()
    for place, (code, level) in enumerate(spec.skills):
        CourseSkill.objects.update_or_create(
            course=course, skill=known[code], defaults={"level": level, "sort_order": place}
        )
    return course


class Writer:
    """Writes one language after the other; pages are found again by key and language."""

    def __init__(
        self,
        spec: CourseSpec,
        course: Course,
        shelf: Shelf,
        step_makers: dict[str, StepMaker],
        report: Report,
        is_demo: bool,
    ) -> None:
        self.spec, self.course, self.shelf = spec, course, shelf
        self.step_makers, self.report, self.is_demo = step_makers, report, is_demo

    def write_tree(self, language: str) -> None:
        locale = Locale.objects.get_or_create(language_code=language)[0]
        home = HomePage.objects.filter(locale=locale).first()
        if home is None:
            what = f"the site has no home page in {language}"
            raise ContentError([Problem("course.yaml", "title", what, "Run manage.py setup_site first")])
        cover = self.shelf.image(self.spec.cover, self.spec.cover_alts.get(language, "")) if self.spec.cover else None
        page = self.ensure_page(
            home, CoursePage, stable_key(self.spec.code), locale,
            title=self.spec.titles[language], slug=self.spec.code, course=self.course,
            summary=self.spec.summaries.get(language, "")[:300],
            audience=self.spec.audiences.get(language, "")[:300],
            outcomes=bullets(self.spec.outcomes.get(language, [])), cover=cover,
        )  # fmt: skip
        modules = [self.write_module(page, module, locale) for module in self.spec.modules]
        put_in_order(page, modules)

    def write_module(self, page: Page, module: ModuleSpec, locale: Locale) -> Page:
        written = self.ensure_page(
            page, ModulePage, stable_key(self.spec.code, "module", module.key), locale,
            title=module.titles.get(locale.language_code) or module.key, slug=slugify(module.key) or "m",
        )  # fmt: skip
        steps = [self.write_step(written, step, locale) for step in module.steps]
        put_in_order(written, [step for step in steps if step is not None])
        return written

    def write_step(self, module: Page, step: StepSpec, locale: Locale) -> Page | None:
        language, key = locale.language_code, stable_key(self.spec.code, step.kind, step.key)
        if step.kind == "lesson":
            lesson = step.lessons[language]
            return self.ensure_page(
                module, LessonPage, key, locale,
                title=lesson.title, slug=lesson.slug, summary=lesson.summary[:200], minutes=lesson.minutes,
                body=json.dumps(raw_stream(lesson.blocks, self.shelf, str(key), language)),
                skills=list(Skill.objects.filter(code__in=self.spec.taught.get(step.key, []))),
            )  # fmt: skip
        if step.kind not in self.step_makers:
            self.report.skipped.append(f"{step.kind} {step.key} ({language})")
            return None
        place = StepPlace(self.spec.folder, self.course, module, language, step.key, key, self.is_demo)
        return self.step_makers[step.kind](place)

    def ensure_page(self, parent: Page, model: type[Page], key: UUID, locale: Locale, **fields: Any) -> Page:
        """The page of that key in that language, under ``parent``, live, holding ``fields``."""
        page = model.objects.filter(translation_key=key, locale=locale).first()
        if page is None:
            page = parent.add_child(instance=model(translation_key=key, locale=locale, live=False, **fields))
            self.report.created += 1
        elif changed(page, fields) or not page.live:
            for name, value in fields.items():
                setattr(page, name, value)
            self.report.updated += 1
        else:
            self.report.unchanged += 1
            return page
        page.full_clean()
        page.save_revision().publish()
        return model.objects.get(pk=page.pk)


def changed(page: Page, fields: dict[str, Any]) -> bool:
    return any(stored(getattr(page, name)) != stored(value) for name, value in fields.items())


def stored(value: Any) -> Any:
    """A value as it is kept, to compare a StreamField with the JSON, and related rows with the list, to be written."""
    if hasattr(value, "get_queryset"):
        return list(value.all())
    if hasattr(value, "get_prep_value"):
        value = json.dumps(value.get_prep_value())
    if isinstance(value, str) and value.startswith("[{"):
        return json.loads(value)
    return value


def put_in_order(parent: Page, wanted: list[Page]) -> None:
    """Bring the children that the folder names into its order; what trainers added stays after them."""
    ids = [page.pk for page in wanted]
    current = list(parent.get_children().order_by("path").values_list("pk", flat=True))
    if [pk for pk in current if pk in ids] == ids:
        return
    for pk in reversed(ids):
        Page.objects.get(pk=pk).move(Page.objects.get(pk=parent.pk), pos="first-child")
