"""A course folder as plain data, between reading and writing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from courses.models import Course, ModulePage, StepPage
from lms.lib.problems import Problem

NAMESPACE = UUID("5f4c1b52-8a35-5a5e-9a4f-3d2f6c1e7b90")  # of the keys made from a course's code and a folder's keys


def stable_key(*parts: str) -> UUID:
    """The language-neutral key of a page: the same at every load, on every machine."""
    return uuid5(NAMESPACE, "/".join(parts))


def own_key(key: str) -> UUID | None:
    """The key itself where a folder names a part by its UUID, as an export does for what was created on a site."""
    try:
        found = UUID(key)
    except ValueError:
        return None
    return found if str(found) == key else None


def key_of(code: str, kind: str, key: str) -> UUID:
    """The key of what a folder calls ``key``; ``code`` is that of its course or bank."""
    return own_key(key) or stable_key(code, kind, key)


@dataclass(frozen=True)
class LessonSpec:
    """``blocks`` are (kind, value) as the folder has them: media still by file name."""

    title: str
    slug: str
    summary: str
    minutes: int
    blocks: list[tuple[str, Any]]
    is_required: bool = True
    file: str = ""  # of the folder


@dataclass
class StepSpec:
    kind: str  # lesson, assessment ...
    key: str  # of the folder
    lessons: dict[str, LessonSpec] = field(default_factory=dict)  # by language; empty for other kinds
    line: int = 0  # of course.yaml
    languages: list[str] | None = None  # of another kind than a lesson; None for those of the course

    def is_in(self, language: str) -> bool:
        if self.kind == "lesson":
            return language in self.lessons
        return self.languages is None or language in self.languages


@dataclass(frozen=True)
class ModuleSpec:
    key: str
    titles: dict[str, str]
    steps: list[StepSpec]


@dataclass(frozen=True)
class CourseSpec:
    """``folder`` is where media files are looked up."""

    folder: Path
    code: str
    titles: dict[str, str]
    summaries: dict[str, str]
    audiences: dict[str, str]
    outcomes: dict[str, list[str]]
    level: int
    hours: float
    order: int
    skills: list[tuple[str, int]]
    cover: str
    cover_alts: dict[str, str]
    modules: list[ModuleSpec]
    taught: dict[str, list[str]] = field(default_factory=dict)  # skills by the key of the lesson that teaches them
    is_open: bool = True
    prerequisites: list[str] | None = None  # codes; None leaves those of the course

    @property
    def languages(self) -> list[str]:
        return list(self.titles)


@dataclass(frozen=True)
class StepPlace:
    """Where a step maker puts its page: under ``module``, with ``step_key`` as translation key, published."""

    folder: Path
    course: Course
    module: ModulePage
    language: str
    key: str  # of the folder
    step_key: UUID
    is_demo: bool


StepMaker = Callable[[StepPlace], tuple[type[StepPage], dict[str, Any]]]
"""The model of the page that a step gets, and its fields."""


@dataclass
class Report:
    """What a load did: counts for the person at the keyboard."""

    course: Course
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)  # what was not kept as it was
    retired: list[str] = field(default_factory=list)  # in the folder no longer: not listed, not drawn, kept for records
    left_in: list[str] = field(default_factory=list)  # in the folder no longer, and still there
    revived: list[str] = field(default_factory=list)  # retired by an earlier load, and in the folder again
    kept_edits: list[str] = field(default_factory=list)  # edited here since the last load, and not written over

    def __str__(self) -> str:
        return f"{self.course.code}: {self.created} pages made, {self.updated} renewed, {self.unchanged} as before"
