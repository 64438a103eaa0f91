"""Reading a course folder into specs. Nothing is written, and every problem of the folder is told at once."""

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils.text import slugify

from courses.enums import Level
from courses.loading.errors import ContentError, Problem
from courses.loading.specs import CourseSpec, LessonSpec, ModuleSpec, StepSpec

MEDIA_KINDS = {"image", "audio", "download"}
CALLOUTS = {"tip", "example", "warning"}
KINDS = {"text", "steps", "table", "code", "check", *MEDIA_KINDS, *CALLOUTS}
WANTED = {  # keys that a block of each kind cannot do without
    "image": ("file", "alt"),
    "audio": ("file", "title", "transcript"),
    "download": ("file", "title"),
    "table": ("header", "rows"),
    "code": ("code",),
    "check": ("question", "options"),
    "tip": ("text",),
    "example": ("text",),
    "warning": ("text",),
}


class Map(dict[str, Any]):
    """A YAML mapping that knows its line."""

    line = 1


class LineLoader(yaml.SafeLoader):
    pass


def construct_map(loader: LineLoader, node: yaml.MappingNode) -> Map:
    values = Map({str(key): value for key, value in loader.construct_mapping(node, deep=True).items()})
    values.line = node.start_mark.line + 1
    return values


LineLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, construct_map)


class Reader:
    """Reads the files of one folder and gathers what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.file = ""

    def blame(self, where: object, what: str, remedy: str) -> None:
        place = f"line {where}" if isinstance(where, int) else str(where)
        self.problems.append(Problem(self.file, place, what, remedy))

    def load(self, name: str) -> Map:
        """The YAML mapping in a file; an empty one, and a problem noted, when there is none."""
        self.file = name
        path = self.folder / name
        if not path.is_file():
            self.blame(1, "the file is missing", "Add it, or take its key out of course.yaml")
            return Map()
        try:
            data = yaml.load(path.read_text("utf-8"), Loader=LineLoader)  # noqa: S506  (a SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            self.blame(
                mark.line + 1 if mark else 1,
                f"not readable as YAML ({getattr(error, 'problem', '')})",
                "Check the indentation, and put texts with a colon between quotes",
            )
            return Map()
        except UnicodeDecodeError:
            self.blame(1, "not written in UTF-8", "Save the file as UTF-8")
            return Map()
        if not isinstance(data, Map):
            self.blame(1, "not a list of keys and values", "Begin with lines such as title: ...")
            return Map()
        return data

    def wanted(self, data: Map, key: str, kind: type | tuple[type, ...] = str, where: int | None = None) -> Any:
        """The value of a key that must be there; an empty value of its kind, and a problem noted, when it is not."""
        value = data.get(key)
        if isinstance(value, kind) and (value or value == 0):
            return value
        what = f"{key} is missing" if value in (None, "", [], {}) else f"{key} is not as expected"
        self.blame(where or getattr(data, "line", 1), what, f"Write {key}: with {describe(kind)}")
        return (kind[0] if isinstance(kind, tuple) else kind)()

    def texts(self, data: Map, key: str, *, optional: bool = False) -> dict[str, str]:
        """A text in each language."""
        value = data.get(key)
        if value is None and optional:
            return {}
        if not isinstance(value, dict):
            self.blame(data.line, f"{key} has no languages", f"Write {key}: {{fr: ..., en: ...}}")
            return {}
        known = {code for code, _name in settings.LANGUAGES}
        for code in value:
            if code not in known:
                self.blame(data.line, f"{key}: unknown language {code}", f"Use {', '.join(sorted(known))}")
        return {code: text for code, text in value.items() if code in known}

    def file_named(self, name: object, line: int) -> None:
        """Note a problem when a media file is not inside the folder."""
        if not isinstance(name, str) or not name:
            self.blame(line, "file is missing", "Write file: with a path such as images/x.png")
            return
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            self.blame(line, f"{name} is outside the course folder", "Copy the file into the folder")
        elif not path.is_file():
            self.blame(line, f"no file {name}", "Add the file, or correct its name (case counts)")


def describe(kind: type | tuple[type, ...]) -> str:
    names = {str: "a text", int: "a number", float: "a number", list: "a list", dict: "keys and values"}
    return names.get(kind[0] if isinstance(kind, tuple) else kind, "a value")


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
        reader.blame(data.line, f"level {level} does not exist", "Write 1, 2 or 3")
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
            reader.blame(row.line, "lessons is not a list", "Write lessons: [l1, l2]")
            continue
        for key in lessons:
            taught.setdefault(str(key), []).append(str(row.get("code")))
    return taught


def check_taught(reader: Reader, spec: CourseSpec) -> None:
    known = {step.key for module in spec.modules for step in module.steps if step.kind == "lesson"}
    reader.file = "course.yaml"
    for key in sorted(spec.taught.keys() - known):
        reader.blame("skills", f"no lesson {key}", f"Use one of: {', '.join(sorted(known))}")


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
            reader.blame(data.line, "a step is not one key and one value", "Write - lesson: l1")
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
        reader.blame(data.line, f"slug {slug} cannot stand in an address", "Use a-z, 0-9 and - only")
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
        reader.blame(getattr(block, "line", line), "a block is not one key and one value", "Write - text: | ...")
        return False
    kind, value = next(iter(block.items()))
    if kind not in KINDS:
        reader.blame(block.line, f"unknown block {kind}", f"Use one of: {', '.join(sorted(KINDS))}")
        return False
    if kind in WANTED and not isinstance(value, Map):
        reader.blame(block.line, f"{kind} has no keys", f"Write {', '.join(WANTED[kind])} under it")
        return False
    before = len(reader.problems)
    for key in WANTED.get(kind, ()):
        reader.wanted(value, key, (str, list, bool, int), block.line)
    if kind in MEDIA_KINDS and value.get("file"):
        reader.file_named(value["file"], block.line)
    if kind == "check":
        check_options(reader, value, block.line)
    if kind == "table" and any(len(row) > len(value.get("header") or []) for row in value.get("rows") or []):
        reader.blame(block.line, "a row has more cells than the header", "Add a cell to header, or take one away")
    return len(reader.problems) == before


def check_options(reader: Reader, value: Map, line: int) -> None:
    options = [option for option in value.get("options") or [] if isinstance(option, dict)]
    if len(options) < 2:
        reader.blame(line, "a check needs two answers or more", "Add - {text: ..., correct: false, feedback: ...}")
    if not any(option.get("correct") is True for option in options):
        reader.blame(line, "no answer is right", "Write correct: true at the right one")
    if any(not option.get("text") or not option.get("feedback") for option in options):
        reader.blame(line, "an answer has no text or no feedback", "Write both for each answer")


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
                    reader.blame("slug", f"{lesson.slug} is taken by {seen[lesson.slug]}", "Choose another slug")
                seen[lesson.slug] = step.key
