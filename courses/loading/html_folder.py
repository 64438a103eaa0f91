"""A plain folder of HTML lessons (lesson1.html, lesson2.html ..., pictures, a quiz) as a course in one language."""

import itertools
import re
from pathlib import Path

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cms import foreign
from courses.loading.folder import Folder
from courses.loading.pieces import as_blocks
from courses.loading.specs import CourseSpec, LessonSpec, ModuleSpec, StepSpec
from courses.models.pages import RESERVED_SLUGS
from lms.lib.comparison import storable

WORDS_A_MINUTE = 130  # read on a phone, with care
QUIZ = "quiz.gift"


def read_html_folder(reader: Folder, *, code: str, title: str, language: str, quiz: str = "") -> CourseSpec:
    """``lesson*.html`` in the order of their numbers; the ``quiz`` becomes a step.

    Raises ``ContentError``.
    """
    folder = reader.path
    files = sorted(folder.glob("lesson*.html"), key=lambda file: [int(n[:9]) for n in re.findall(r"[0-9]+", file.stem)])
    if not files:
        reader.add(folder.name, 0, _("There is no lesson1.html in the folder"), _("Name the lessons lesson1.html, ..."))
    taken = {*RESERVED_SLUGS, *([Path(quiz).stem] if quiz else [])}
    steps = [StepSpec("lesson", file.stem, {language: read_html(reader, file.name, taken)}) for file in files]
    if not slugify(code):
        reader.add(folder.name, 0, _("The course has no code"), _("Write --code with a-z, 0-9 and -"))
    known = [name for name, _label in settings.LANGUAGES]
    if language not in known:
        what = _("Unknown language %(language)s") % {"language": language[:40]}
        reader.add(folder.name, 0, what, _("Use one of: %(kinds)s") % {"kinds": ", ".join(known)})
    reader.refuse_faults()
    title = storable(title)
    steps += [StepSpec("quiz", Path(quiz).stem, languages=[language])] if quiz else []
    minutes = sum(step.lessons[language].minutes for step in steps if step.lessons)
    return CourseSpec(
        folder=folder, code=slugify(code)[:60], titles={language: title[:200]},
        summaries={language: title}, audiences={}, outcomes={}, level=1, hours=max(1, round(minutes / 60, 1)),
        order=200, skills=[], cover="", cover_alts={}, modules=[ModuleSpec("m1", {language: title[:200]}, steps)],
    )  # fmt: skip


def read_html(reader: Folder, name: str, taken: set[str]) -> LessonSpec:
    """The lesson in a file; what of it is lost, and what is wrong with it, is in ``reader``. Its address is none of
    those that are ``taken``, and is taken then: lessons may all have the title of the course.
    """
    title, document = foreign.read_page(reader.read(name) or "")
    blocks, problems = as_blocks(document, reader.path, reader.path)
    reader.add_all(name, problems)
    for kind, value in blocks:
        if kind == "image":
            reader.has_media(value["file"], "image", name, 1)
    words = sum(len(piece.html.split()) for piece in document.pieces if isinstance(piece, foreign.Text))
    title = title or Path(name).stem
    slug = free_slug(slugify(title)[:80] or slugify(Path(name).stem), taken)
    taken.add(slug)
    return LessonSpec(title[:200], slug, "", max(1, round(words / WORDS_A_MINUTE)), blocks, file=name)


def free_slug(wanted: str, taken: set[str]) -> str:
    numbered = (f"{wanted[:70]}-{number}" for number in itertools.count(2))
    return next(slug for slug in itertools.chain([wanted], numbered) if slug not in taken)
