"""Reading a course folder into specs. Nothing is written, and all problems of the folder are reported at once."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from courses.enums import StepKind
from courses.loading.folder import Folder
from courses.loading.lessons import read_lesson
from courses.loading.schema import CourseFile, Module
from courses.loading.specs import CourseSpec, LessonSpec, ModuleSpec, StepSpec
from courses.models.pages import RESERVED_SLUGS
from lms.lib.yaml_lines import Lines

COURSE = "course.yaml"
LEFT_ALONE = ("readme", "licence", "license", "_", ".")
MOST_FILES = 2000
Lessons = dict[str, dict[str, LessonSpec]]
"""By key, then by language."""


def read_course(path: Path) -> CourseSpec:
    """The folder as a spec, its questions and assessments left aside. Raises ``ContentError``."""
    folder = Folder(path)
    spec = read_outline(folder)
    folder.refuse_faults()
    assert spec is not None  # noqa: S101  (without one there is a fault)
    return spec


def read_outline(folder: Folder) -> CourseSpec | None:
    """course.yaml with the lessons that it names; problems are in ``folder``."""
    data, lines = folder.read_yaml(COURSE, CourseFile)
    lessons = read_lessons(folder)
    if data is None:
        return None
    for language in data.title:
        if language not in data.summary:
            what = _("The summary is missing in the language %(language)s") % {"language": language}
            folder.add(COURSE, lines.of(("summary",)), what, _("Write it, or take the language out of the title"))
    cover = data.image
    if cover is not None:
        folder.has_media(cover.file, "image", COURSE, lines.of(("image", "file")))
    modules = [
        ModuleSpec(module.key, module.title, list(read_steps(folder, module, lessons, data, lines, number)))
        for number, module in enumerate(data.modules)
    ]
    spec = CourseSpec(
        folder=folder.path,
        code=data.code,
        titles=data.title,
        summaries=data.summary,
        audiences=data.audience or {},
        outcomes=data.outcomes,
        level=data.level,
        hours=round(data.hours, 1),
        order=data.order,
        skills=[(row.code, row.level) for row in data.skills],
        taught=skills_by_lesson(data),
        cover=cover.file if cover else "",
        cover_alts=dict(cover.alt) if cover else {},
        modules=modules,
        is_open=data.open,
        prerequisites=list(data.prerequisites),
    )
    check_keys(folder, data, lessons, lines)
    check_slugs(folder, spec)
    check_skills(folder, data, lines)
    return spec


def skills_by_lesson(data: CourseFile) -> dict[str, list[str]]:
    """Each skill may name the lessons that teach it; here the other way round."""
    found: dict[str, list[str]] = {}
    for row in data.skills:
        for key in row.lessons:
            found.setdefault(key, []).append(row.code)
    return found


def lesson_files(folder: Folder) -> Iterator[str]:
    """Every Markdown file of the folder that may be a lesson, named from the folder."""
    for place, path in enumerate(sorted(folder.path.rglob("*.md"))):
        if place >= MOST_FILES:
            what = _("The folder has more than %(most)s files") % {"most": MOST_FILES}
            folder.add(COURSE, 1, what, _("Remove what does not belong to the course"))
            return
        parts = path.relative_to(folder.path).parts
        if not any(part.lower().startswith(LEFT_ALONE) for part in parts):
            yield "/".join(parts)


def language_of(name: str) -> str:
    """``lessons/l1.fr.md`` and ``fr/l1.md`` are French; empty when the name says no language."""
    *places, file = name.split("/")
    known = [code for code, _name in settings.LANGUAGES]
    marks = [file.removesuffix(".md").rpartition(".")[2], *reversed(places)]
    return next((mark for mark in marks if mark in known), "")


def read_lessons(folder: Folder) -> Lessons:
    lessons: Lessons = {}
    for name in lesson_files(folder):
        try:
            name.encode()
        except UnicodeEncodeError:
            shown = name.encode("utf-8", "replace").decode()
            folder.add(shown, 1, _("The name of the file is not written in UTF-8"), _("Give the file another name"))
            continue
        language = language_of(name)
        if not language:
            what = _("The name of the file does not show its language")
            folder.add(name, 1, what, _("Call it l1.fr.md, or put it in a folder fr"))
            continue
        found = read_lesson(folder, name)
        if found is None:
            continue
        key, lesson = found
        other = lessons.setdefault(key, {}).setdefault(language, lesson)
        if other is not lesson:
            what = _("The key %(key)s is also used by %(file)s") % {"key": key, "file": other.file}
            folder.add(name, 1, what, _("Write another value after key: in one of them"))
    return lessons


def read_steps(
    folder: Folder, module: Module, lessons: Lessons, data: CourseFile, lines: Lines, number: int
) -> Iterator[StepSpec]:
    for place, step in enumerate(module.steps):
        line = lines.of(("modules", number, "steps", place))
        if step.kind == StepKind.ASSESSMENT:
            yield StepSpec(step.kind, step.named, {}, line)
            continue
        found = {code: lesson for code, lesson in lessons.get(step.named, {}).items() if code in data.title}
        if not found and not any(step.named in problem.file for problem in folder.faults):
            what = _("There is no lesson %(key)s in the folder") % {"key": step.named}
            folder.add(COURSE, line, what, _("Add its file, such as lessons/l1.fr.md, or delete this line"))
        yield StepSpec(step.kind, step.named, found, line)
    for language in data.title:
        here = [step for step in module.steps if step.assessment or language in lessons.get(step.named, {})]
        if here and language not in module.title:
            what = _("The module has no title in the language %(language)s") % {"language": language}
            folder.add(COURSE, lines.of(("modules", number, "title")), what, _("Write it beside the others"))


def check_keys(folder: Folder, data: CourseFile, lessons: Lessons, lines: Lines) -> None:
    """Each step and module is named once; each lesson of the folder is in the course, in a language of the course."""
    seen: dict[str, int] = {}
    for number, module in enumerate(data.modules):
        places: list[tuple[str, str, tuple[str | int, ...]]] = [("module", module.key, ("modules", number, "key"))]
        places += [
            (step.kind, step.named, ("modules", number, "steps", place)) for place, step in enumerate(module.steps)
        ]
        for kind, key, place in places:
            line = lines.of(place)
            if f"{kind}/{key}" in seen:
                what = _("%(key)s appears a second time; the first is on line %(line)s")
                told = what % {"key": key, "line": seen[f"{kind}/{key}"]}
                folder.add(COURSE, line, told, _("Delete one of them, or give it another key"))
            seen.setdefault(f"{kind}/{key}", line)
    for key, versions in lessons.items():
        for language, lesson in versions.items():
            if f"{StepKind.LESSON}/{key}" not in seen:
                what = _("No module in course.yaml lists the lesson %(key)s") % {"key": key}
                remedy = _("Add - lesson: %(key)s, or begin the name of the file with _") % {"key": key}
                folder.add(lesson.file, 1, what, remedy)
            elif language not in data.title:
                what = _("The course has no title in the language %(language)s") % {"language": language}
                folder.add(lesson.file, 1, what, _("Add it in course.yaml, or begin the name of the file with _"))
    for language in data.title:
        if lessons and not any(language in versions for versions in lessons.values()):
            what = _("There is no lesson in the language %(language)s") % {"language": language}
            folder.add(COURSE, lines.of(("title", language)), what, _("Add one, or take the language out of the title"))


def check_slugs(folder: Folder, spec: CourseSpec) -> None:
    """Each lesson has its own address in a language."""
    for language in spec.languages:
        seen: dict[str, str] = {}
        for module in spec.modules:
            for step in module.steps:
                lesson = step.lessons.get(language)
                if lesson is None:
                    continue
                if lesson.slug in seen or lesson.slug in RESERVED_SLUGS:
                    what = _("The address %(slug)s is taken by %(file)s")
                    named = {"slug": lesson.slug, "file": seen.get(lesson.slug, _("another page"))}
                    folder.add(lesson.file, 1, what % named, _("Write another value after slug: in one of them"))
                seen.setdefault(lesson.slug, lesson.file)


def check_skills(folder: Folder, data: CourseFile, lines: Lines) -> None:
    """A skill is named once, and the lessons that teach it are lessons of the course."""
    known = {step.lesson for module in data.modules for step in module.steps if step.lesson}
    seen: set[str] = set()
    for number, row in enumerate(data.skills):
        if row.code in seen:
            what = _("The skill %(code)s is named twice") % {"code": row.code}
            folder.add(COURSE, lines.of(("skills", number)), what, _("Delete one of them"))
        seen.add(row.code)
        for place, key in enumerate(row.lessons):
            if key not in known:
                what = _("There is no lesson %(key)s in the course") % {"key": key}
                folder.add(COURSE, lines.of(("skills", number, "lessons", place)), what, _("Correct its key"))
