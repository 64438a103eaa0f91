"""The one reader of course folders: texts, YAML and media of one folder, and the list of what is wrong with them.

Whatever is in a folder, reading it ends with values or with problems, each with its file, line and remedy.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from courses.loading.errors import ContentError
from courses.loading.schema import explain
from lms.lib.comparison import UNSTORABLE
from lms.lib.filetypes import TYPES, extension_of, type_of
from lms.lib.picture_check import fault_of_picture
from lms.lib.problems import Problem, ProblemKind, at_line, in_file
from lms.lib.yaml_lines import Lines, YamlError, load_yaml

MOST_BYTES = 2 * 1024 * 1024  # of a text
MOST_MEDIA_BYTES = 100 * 1024 * 1024
MOST_PROBLEMS = 200

Model = TypeVar("Model", bound=BaseModel)


class Folder:
    """Reads the files under ``path`` and gathers problems; files are named from there, with "/"."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []

    def add(self, file: str, line: int, what: str, remedy: str, kind: ProblemKind = ProblemKind.FAULT) -> None:
        self.add_all(file, [at_line(line, what, remedy, kind)])

    def add_all(self, file: str, problems: Iterable[Problem], *, first_line: int = 1) -> None:
        for problem in in_file(printable(file), problems, first_line=first_line):
            self.problems.append(replace(problem, what=printable(problem.what), remedy=printable(problem.remedy)))

    @property
    def faults(self) -> list[Problem]:
        return [problem for problem in dict.fromkeys(self.problems) if problem.refused]

    def refuse_faults(self) -> None:
        """Raises ``ContentError`` with all of them."""
        faults = self.faults
        if faults:
            raise ContentError(faults[:MOST_PROBLEMS])

    def find(self, name: str) -> Path | None:
        """The file of that name inside the folder; links that lead out of it are not followed."""
        try:
            path = (self.path / name).resolve()
            return path if path.is_relative_to(self.path.resolve()) and path.is_file() else None
        except (OSError, ValueError, RuntimeError):  # a name that no file system takes, a circle of links
            return None

    def read(self, name: str) -> str | None:
        """The text of a file; None, and a problem noted, when there is none that can be read."""
        path = self.find(name)
        if path is None:
            self.add(name, 1, _("The file is missing"), _("Add it, or correct its name (capital letters matter)"))
            return None
        try:
            content = path.read_bytes() if path.stat().st_size <= MOST_BYTES else None
        except OSError:
            self.add(name, 1, _("The file cannot be opened"), _("Check who is allowed to read it"))
            return None
        if content is None:
            what = _("The file has more than %(most)s bytes") % {"most": MOST_BYTES}
            self.add(name, 1, what, _("Split it in two."))
            return None
        try:
            return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            self.add(name, line, _("The file is not written in UTF-8"), _("Save the file as UTF-8"))
            return None

    def read_yaml(self, name: str, model: type[Model]) -> tuple[Model | None, Lines]:
        """A YAML file as the schema has it; None, and problems noted, when it is not so."""
        text = self.read(name)
        return self.check(name, text, model) if text is not None else (None, Lines())

    def check(self, file: str, text: str, model: type[Model], *, first_line: int = 1) -> tuple[Model | None, Lines]:
        """YAML that begins at ``first_line`` of ``file``, checked by the schema."""
        try:
            lines = load_yaml(text, first_line=first_line)
        except YamlError as error:
            self.add(file, error.line, error.what, error.remedy)
            return None, Lines()
        return self.validate(file, lines, model), lines

    def validate(self, file: str, lines: Lines, model: type[Model], place: tuple[str | int, ...] = ()) -> Model | None:
        """The value at ``place`` as the schema has it; None, and problems noted, when it is not so."""
        value = lines.value
        for step in place:
            value = value[step]
        try:
            return model.model_validate(value)
        except ValidationError as error:
            for fault in error.errors(include_url=False, include_input=False):
                what, remedy = explain(fault)
                self.add(file, lines.of((*place, *fault["loc"])), what, remedy)
        return None

    def has_media(self, name: str, kind: str, file: str, line: int) -> bool:
        """True for a picture ("image"), recording ("audio"), film ("video") or other file ("") that can be stored."""
        path = self.find(name)
        if path is None:
            what = _("There is no file %(name)s in the folder") % {"name": name[:200]}
            self.add(file, line, what, _("Add the file, or correct its name (capital letters matter)"))
            return False
        try:
            with path.open("rb") as opened:
                found = type_of(path.name, opened)
            size = path.stat().st_size
        except OSError:
            self.add(file, line, _("The file cannot be opened"), _("Check who is allowed to read it"))
            return False
        known = [ending for ending, types in TYPES.items() if any(one.startswith(kind) for one in types)]
        if extension_of(name) not in known or not any(found == one for one in TYPES[extension_of(name)]):
            what = _("%(name)s is not what its extension says, or is of a type that is not accepted") % {
                "name": name[:200]
            }
            self.add(file, line, what, _("Save it as one of: %(kinds)s") % {"kinds": ", ".join(sorted(known))})
            return False
        if size > MOST_MEDIA_BYTES or not size:
            what = _("%(name)s is empty or has more than %(most)s bytes") % {"name": name, "most": MOST_MEDIA_BYTES}
            self.add(file, line, what, _("Make it smaller."))
            return False
        if kind == "image" and (fault := fault_of_picture(path)):
            what = _("The picture %(name)s cannot be used: %(fault)s") % {"name": name[:200], "fault": fault[0]}
            self.add(file, line, what, fault[1])
            return False
        return True


def printable(text: str) -> str:
    """What a file holds may be no text at all, and is quoted in what is told of it."""
    return UNSTORABLE.sub("\ufffd", text)
