"""A plain folder of HTML lessons (lesson1.html, lesson2.html ..., pictures, a quiz) as a course in one language."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from courses.loading.errors import ContentError, Problem
from courses.loading.markup import clean
from courses.loading.specs import CourseSpec, LessonSpec, ModuleSpec, Report, StepMaker, StepSpec
from courses.loading.writing import write_course

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
    steps = [StepSpec("lesson", file.stem, {language: read_html(file, folder)}) for file in files]
    steps += [StepSpec("quiz", Path(name).stem) for name in QUIZZES if (folder / name).is_file()]
    minutes = sum(step.lessons[language].minutes for step in steps if step.lessons)
    spec = CourseSpec(
        folder=folder, code=slugify(code), titles={language: title}, summaries={language: summary or title},
        audiences={}, outcomes={}, level=1, hours=max(1, round(minutes / 60, 1)), order=200, skills=[], cover="",
        cover_alts={}, modules=[ModuleSpec("m1", {language: title}, steps)],
    )  # fmt: skip
    return write_course(spec, step_makers=step_makers or {}, is_demo=is_demo)


class Splitter(HTMLParser):
    """Cuts a page at its pictures: text, picture, text ... The first heading is the title."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[tuple[str, Any]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "img":
            self.text.append(self.get_starttag_text() or "")
            return
        self.flush()
        values = dict(attrs)
        name = (values.get("src") or "").replace("@@PLUGINFILE@@/", "")
        self.parts.append(("image", {"file": name, "alt": values.get("alt") or ""}))

    def handle_endtag(self, tag: str) -> None:
        self.text.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_entityref(self, name: str) -> None:
        self.text.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.text.append(f"&#{name};")

    def flush(self) -> None:
        html = re.sub(r"<p>\s*</p>", "", clean("".join(self.text)))
        self.text = []
        if html.strip():
            self.parts.append(("html", html))


def read_html(file: Path, folder: Path) -> LessonSpec:
    try:
        source = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        problem = Problem(file.name, "file", "not written in UTF-8", "Save the file as UTF-8")
        raise ContentError([problem]) from error
    heading = re.search(r"<h[1-6][^>]*>(.*?)</h[1-6]>", source, re.DOTALL | re.IGNORECASE)
    title = re.sub(r"<[^>]+>", "", heading[1]).strip() if heading else file.stem
    splitter = Splitter()
    splitter.feed(source.replace(heading[0], "", 1) if heading else source)
    splitter.flush()
    for kind, value in splitter.parts:
        if kind == "image" and not is_inside(folder, value["file"]):
            what = f"no picture {value['file']} in the folder"
            raise ContentError([Problem(file.name, "img", what, "Add the file, or correct its name")])
    words = len(re.sub(r"<[^>]+>", " ", source).split())
    slug = slugify(title)[:80] or file.stem
    return LessonSpec(title[:250], slug, "", max(1, round(words / WORDS_A_MINUTE)), splitter.parts)


def is_inside(folder: Path, name: str) -> bool:
    path = (folder / name).resolve()
    return bool(name) and path.is_relative_to(folder.resolve()) and path.is_file()
