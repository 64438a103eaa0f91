"""A course as a folder: course.yaml, lessons and media. ``assessments.loading.exporting`` writes the whole.

What is written is read again at once, block by block; what does not come back as it was is reported in ``Losses``.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext as _

from cms.foreign import bullets
from courses.enums import StepKind
from courses.loading.export_media import MediaFiles
from courses.loading.folder import Folder
from courses.loading.ledger import as_seen
from courses.loading.lesson_text import WRITTEN, split_text
from courses.loading.lessons import Body, read_lesson
from courses.loading.rich_markdown import list_items, words_of_html
from courses.loading.specs import stable_key
from courses.models import Course, CoursePage, CourseSkill, LessonPage, ModulePage, StepPage
from lms.lib.problems import Problem, ProblemKind

EXPORTED: dict[type[Model], set[str]] = {
    Course: {"code", "titles", "level", "hours", "prerequisites", "is_open", "position", "skills"},
    CoursePage: {"course", "summary", "audience", "outcomes", "cover"},
    ModulePage: set(),
    LessonPage: {"minutes", "is_required", "summary", "body", "skills"},
}
"""What the folder says of each, beside title, slug, language and key of a page."""
LEFT_OUT: dict[type[Model], dict[str, str]] = {
    Course: {"content_version": "counted here", "is_demo": "load_course --demo says it"},
    LessonPage: {"body_bytes": "counted when it is published"},
}
"""What it need not say, and why."""


class Losses:
    """What the folder cannot say: place, what, remedy."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, place: str, what: str, remedy: str, kind: ProblemKind = ProblemKind.LOST) -> None:
        problem = Problem(place, "", what, remedy, kind)
        if problem not in self.problems:
            self.problems.append(problem)


class _Dumper(yaml.SafeDumper):
    """Without references from one place to another, which readers of folders refuse."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def as_yaml(data: Any) -> str:
    return str(yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100))


def in_languages(found: dict[str, Any]) -> dict[str, Any]:
    """In the order of the languages of the site's settings, which is the same everywhere."""
    known = [code for code, _name in settings.LANGUAGES]
    return {code: found[code] for code in sorted(found, key=known.index)}


def friendly_key(code: str, kind: str, key: UUID, candidates: Iterable[str]) -> str:
    """What a folder called it, where one of ``candidates`` was that; else its UUID, which stands for itself."""
    return next((name for name in candidates if name and stable_key(code, kind, name) == key), str(key))


def normal(value: Any) -> Any:
    """What is read and what is stored, without differences that nobody sees."""
    value = as_seen(value)
    if isinstance(value, str):
        for written, sign in (("&quot;", '"'), ("&#x27;", "'"), ("&#39;", "'")):
            value = value.replace(written, sign)
        return value.strip(" \n")
    if isinstance(value, list | tuple):
        return [normal(inner) for inner in value]
    if isinstance(value, dict):
        return {name: normal(inner) for name, inner in value.items() if inner not in ("", None)}
    return value


def words_in(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(words_in(inner) for name, inner in value.items() if name != "file")
    if isinstance(value, list | tuple):
        return "".join(map(words_in, value))
    return words_of_html(value) if isinstance(value, str) else ""


class CourseExport:
    """Writes the lessons and media of ``course`` below ``root`` and gathers what course.yaml says.

    ``names_step`` gives the folder's key of a step of another kind than a lesson; None, and told, where there is none.
    """

    def __init__(
        self, course: Course, root: Path, losses: Losses, names_step: Callable[[UUID, list[Any]], str | None]
    ) -> None:
        self.course, self.root, self.losses, self.names_step = course, root, losses, names_step
        self.media = MediaFiles(root)
        pages = CoursePage.objects.filter(course=course).select_related("locale")
        for page in pages:
            self.record_state(page)
        self.pages = in_languages({page.locale.language_code: page for page in pages if page.live})
        self.keys: dict[UUID, str] = {}  # of the lessons that are written
        self.taught: dict[str, list[str]] = {}

    @property
    def languages(self) -> list[str]:
        return list(self.pages)

    def record_state(self, page: Any) -> None:
        """A folder holds what is published, and nothing of a page beside what learners read."""
        place = f"{page.locale.language_code}: {page.title}"
        if not page.live:
            self.losses.add(
                place, _("It is unpublished or retired"), _("Publish it and export again, or leave it as it is")
            )
            return
        if page.has_unpublished_changes:
            remedy = _("Publish or discard it and export again")
            self.losses.add(place, _("It has a draft that is not published"), remedy)
        if page.go_live_at or page.expire_at:
            remedy = _("Set the dates again where it is loaded")
            self.losses.add(place, _("It has a date on which it is published or withdrawn"), remedy)
        if page.seo_title or page.search_description:
            what = _("It has a title or description for search engines")
            self.losses.add(place, what, _("Write them again where it is loaded"))

    # -- the outline

    def children(self, parent: Any, model: type[Any]) -> list[Any]:
        pages = [page.specific for page in parent.get_children().select_related("locale").order_by("path")]
        for page in pages:
            self.record_state(page)
        return [page for page in pages if page.live and isinstance(page, model)]

    def write(self) -> dict[str, Any]:
        """What course.yaml says."""
        trees = {
            code: [(module, self.children(module, StepPage)) for module in self.children(page, ModulePage)]
            for code, page in self.pages.items()
        }
        return {**self.head(), **self.rows(self.modules(trees))}

    def modules(self, trees: dict[str, list[tuple[Any, list[Any]]]]) -> list[dict[str, Any]]:
        by_key: dict[UUID, dict[str, tuple[Any, list[Any]]]] = {}
        orders = {}
        for code, tree in trees.items():
            for module, steps in tree:
                if steps:
                    by_key.setdefault(module.translation_key, {})[code] = (module, steps)
                else:
                    what = _("The module has no step that is published")
                    self.losses.add(f"{code}: {module.title}", what, _("Add a lesson, or delete the module"))
            orders[code] = [module.translation_key for module, steps in tree if steps]
        found, seen, number = [], set[UUID](), 0
        for key in self.merged(orders, self.course.code):
            versions = by_key[key]
            steps = self.merged(
                {code: [step.translation_key for step in steps] for code, (_module, steps) in versions.items()},
                next(iter(versions.values()))[0].title,
            )
            rows = []
            for step_key in steps:
                pages = {
                    code: step
                    for code, (_module, steps_there) in versions.items()
                    for step in steps_there
                    if step.translation_key == step_key
                }
                number += 1
                if step_key in seen:
                    what = _("The step is in a different module in another language")
                    remedy = _("Move it to the same module and export again")
                    self.losses.add(next(iter(pages.values())).title, what, remedy)
                    continue
                seen.add(step_key)
                row = self.step(step_key, pages, number)
                if row is not None:
                    rows.append(row)
            slugs = [module.slug for module, _steps in versions.values()]
            titles = {code: module.title for code, (module, _steps) in versions.items()}
            if rows:
                name = friendly_key(self.course.code, "module", key, slugs)
                found.append({"key": name, "title": in_languages(titles), "steps": rows})
        return found

    def merged(self, orders: dict[str, list[UUID]], place: str) -> list[UUID]:
        """One order out of that of each language."""
        merged: list[UUID] = []
        for order in orders.values():
            at = 0
            for key in order:
                if key not in merged:
                    merged.insert(at, key)
                at = merged.index(key) + 1
        for code, order in orders.items():
            if [key for key in merged if key in order] != order:
                what = _("The order is different in the language %(language)s") % {"language": code}
                self.losses.add(place, what, _("Put both in the same order and export again"))
        return merged

    def step(self, key: UUID, pages: dict[str, Any], number: int) -> dict[str, Any] | None:
        kind = next(iter(pages.values())).step_kind
        if kind != StepKind.LESSON:
            name = self.names_step(key, list(pages.items()))
            return {str(kind): name} if name else None
        name = friendly_key(self.course.code, "lesson", key, [page.slug for page in pages.values()])
        written = [self.write_lesson(page, code, name, number) for code, page in pages.items()]
        if not any(written):
            return None
        self.keys[key] = name
        proven = {row.skill.code for row in self.skills()}
        for page in pages.values():
            for skill in page.skills.all():
                if skill.code not in proven:
                    what = _("It teaches the skill %(code)s, which the course does not prove") % {"code": skill.code}
                    self.losses.add(page.title, what, _("Add the skill to the course, or take it off the lesson"))
                elif name not in self.taught.setdefault(skill.code, []):
                    self.taught[skill.code].append(name)
        return {"lesson": name}

    def skills(self) -> list[CourseSkill]:
        return list(CourseSkill.objects.filter(course=self.course).select_related("skill").order_by("sort_order"))

    # -- course.yaml

    def head(self) -> dict[str, Any]:
        course = self.course
        titles = {code: page.title for code, page in self.pages.items()}
        for code, title in course.titles.items():
            if title and title != titles.get(code):
                what = _("The course is called “%(title)s” there, but its page is not") % {"title": title}
                self.losses.add(
                    f"{course.code} ({code})", what, _("Give the page the title of the course, and publish it")
                )
        found: dict[str, Any] = {
            "code": course.code,
            "title": titles,
            "summary": {code: page.summary for code, page in self.pages.items()},
            "audience": {code: page.audience for code, page in self.pages.items() if page.audience},
            "outcomes": self.outcomes(),
            "level": course.level,
            "hours": float(course.hours),
            "order": course.position,
            "open": course.is_open,
            "prerequisites": sorted(course.prerequisites.values_list("code", flat=True)),
            "image": self.cover(),
        }
        return {name: value for name, value in found.items() if value not in ({}, [], None)}

    def outcomes(self) -> dict[str, list[str]]:
        found = {}
        for code, page in self.pages.items():
            lines = list_items(page.outcomes) or []
            if normal(bullets(lines)) == normal(page.outcomes or "<ul></ul>"):
                found[code] = lines
                continue
            what = _("What learners can do afterwards is not one simple list")
            self.losses.add(f"{code}: {page.title}", what, _("Write each as an item of one list, and publish it"))
        return {code: lines for code, lines in found.items() if lines}

    def cover(self) -> dict[str, Any] | None:
        pages = {code: page for code, page in self.pages.items() if page.cover_id}
        if not pages:
            return None
        first = next(iter(pages.values())).cover
        for code, page in self.pages.items():
            if page.cover_id != first.pk:
                what = _("The picture is missing, or not the same as in the other languages")
                self.losses.add(f"{code}: {page.title}", what, _("Choose the same picture, and publish it"))
        file = self.media.copy(first)
        return {"file": file, "alt": dict.fromkeys(self.pages, first.description or first.title)} if file else None

    def rows(self, modules: list[dict[str, Any]]) -> dict[str, Any]:
        skills = []
        for row in self.skills():
            lessons = {"lessons": self.taught[row.skill.code]} if row.skill.code in self.taught else {}
            skills.append({"code": row.skill.code, "level": row.level, **lessons})
        return {**({"skills": skills} if skills else {}), "modules": modules}

    # -- lessons

    def write_lesson(self, page: LessonPage, code: str, key: str, number: int) -> bool:
        place, name = f"{code}: {page.title}", f"{code}/{number:02}-{page.slug}.md"
        values, texts = [], []
        for at, block in enumerate(page.body.raw_data, 1):
            split = list(split_text(block["type"], block["value"]))
            if len(split) > 1:
                what = _("Block %(number)s is a text with tables or code, which become blocks") % {"number": at}
                self.losses.add(place, what, _("There is nothing to do if that suits you."), ProblemKind.CHANGED)
            for kind, stored in split:
                inside = _("block %(number)s") % {"number": at}
                written = self.write_block(kind, stored, f"{place}, {inside}", name)
                if written is not None:
                    values.append(written[0])
                    texts.append(written[1])
        if not texts:
            self.losses.add(place, _("No part of the lesson can be written"), _("Write its text, and publish it"))
            return False
        head = {"key": key, "title": page.title, "slug": page.slug, "summary": page.summary, "minutes": page.minutes}
        front = {name: value for name, value in head.items() if value != ""} | {"required": page.is_required}
        body = "\n\n".join(texts)
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"---\n{as_yaml(front)}---\n\n{body}\n", encoding="utf-8")
        found = read_lesson(Folder(self.root), name)
        if found is not None and normal(found[1].blocks) != normal(values):
            what = _("Texts that follow each other become one text")
            self.losses.add(place, what, _("There is nothing to do if that suits you."), ProblemKind.CHANGED)
        return True

    def write_block(self, kind: str, stored: Any, place: str, name: str) -> tuple[tuple[str, Any], str] | None:
        """(what reading gives, the text of the file); None, and told, for what cannot be written."""
        if kind not in WRITTEN:
            what = _("No file can hold a block of the kind “%(kind)s”") % {"kind": kind}
            self.losses.add(place, what, _("Write it again where the course is loaded"))
            return None
        written = WRITTEN[kind]
        value = written.value(stored, self.media)
        wanted = [(kind, value)]
        if isinstance(value, dict) and value.get("file") == "":
            what = _("Its file is missing from this site")
            self.losses.add(place, what, _("Choose the file again, and publish it"))
            return None
        tried: list[tuple[str, list[tuple[str, Any]]]] = []
        for as_html in (False, True):
            text = written.text(value, as_html)
            read = self.read(text, name)
            if normal(read) == normal(wanted):
                return wanted[0], text
            tried.append((text, read or []))
        text, read = next(
            ((text, read) for text, read in tried if words_in_blocks(read) == words_in_blocks(wanted)), tried[0]
        )
        if not read:
            what = _("The block “%(kind)s” cannot be written in a file") % {"kind": kind}
            self.losses.add(place, what, _("Write it again where the course is loaded"))
            return None
        what = _(
            "The block “%(kind)s” is not written exactly, for example because of a link to a page of this site"
        ) % {"kind": kind}
        self.losses.add(place, what, _("Compare it where the course is loaded, and correct it there"))
        return read[0], text

    def read(self, text: str, name: str) -> list[tuple[str, Any]] | None:
        folder = Folder(self.root)
        blocks = Body(folder, name, 1).read(text)
        return None if folder.problems else blocks


def words_in_blocks(blocks: list[tuple[str, Any]]) -> str:
    return "".join(words_in(value) for _kind, value in blocks)
