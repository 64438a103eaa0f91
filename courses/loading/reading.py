"""Reading a course folder into specs. Nothing is written, and every problem of the folder is told at once."""

from pathlib import Path
from typing import Any

from django.utils.text import slugify

from courses.enums import Level
from courses.loading.blocks import LESSON_BLOCKS
from courses.loading.errors import ContentError
from courses.loading.reader import Map, Reader
from courses.loading.specs import CourseSpec, LessonSpec, ModuleSpec, StepSpec


def read_course(folder: Path) -> CourseSpec:
    """The folder as a spec. Raises ``ContentError`` with every problem found."""
    reader = Reader(folder)
    data = reader.load("course.yaml")
    if not data:
        raise ContentError(reader.problems)
    titles = reader.texts(data, "title")
    spec = CourseSpec(
        folder=folder,
        code=slugify(reader.wanted(data, "code")),
        titles=titles,
        summaries=reader.texts(data, "summary"),
        audiences=reader.texts(data, "audience", optional=True),
        outcomes=data.get("outcomes") or {},
        level=read_level(reader, data),
        hours=float(reader.wanted(data, "hours", (float, int))),
        order=int(data.get("order") or 100),
        skills=read_skills(reader, data),
        taught=read_taught(reader, data),
        cover=read_cover(reader, data),
        cover_alts=(data.get("image") or {}).get("alt") or {},
        modules=[],
    )
    listed = list(reader.wanted(data, "modules", list))
    spec.modules.extend(read_module(reader, module, list(titles)) for module in listed if isinstance(module, Map))
    check_slugs(reader, spec)
    check_taught(reader, spec)
    if reader.problems:
        raise ContentError(reader.problems)
    return spec


def read_level(reader: Reader, data: Map) -> int:
    level = data.get("level", 1)
    if level not in Level.values:
        reader.add_problem(data.line, f"level {level} does not exist", "Write 1, 2 or 3")
        return 1
    return int(level)


def read_skills(reader: Reader, data: Map) -> list[tuple[str, int]]:
    rows = [row for row in data.get("skills") or [] if isinstance(row, Map)]
    return [(str(reader.wanted(row, "code")), read_level(reader, row)) for row in rows]


def read_taught(reader: Reader, data: Map) -> dict[str, list[str]]:
    """Each skill may name the lessons that teach it; here the other way round."""
    taught: dict[str, list[str]] = {}
    for row in data.get("skills") or []:
        lessons = row.get("lessons", []) if isinstance(row, Map) else []
        if not isinstance(lessons, list):
            reader.add_problem(row.line, "lessons is not a list", "Write lessons: [l1, l2]")
            continue
        for key in lessons:
            taught.setdefault(str(key), []).append(str(row.get("code")))
    return taught


def check_taught(reader: Reader, spec: CourseSpec) -> None:
    known = {step.key for module in spec.modules for step in module.steps if step.kind == "lesson"}
    reader.file = "course.yaml"
    for key in sorted(spec.taught.keys() - known):
        reader.add_problem("skills", f"no lesson {key}", f"Use one of: {', '.join(sorted(known))}")


def read_cover(reader: Reader, data: Map) -> str:
    image = data.get("image")
    if not isinstance(image, Map):
        return ""
    reader.file_named(image.get("file"), image.line)
    return str(image.get("file") or "")


def read_module(reader: Reader, data: Map, languages: list[str]) -> ModuleSpec:
    reader.file = "course.yaml"
    key = str(reader.wanted(data, "key"))
    titles = reader.texts(data, "title")
    steps = []
    for step in reader.wanted(data, "steps", list):
        reader.file = "course.yaml"
        if not isinstance(step, Map) or len(step) != 1:
            reader.add_problem(data.line, "a step is not one key and one value", "Write - lesson: l1")
            continue
        kind, name = next(iter(step.items()))
        lessons = {code: read_lesson(reader, str(name), code) for code in languages} if kind == "lesson" else {}
        steps.append(StepSpec(str(kind), str(name), lessons))
    return ModuleSpec(key, titles, steps)


def read_lesson(reader: Reader, key: str, language: str) -> LessonSpec:
    data = reader.load(f"lessons/{key}.{language}.yaml")
    if not data:
        return LessonSpec("", "", "", 5, [])
    title = str(reader.wanted(data, "title"))
    slug = str(data.get("slug") or slugify(title))
    if slug != slugify(slug):
        reader.add_problem(data.line, f"slug {slug} cannot stand in an address", "Use a-z, 0-9 and - only")
    listed = [block for block in reader.wanted(data, "blocks", list) if check_block(reader, block, data.line)]
    return LessonSpec(
        title=title,
        slug=slug,
        summary=str(data.get("summary") or ""),
        minutes=int(reader.wanted(data, "minutes", int)),
        blocks=[next(iter(block.items())) for block in listed],
    )


def check_block(reader: Reader, block: Any, line: int) -> bool:
    """True for a block that can be written; otherwise the problem is noted."""
    if not isinstance(block, Map) or len(block) != 1:
        reader.add_problem(getattr(block, "line", line), "a block is not one key and one value", "Write - text: | ...")
        return False
    name, value = next(iter(block.items()))
    if name not in LESSON_BLOCKS:
        reader.add_problem(block.line, f"unknown block {name}", f"Use one of: {', '.join(sorted(LESSON_BLOCKS))}")
        return False
    kind = LESSON_BLOCKS[name]
    if kind.wanted and not isinstance(value, Map):
        reader.add_problem(block.line, f"{name} has no keys", f"Write {', '.join(kind.wanted)} under it")
        return False
    before = len(reader.problems)
    for key in kind.wanted:
        reader.wanted(value, key, (str, list, bool, int), block.line)
    kind.check(reader, value, block.line)
    return len(reader.problems) == before


def check_slugs(reader: Reader, spec: CourseSpec) -> None:
    """Each lesson has its own address in a language."""
    for language in spec.languages:
        seen: dict[str, str] = {}
        for module in spec.modules:
            for step in module.steps:
                lesson = step.lessons.get(language)
                if lesson is None or not lesson.slug:
                    continue
                if lesson.slug in seen:
                    reader.file = f"lessons/{step.key}.{language}.yaml"
                    reader.add_problem("slug", f"{lesson.slug} is taken by {seen[lesson.slug]}", "Choose another slug")
                seen[lesson.slug] = step.key
