"""The public catalogue: one entry for each published course, and the pure filter over them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from courses.models import Course, CourseSkill
from courses.outline import Outline, active_language, get_outlines
from lms.lib.comparison import comparable


@dataclass(frozen=True)
class Entry:
    """A course as the catalogue shows it. ``languages`` are the codes it is published in."""

    course: Course
    outline: Outline
    skills: tuple[CourseSkill, ...]
    languages: tuple[str, ...]

    @property
    def more_skills(self) -> int:
        """How many skills are not among the three that a card names."""
        return max(0, len(self.skills) - 3)

    @property
    def searched_text(self) -> str:
        names = " ".join(row.skill.name for row in self.skills)
        steps = " ".join(step.title for step in self.outline.steps)
        return comparable(f"{self.course.code} {self.outline.title} {self.outline.summary} {names} {steps}")


def entries() -> list[Entry]:
    """Every published course in the reader's language, else in another. The number of queries is constant."""
    courses = list(Course.objects.prefetch_related("skills__skill"))
    mine = active_language()
    codes = [mine, *(code for code, _name in settings.LANGUAGES if code != mine)]
    by_language = {code: get_outlines(courses, code) for code in codes}
    listed = []
    for course in courses:
        published = [code for code in codes if course.pk in by_language[code]]
        if published:
            outline = by_language[published[0]][course.pk]
            listed.append(Entry(course, outline, tuple(course.skills.all()), tuple(published)))
    return listed


def matches(entry: Entry, wanted: dict[str, Any]) -> bool:
    """Whether a course answers the filter: every word somewhere, and each choice that was made."""
    if not all(word in entry.searched_text for word in comparable(wanted.get("q") or "").split()):
        return False
    if wanted.get("skill") and wanted["skill"] not in {row.skill.code for row in entry.skills}:
        return False
    if wanted.get("level") and int(wanted["level"]) != entry.course.level:
        return False
    if wanted.get("language") and wanted["language"] not in entry.languages:
        return False
    return not (wanted.get("hours") and entry.course.hours > int(wanted["hours"]))


def search(listed: Iterable[Entry], wanted: dict[str, Any]) -> list[Entry]:
    return [entry for entry in listed if matches(entry, wanted)]
