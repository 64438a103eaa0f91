"""The questions of a bank as files for Moodle, for others and for the import here: GIFT, and their pictures beside it.

What a file cannot hold is named at its head. What one import takes at once is one file: a large bank has several.
"""

import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import IO, Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Locale
from wagtail.rich_text import expand_db_html

from assessments.answers import read_answers
from assessments.formats import gift
from assessments.formats.neutral import CannotHoldError, ImportedQuestion
from assessments.formats.rich import Rich
from assessments.formats.specs import from_spec
from assessments.illustrations import LARGEST, LARGEST_ARCHIVE, LARGEST_TEXT
from assessments.import_tags import Filing
from assessments.importing import MAX_QUESTIONS
from assessments.models import Question, QuestionBank
from assessments.question_types import QuestionType, Spec, get_question_type
from lms.lib.filetypes import extension_of

PICTURES = "pictures"
SPARE = 64 * 1024  # bytes of an archive for what is neither text nor picture
IN_MEMORY = 1024 * 1024


@dataclass
class Part:
    """What one import takes: at most so many questions, bytes of text and bytes of pictures."""

    notes: list[str] = field(default_factory=list)
    written: list[ImportedQuestion] = field(default_factory=list)
    pictures: dict[str, Any] = field(default_factory=dict)  # by their paths in the archive
    text_size: int = 0
    size: int = 0

    def add(self, question: ImportedQuestion, notes: list[str], picture: Any) -> None:
        self.notes += notes
        self.written.append(question)
        self.text_size += size_of(question, notes)
        if picture is not None:
            self.size += picture.size
            self.pictures[picture.path] = picture.image

    def has_room(self, question: ImportedQuestion, notes: list[str], picture: Any) -> bool:
        text = self.text_size + size_of(question, notes)
        size = self.size + text + (picture.size if picture is not None else 0)
        return len(self.written) < MAX_QUESTIONS and text < LARGEST_TEXT and size < LARGEST_ARCHIVE - SPARE

    @property
    def text(self) -> str:
        head = "".join(f"// {' '.join(note.split())}\n" for note in self.notes)
        return f"{head}\n{gift.dumps(self.written)}" if head else gift.dumps(self.written)


@dataclass(frozen=True)
class Kept:
    """A picture with its path in the archive."""

    image: Any
    path: str
    size: int


def export_bank(bank: QuestionBank, locale: Locale) -> tuple[str, IO[bytes]]:
    """(name, content) of the file with the live questions in one language: .gift; with pictures a .zip; a .zip of
    several such files when one import does not take them all. Importing it again adds nothing to the same bank.
    """
    name = f"{bank.code}-{locale.language_code}"
    parts = list(parts_of(bank, locale)) or [Part()]
    if len(parts) == 1:
        return write_part(parts[0], name)
    outer = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (closed with the response)
    with zipfile.ZipFile(outer, "w") as archive:
        for number, part in enumerate(parts, 1):
            inner_name, content = write_part(part, f"{name}-{number}", packed=True)
            with archive.open(inner_name, "w") as inside:
                shutil.copyfileobj(content, inside)
    outer.seek(0)
    return f"{name}.zip", outer


def write_part(part: Part, name: str, *, packed: bool = False) -> tuple[str, IO[bytes]]:
    if not part.pictures and not packed:
        return f"{name}.gift", io.BytesIO(part.text.encode())
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (closed with the response)
    with zipfile.ZipFile(file, "w") as archive:  # pictures are packed already
        archive.writestr(zipfile.ZipInfo(f"{name}.gift", (1980, 1, 1, 0, 0, 0)), part.text)
        for path, image in part.pictures.items():
            with image.file.storage.open(image.file.name) as picture:
                archive.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), picture.read())
    file.seek(0)
    return f"{name}.zip", file


def parts_of(bank: QuestionBank, locale: Locale) -> Iterator[Part]:
    live = Question.objects.filter(bank=bank, locale=locale, live=True).select_related("skill", "image")
    part = Part()
    paths: dict[str, Any] = {}
    for question in live.order_by("code", "pk"):
        kind, spec = typed(question)
        if not kind.in_files:
            what = _("Left out: this file format has no such question type (%(type)s)") % {"type": kind.label}
            part.notes.append(f"{what} – {question}")
            continue
        picture = kept_picture(question.image, paths) if question.image_id else None
        lost = [_("Without its picture")] if question.image_id and picture is None else []
        try:
            coded = from_spec(
                kind.name, spec, prompt=html(question.prompt + picture_tag(picture, question.image_alt)),
                feedback=html(question.feedback), id=str(question.translation_key),
                title=question.title or question.code, tags=filing(question, spec).tags(),
            )  # fmt: skip
            told = (*coded.lost, *gift.encode(coded.payload).lost)
        except CannotHoldError as error:
            part.notes.append(f"{error} – {question}")
            continue
        written = coded.payload
        notes = [f"{what} – {question}" for what in (*lost, *(fault.what for fault in told))]
        if not part.has_room(written, notes, picture) and part.written:
            yield part
            part = Part()
        part.add(written, notes, picture)
    if part.written or part.notes:
        yield part


def size_of(question: ImportedQuestion, notes: list[str]) -> int:
    return len(gift.dumps([question]).encode()) + sum(len(note.encode()) + 4 for note in notes)


def kept_picture(image: Any, paths: dict[str, Any]) -> Kept | None:
    """None for one whose file is gone, or larger than an import takes. It is called after its title."""
    try:
        size = image.file.size
        with image.file.storage.open(image.file.name) as picture:
            picture.read(1)
    except OSError:
        return None
    if size > LARGEST:
        return None
    stem, ending = slugify(image.title)[:60] or "picture", extension_of(image.file.name)
    names = (
        f"{PICTURES}/{stem}{f'-{number}' if number > 1 else ''}.{ending}" for number in range(1, MAX_QUESTIONS * 100)
    )
    path = next(name for name in names if paths.setdefault(name, image.pk) == image.pk)
    return Kept(image, path, size)


def picture_tag(picture: Kept | None, alt: str) -> str:
    return f'<img src="{escape(picture.path)}" alt="{escape(alt)}">' if picture is not None else ""


def typed(question: Question) -> tuple[QuestionType[Any], Spec]:
    name, spec = read_answers(question.answers.get_prep_value())
    return get_question_type(name), spec


def filing(question: Question, spec: Spec) -> Filing:
    return Filing(
        question.skill.code, question.difficulty, question.points, spec.get("shuffle"), question.code,
        spec.get("unit", ""), spec.get("decimals"), spec.get("exact"),
    )  # fmt: skip


def html(text: str) -> Rich:
    return Rich(expand_db_html(text), "html")
