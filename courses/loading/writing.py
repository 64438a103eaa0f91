"""Writing a read course folder: the rows, then one page tree per language, linked by stable keys."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page

from cms.foreign import bullets
from cms.models import HomePage
from cms.services import ensure_home
from courses.loading.blocks import raw_stream
from courses.loading.errors import ContentError
from courses.loading.ledger import Ledger, as_seen, values_of
from courses.loading.media import MediaStore
from courses.loading.reading import COURSE, read_course
from courses.loading.skills import load_skills
from courses.loading.specs import CourseSpec, ModuleSpec, Report, StepMaker, StepPlace, StepSpec, key_of, stable_key
from courses.models import Course, CoursePage, CourseSkill, LessonPage, ModulePage, Skill, StepPage
from courses.prerequisites import check_in_turn
from courses.rules import check_prerequisites
from lms.lib.problems import at_line, in_file


@transaction.atomic
def load_course(
    folder: Path | str,
    *,
    step_makers: dict[str, StepMaker] | None = None,
    is_demo: bool = False,
    keep: bool = False,
    overwrite: bool = False,
) -> Report:
    """Load or renew the course in ``folder``, whole or not at all.

    ``step_makers`` maps the kinds of steps that stand above this app ("assessment") to what makes their page. What
    the folder has no longer is retired unless ``keep``; what was edited here since the last load stays unless
    ``overwrite``. Raises ``ContentError``.
    """
    spec = read_course(Path(folder))
    ledger = open_ledger(spec, is_demo=is_demo, keep=keep, overwrite=overwrite)
    return write_course(spec, ledger, step_makers=step_makers or {}, is_demo=is_demo)


def refuse(file: str, line: int, what: str, remedy: str) -> ContentError:
    return ContentError(in_file(file, [at_line(line, what, remedy)]))


def open_ledger(spec: CourseSpec, *, is_demo: bool, keep: bool, overwrite: bool) -> Ledger:
    """The course's own row, made where there is none, and what earlier loads wrote."""
    ensure_home()
    skills = known_skills(spec)
    course, new = Course.objects.get_or_create(
        code=spec.code,
        defaults={"titles": spec.titles, "level": spec.level, "hours": spec.hours, "is_demo": is_demo},
    )
    ledger = Ledger(course, Report(course), keep=keep, overwrite=overwrite)
    write_rows(spec, course, skills, ledger, new=new)
    return ledger


def write_course(spec: CourseSpec, ledger: Ledger, *, step_makers: dict[str, StepMaker], is_demo: bool) -> Report:
    unknown = [step for module in spec.modules for step in module.steps if step.kind not in {"lesson", *step_makers}]
    if unknown:
        what = _("No step of the kind “%(kind)s” can be created") % {"kind": unknown[0].kind}
        raise refuse(COURSE, unknown[0].line, what, _("Use one of: %(kinds)s") % {"kinds": "lesson, assessment"})
    Writer(spec, ledger, step_makers, is_demo).write()
    ledger.course.refresh_from_db()
    return ledger.report


def known_skills(spec: CourseSpec) -> dict[str, Skill]:
    """The skills of the course by code. Raises ``ContentError``."""
    codes = [code for code, _level in spec.skills]
    if Skill.objects.filter(code__in=codes).count() < len(set(codes)):
        load_skills()
    known = {skill.code: skill for skill in Skill.objects.filter(code__in=codes)}
    unknown = [code for code in codes if code not in known]
    if unknown:
        what = _("There is no skill %(code)s on this site") % {"code": ", ".join(unknown)}
        raise refuse(COURSE, 1, what, _("Correct the code, or add the skill in the administration"))
    return known


def write_rows(spec: CourseSpec, course: Course, skills: dict[str, Skill], ledger: Ledger, *, new: bool) -> None:
    """The course's own row, the skills it proves, what comes before it."""
    fields = {"titles": spec.titles, "level": spec.level, "hours": spec.hours, "position": spec.order}
    if spec.prerequisites is not None:
        fields["is_open"] = spec.is_open
    proven = [[code, level] for code, level in spec.skills]
    key = stable_key(spec.code)
    rows = CourseSkill.objects.filter(course=course).order_by("sort_order")
    now = {name: getattr(course, name) for name in fields}
    now |= {"hours": float(course.hours), "skills": [list(row) for row in rows.values_list("skill__code", "level")]}
    before = course.prerequisites.values_list("code", flat=True)
    if spec.prerequisites is not None:
        fields["prerequisites"], now["prerequisites"] = sorted(spec.prerequisites), sorted(before)
    wanted: dict[str, Any] = {**fields, "skills": proven}
    if new or (now != wanted and ledger.may_write("course", key, "", course.code, now)):
        others = list(Course.objects.filter(code__in=spec.prerequisites or []))
        missing = set(spec.prerequisites or []) - {other.code for other in others}
        if missing:
            what = _("There is no course %(code)s") % {"code": ", ".join(sorted(missing))}
            raise refuse(COURSE, 1, what, _("Load it first, or take it out of prerequisites"))
        try:
            is_asked = not new and fields.get("prerequisites") != now.get("prerequisites")
            (check_in_turn if is_asked else check_prerequisites)(course, others)
        except ValidationError as error:
            raise refuse(COURSE, 1, " ".join(error.messages), _("Take it out of prerequisites")) from error
        for name, value in fields.items():
            if name != "prerequisites":
                setattr(course, name, value)
        course.save()
        if spec.prerequisites is not None:
            course.prerequisites.set(others)
        CourseSkill.objects.filter(course=course).exclude(skill__code__in=skills).delete()
        for place, (code, level) in enumerate(spec.skills):
            CourseSkill.objects.update_or_create(
                course=course, skill=skills[code], defaults={"level": level, "sort_order": place}
            )
    elif now != wanted:
        return
    ledger.wrote("course", key, "", wanted)


class Writer:
    """Writes one language after the other; pages are found again by key and language."""

    def __init__(self, spec: CourseSpec, ledger: Ledger, step_makers: dict[str, StepMaker], is_demo: bool) -> None:
        self.spec, self.ledger, self.report, self.course = spec, ledger, ledger.report, ledger.course
        self.media = MediaStore(spec.folder, spec.code)
        self.step_makers, self.is_demo = step_makers, is_demo
        self.written: set[int] = set()  # pages that hold already what this folder says
        self.displaced: dict[int, str] = {}  # the addresses of pages that gave them up, until they are written

    def step_key(self, step: StepSpec) -> UUID:
        return key_of(self.spec.code, step.kind, step.key)

    def module_key(self, module: ModuleSpec) -> UUID:
        return key_of(self.spec.code, "module", module.key)

    def course_key(self, language: str) -> UUID:
        """A course has one page in a language: that which is here, whoever made it."""
        page = CoursePage.objects.filter(course=self.course, locale__language_code=language).first()
        return page.translation_key if page else stable_key(self.spec.code)

    def modules_in(self, language: str) -> list[ModuleSpec]:
        return [module for module in self.spec.modules if any(step.is_in(language) for step in module.steps)]

    def wanted(self) -> set[tuple[UUID, str]]:
        """(key, language) of every page that the folder has."""
        found = {(self.course_key(language), language) for language in self.spec.languages}
        for language in self.spec.languages:
            for module in self.modules_in(language):
                found.add((self.module_key(module), language))
                found |= {(self.step_key(step), language) for step in module.steps if step.is_in(language)}
        return found

    def write(self) -> None:
        self.retire(steps=True)
        for language in self.spec.languages:
            self.write_tree(language)
        self.retire(steps=False)

    def write_tree(self, language: str) -> None:
        locale = Locale.objects.get_or_create(language_code=language)[0]
        home = HomePage.objects.filter(locale=locale).first()
        if home is None:
            what = _("The site has no home page in the language %(language)s") % {"language": language}
            raise refuse(COURSE, 1, what, "manage.py setup_site")
        cover = self.media.image(self.spec.cover, self.spec.cover_alts.get(language, "")) if self.spec.cover else None
        page = self.ensure_page(
            home, CoursePage, self.course_key(language), locale, COURSE,
            title=self.spec.titles[language], slug=self.spec.code, course=self.course,
            summary=self.spec.summaries.get(language, "")[:300],
            audience=self.spec.audiences.get(language, "")[:300],
            outcomes=bullets(self.spec.outcomes.get(language, [])), cover=cover,
        )  # fmt: skip
        modules = [self.write_module(page, module, locale) for module in self.modules_in(language)]
        self.put_in_order(page, modules, language)

    def write_module(self, page: Page, module: ModuleSpec, locale: Locale) -> Page:
        language = locale.language_code
        written = self.ensure_page(
            page, ModulePage, self.module_key(module), locale, COURSE,
            title=module.titles.get(language) or module.key, slug=slugify(module.key) or "m",
        )  # fmt: skip
        steps = [self.write_step(written, step, locale) for step in module.steps if step.is_in(language)]
        self.put_in_order(written, steps, language)
        return written

    def write_step(self, module: Page, step: StepSpec, locale: Locale) -> Page:
        language, key = locale.language_code, self.step_key(step)
        if step.kind != "lesson":
            place = StepPlace(self.spec.folder, self.course, module, language, step.key, key, self.is_demo)
            model, fields = self.step_makers[step.kind](place)
            return self.ensure_page(module, model, key, locale, COURSE, line=step.line, **fields)
        lesson = step.lessons[language]
        return self.ensure_page(
            module, LessonPage, key, locale, lesson.file or COURSE,
            title=lesson.title, slug=lesson.slug, summary=lesson.summary[:200], minutes=lesson.minutes,
            is_required=lesson.is_required,
            body=json.dumps(raw_stream(lesson.blocks, self.media, str(key), language)),
            skills=list(Skill.objects.filter(code__in=self.spec.taught.get(step.key, []))),
        )  # fmt: skip

    def ensure_page(
        self, parent: Page, model: type[Page], key: UUID, locale: Locale, file: str, line: int = 1, **fields: Any
    ) -> Page:
        """The page of that key in that language, under ``parent``, live, holding ``fields``, unless edited here."""
        language = locale.language_code
        page = model.objects.filter(translation_key=key, locale=locale).first()
        if page is not None and model is not CoursePage:
            self.refuse_stranger(page, file, line)
        if page is None:
            self.free_address(parent, fields["slug"], key, model, file)
            page = model(translation_key=key, locale=locale, live=False, **fields)
            try:
                page = parent.add_child(instance=page)
            except ValidationError as error:
                raise refuse(file, line, " ".join(error.messages), _("Correct it in the folder")) from error
            self.report.created += 1
        else:
            part = self.ledger.part("page", key, language)
            newest = page.get_latest_revision_as_object() if page.latest_revision_id else page
            newest.slug = self.displaced.get(page.pk, newest.slug)
            if page.live and not changed(newest, fields) and page.pk not in self.displaced:
                self.report.unchanged += 1
                self.written.add(page.pk)
                self.ledger.wrote("page", key, language, values_of(newest, fields))
                return page
            by_person = bool(page.latest_revision and page.latest_revision.user_id)
            if not self.ledger.may_write(
                "page", key, language, f"{language}: {page.title}", values_of(newest, fields), live=page.live,
                by_person=by_person,
            ):  # fmt: skip
                if page.pk in self.displaced:
                    what = _("The address of “%(title)s”, which was changed here, is now the address of another page")
                    told = what % {"title": page.title}
                    raise refuse(file, line, told, _("Write another slug, or load with --overwrite"))
                return page
            self.free_address(parent, fields["slug"], key, model, file)
            if part is not None and part.is_retired:
                self.report.revived.append(f"{language}: {fields['title']}")
            page = newest
            for name, value in fields.items():
                setattr(page, name, value)
            self.report.updated += 1
        try:
            page.full_clean()
        except ValidationError as error:
            raise refuse(file, line, " ".join(error.messages), _("Correct it in the folder")) from error
        page.save_revision(clean=False).publish()
        self.displaced.pop(page.pk, None)
        self.written.add(page.pk)
        page = model.objects.get(pk=page.pk)
        self.ledger.wrote("page", key, language, values_of(page, fields))
        return page

    def refuse_stranger(self, page: Page, file: str, line: int) -> None:
        """A folder may name a page by its UUID, and be given another code: the page stays in the course it is in."""
        if not CoursePage.objects.ancestor_of(page).filter(course=self.course).exists():
            what = _("The page “%(title)s” belongs to another course") % {"title": page.title}
            raise refuse(file, line, what, _("Write another key, or load it with the code of that course"))

    def free_address(self, parent: Page, slug: str, key: UUID, model: type[Page], file: str) -> None:
        """Another page of the folder that has this address gives it up, for it will get its own; others keep it."""
        if not issubclass(model, StepPage):
            return
        course_page = Page.objects.get(pk=parent.pk).get_parent()
        others = Page.objects.descendant_of(course_page).filter(depth=course_page.depth + 2, slug=slug)
        for other in others.exclude(translation_key=key):
            if (other.translation_key, other.locale.language_code) not in self.wanted():
                what = _("The address %(slug)s is taken by “%(title)s”, a page that was created here")
                told = what % {"slug": slug, "title": other.title}
                raise refuse(file, 1, told, _("Write another slug, or change that of the page"))
            if other.pk in self.written:
                what = _("The address %(slug)s is taken by %(file)s") % {"slug": slug, "file": other.title}
                raise refuse(file, 1, what, _("Write another value after slug: in one of them"))
            self.displaced[other.pk] = other.slug
            Page.objects.filter(pk=other.pk).update(slug=retired_slug(other))

    # -- what the folder has no longer

    def retire(self, *, steps: bool) -> None:
        """Withdraw what earlier loads wrote and this folder has not: steps first, later the modules they stood in."""
        wanted = self.wanted()
        for course_page in CoursePage.objects.filter(course=self.course):
            pages = course_page.get_descendants(inclusive=True).order_by("-path").select_related("locale")
            for page in pages:
                language = page.locale.language_code
                is_step = page.depth == course_page.depth + 2
                # keys made from codes are of version 5, those of pages made on a site of version 4
                part = self.ledger.part("page", page.translation_key, language)
                is_ours = page.translation_key.version == 5 or part is not None
                if is_step != steps or not is_ours or not page.live:
                    continue
                if (page.translation_key, language) not in wanted:
                    self.retire_page(page.specific, language)

    def retire_page(self, page: Page, language: str) -> None:
        name = f"{language}: {page.title}"
        if self.ledger.keep or page.get_children().live().exists():
            self.report.left_in.append(name)
            return
        newest = page.get_latest_revision_as_object() if page.latest_revision_id else page
        part = self.ledger.part("page", page.translation_key, language)
        now = values_of(newest, part.fields) if part else {}
        by_person = bool(page.latest_revision and page.latest_revision.user_id)
        if not self.ledger.may_write("page", page.translation_key, language, name, now, by_person=by_person):
            return
        page.unpublish(log_action=True)
        if isinstance(page, StepPage):
            Page.objects.filter(pk=page.pk).update(slug=retired_slug(page))  # its address is free for another
        self.ledger.retired("page", page.translation_key, language)
        self.report.retired.append(name)

    # -- order

    def put_in_order(self, parent: Page, wanted: list[Page], language: str) -> None:
        """Bring the children that the folder names into its order; what trainers added stays after them.

        An order that was changed here since the last load stays.
        """
        ids = [page.pk for page in wanted]
        keys = [str(page.translation_key) for page in wanted]
        current = list(parent.get_children().order_by("path").values_list("pk", "translation_key"))
        part = self.ledger.part("order", parent.translation_key, language)
        if [pk for pk, _key in current if pk in ids] != ids:
            if part is not None and not self.ledger.overwrite and self.was_rearranged(part.fields, current):
                self.report.kept_edits.append(f"{language}: " + _("%(title)s (order)") % {"title": parent.title})
                return
            for pk in reversed(ids):
                Page.objects.get(pk=pk).move(Page.objects.get(pk=parent.pk), pos="first-child")
        self.ledger.save("order", parent.translation_key, language, {"keys": keys})

    @staticmethod
    def was_rearranged(fields: dict[str, Any], current: list[tuple[int, UUID]]) -> bool:
        here = [str(key) for _pk, key in current]
        before = [key for key in fields.get("keys", []) if key in here]
        return before != [key for key in here if key in before]


def retired_slug(page: Page) -> str:
    return f"{page.slug[:200]}-{page.translation_key.hex[:8]}"


def changed(page: Page, fields: dict[str, Any]) -> bool:
    return any(as_seen(getattr(page, name)) != as_seen(value) for name, value in fields.items())
