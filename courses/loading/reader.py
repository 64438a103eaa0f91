"""YAML files of a course folder, with the line of each mapping, and the list of what is wrong with them."""

from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from courses.loading.errors import Problem


class Map(dict[str, Any]):
    """A YAML mapping that knows its line."""

    line = 1


DEEPEST = 40  # PyYAML takes the square of it, and longer still


class LineLoader(yaml.SafeLoader):
    pass


def construct_map(loader: LineLoader, node: yaml.MappingNode) -> Map:
    values = Map({str(key): value for key, value in loader.construct_mapping(node, deep=True).items()})
    values.line = node.start_mark.line + 1
    return values


LineLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, construct_map)


@dataclass
class UnreadableError(Exception):
    """A file that is no YAML: what is wrong with it, and how to mend it."""

    line: int
    what: str
    remedy: str


def load_yaml(path: Path) -> Any:
    """What a file holds, its mappings as ``Map``. Raises ``UnreadableError``; FileNotFoundError without a file."""
    try:
        text = path.read_text("utf-8")
        if deepest(text) > DEEPEST:
            raise UnreadableError(1, f"brackets inside each other, more than {DEEPEST} deep", "Close each of them")
        return yaml.load(text, Loader=LineLoader)  # noqa: S506  (a SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise UnreadableError(
            mark.line + 1 if mark else 1,
            f"not readable as YAML ({getattr(error, 'problem', '')})",
            "Check the indentation, and put texts with a colon between quotes",
        ) from error
    except UnicodeDecodeError as error:
        raise UnreadableError(1, "not written in UTF-8", "Save the file as UTF-8") from error


def deepest(text: str) -> int:
    """How many brackets are open at most at one place."""
    depths = accumulate(1 if sign in "[{" else -1 for sign in text if sign in "[]{}")
    return max(depths, default=0)


class Reader:
    """Reads the files of one folder and gathers what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.file = ""

    def add_problem(self, where: object, what: str, remedy: str) -> None:
        place = f"line {where}" if isinstance(where, int) else str(where)
        self.problems.append(Problem(self.file, place, what, remedy))

    def load(self, name: str) -> Map:
        """The YAML mapping in a file; an empty one, and a problem noted, when there is none."""
        self.file = name
        path = self.folder / name
        if not path.is_file():
            self.add_problem(1, "the file is missing", "Add it, or take its key out of course.yaml")
            return Map()
        try:
            data = load_yaml(path)
        except UnreadableError as error:
            self.add_problem(error.line, error.what, error.remedy)
            return Map()
        if not isinstance(data, Map):
            self.add_problem(1, "not a list of keys and values", "Begin with lines such as title: ...")
            return Map()
        return data

    def wanted(self, data: Map, key: str, kind: type | tuple[type, ...] = str, where: int | None = None) -> Any:
        """The value of a key that must be there; an empty value of its kind, and a problem noted, when it is not."""
        value = data.get(key)
        if isinstance(value, kind) and (value or value == 0):
            return value
        what = f"{key} is missing" if value in (None, "", [], {}) else f"{key} is not as expected"
        self.add_problem(where or getattr(data, "line", 1), what, f"Write {key}: with {describe(kind)}")
        return (kind[0] if isinstance(kind, tuple) else kind)()

    def texts(self, data: Map, key: str, *, optional: bool = False) -> dict[str, str]:
        """A text in each language."""
        value = data.get(key)
        if value is None and optional:
            return {}
        if not isinstance(value, dict):
            self.add_problem(data.line, f"{key} has no languages", f"Write {key}: {{fr: ..., en: ...}}")
            return {}
        known = {code for code, _name in settings.LANGUAGES}
        for code in value:
            if code not in known:
                self.add_problem(data.line, f"{key}: unknown language {code}", f"Use {', '.join(sorted(known))}")
        return {code: text for code, text in value.items() if code in known}

    def file_named(self, name: object, line: int) -> None:
        """Note a problem when a media file is not inside the folder."""
        if not isinstance(name, str) or not name:
            self.add_problem(line, "file is missing", "Write file: with a path such as images/x.png")
            return
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            self.add_problem(line, f"{name} is outside the course folder", "Copy the file into the folder")
        elif not path.is_file():
            self.add_problem(line, f"no file {name}", "Add the file, or correct its name (case counts)")


def describe(kind: type | tuple[type, ...]) -> str:
    names = {str: "a text", int: "a number", float: "a number", list: "a list", dict: "keys and values"}
    return names.get(kind[0] if isinstance(kind, tuple) else kind, "a value")
