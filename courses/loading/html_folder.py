"""A plain folder of HTML lessons (lesson1.html, lesson2.html ..., pictures, a quiz) as a course in one language."""

import re
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from cms import foreign
from courses.loading.errors import ContentError, Problem
from courses.loading.specs import CourseSpec, LessonSpec, ModuleSpec, Report, StepMaker, StepSpec
from courses.loading.writing import write_course
from lms.lib.problems import Kind, at_line, in_file

WORDS_A_MINUTE = 130  # read on a phone, with care
QUIZZES = ("quiz.gift",)


@transaction.atomic
def load_html_folder(
    folder: Path | str,
    *,
    code: str,
    title: str,
    language: str = settings.LANGUAGE_CODE,
    summary: str = "",
    step_makers: dict[str, StepMaker] | None = None,
    is_demo: bool = False,
) -> Report:
    """Load ``lesson*.html`` in the order of their numbers; a quiz file becomes a step of kind "quiz" by its maker.

    Raises ``ContentError``.
    """
    folder = Path(folder)
    files = sorted(folder.glob("lesson*.html"), key=lambda file: [int(n) for n in re.findall(r"\d+", file.stem)])
    if not files:
        what = "no lesson1.html in the folder"
        raise ContentError([Problem(folder.name, "folder", what, "Name the lessons lesson1.html, lesson2.html ...")])
    steps, problems = [], []
    for file in files:
        lesson, losses = read_html(file, folder)
        steps.append(StepSpec("lesson", file.stem, {language: lesson}))
        problems += losses
    steps += [StepSpec("quiz", Path(name).stem) for name in QUIZZES if (folder / name).is_file()]
    minutes = sum(step.lessons[language].minutes for step in steps if step.lessons)
    spec = CourseSpec(
        folder=folder, code=slugify(code), titles={language: title}, summaries={language: summary or title},
        audiences={}, outcomes={}, level=1, hours=max(1, round(minutes / 60, 1)), order=200, skills=[], cover="",
        cover_alts={}, modules=[ModuleSpec("m1", {language: title}, steps)],
    )  # fmt: skip
    report = write_course(spec, step_makers=step_makers or {}, is_demo=is_demo)
    report.problems += problems
    return report


def read_html(file: Path, folder: Path) -> tuple[LessonSpec, list[Problem]]:
    """The lesson in a file, and what of it is lost. Raises ``ContentError``."""
    try:
        source = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        problem = Problem(file.name, "file", "not written in UTF-8", "Save the file as UTF-8")
        raise ContentError([problem]) from error
    title, document = foreign.read_page(source)
    blocks, problems = as_blocks(document, folder, file.parent)
    problems = in_file(file.name, problems)
    if any(problem.refused for problem in problems):
        raise ContentError([problem for problem in problems if problem.refused])
    title = title or file.stem
    words = len(foreign.plain(source).split())
    slug = slugify(title)[:80] or file.stem
    return LessonSpec(title, slug, "", max(1, round(words / WORDS_A_MINUTE)), blocks), problems


def as_blocks(document: foreign.Document, folder: Path, beside: Path) -> tuple[list[tuple[str, Any]], list[Problem]]:
    """The pieces of a text as blocks of a lesson file; pictures are looked for ``beside`` it, inside ``folder``."""
    blocks: list[tuple[str, Any]] = []
    problems = list(document.problems)
    for piece in document.pieces:
        if isinstance(piece, foreign.Text):
            blocks.append(("html", piece.html))
        elif isinstance(piece, foreign.Table):
            header, *rows = piece.rows
            blocks.append(("table", {"caption": piece.caption[:160], "header": header, "rows": rows}))
            if len(piece.caption) > 160:
                blocks.append(("html", f"<p>{escape(piece.caption)}</p>"))
        elif isinstance(piece, foreign.Code):
            blocks.append(("code", {"code": piece.code}))
        elif re.match(r"(?:[a-z]+:)?//|data:", piece.src, re.IGNORECASE):
            problems.append(foreign.lost_picture(piece))
        else:
            name = picture_name(piece.src)
            path = (beside / name).resolve()
            if not is_inside(folder, path):
                what = f"no picture {name} in the folder"
                problems.append(at_line(piece.line, what, "Add the file, or correct its name (case counts)"))
                continue
            file = path.relative_to(folder.resolve()).as_posix()
            blocks.append(("image", {"file": file, "alt": piece.alt[:250]}))
            if len(piece.alt) > 250:
                blocks.append(("html", f"<p>{escape(piece.alt)}</p>"))
            if not piece.alt:
                what = f"the picture {name} has no words for people who do not see it"
                problems.append(at_line(piece.line, what, "Write them in its alt", Kind.CHANGED))
    return blocks, problems


def picture_name(src: str) -> str:
    """The file that an address names: Moodle's own prefix and what a browser adds are taken off."""
    return unquote(src.replace("@@PLUGINFILE@@/", "").partition("?")[0].partition("#")[0])


def is_inside(folder: Path, path: Path) -> bool:
    try:
        return path.is_relative_to(folder.resolve()) and path.is_file()
    except (OSError, ValueError):  # a name that no file system takes
        return False
