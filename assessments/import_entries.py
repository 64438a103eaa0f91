"""A question file as entries, each with what is wrong with it, before anything is written."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from assessments.document_batches import files_of, open_batch
from assessments.formats import aiken, gift, items, moodle_xml
from assessments.formats.gift_blocks import ESCAPED, Block, blocks
from assessments.formats.neutral import FILED, CannotHoldError, ImportedQuestion, Pictures, ReadQuestion
from assessments.formats.plain import plain_text
from assessments.formats.specs import Converted, read_rich, to_spec
from assessments.illustrations import InMemory, InText, is_archive, open_archive
from assessments.import_tags import lost_tags
from assessments.question_types import get_question_type
from cms import foreign
from lms.lib.decoding import decode
from lms.lib.known_files import recognise
from lms.lib.problems import Problem, ProblemKind, at_line
from lms.lib.tables import read_table

_HIDDEN = {0xF0000 + ord(character): f"\\{character}" for character in ESCAPED}
NOTED = ("id", "tag", *FILED)
MOST_QUOTED = 500  # characters of a question that is none


@dataclass(frozen=True)
class Entry:
    """One question of the file. ``source`` is its text, to be fixed when it is refused."""

    line: int
    title: str
    source: str
    problems: tuple[Problem, ...]
    question: ImportedQuestion | None = None
    converted: Converted | None = None

    @property
    def label(self) -> str:
        """The kind of question, in words."""
        return str(get_question_type(self.converted.type).label) if self.converted and self.usable else ""

    @property
    def usable(self) -> bool:
        return self.question is not None and not any(problem.refused for problem in self.problems)


def read_gift(source: str | bytes, pictures: Pictures | None = None) -> list[Entry]:
    """Every block of the file with what is wrong with it, in the order of the file.

    Raises UnreadableFileError for bytes that are another kind of file, or in an unknown encoding.
    """
    if isinstance(source, bytes) and is_archive(source):
        source, pictures = open_archive(source)
    pictures = pictures or InText()
    text = gift.read_text(source) if isinstance(source, bytes) else source
    result = gift.loads(text)
    questions = {question.line: question for question in result.questions}
    faults: dict[int, list[Problem]] = {}
    for problem in result.problems:
        faults.setdefault(problem.line, []).append(problem)
    entries = []
    category = ""
    for block in blocks(text.removeprefix("\ufeff")):
        if not block.lines:
            category = block.category
            continue
        entry = entry_of(block, questions.get(block.line), faults.get(block.line, []), pictures)
        entries.append(replace(entry, problems=(*entry.problems, *category_problems(category, block.line))))
        category = ""
    return refuse_duplicates(entries)


def read_questions(content: bytes) -> tuple[list[Entry], dict[str, bytes]]:
    """The questions of a file in any format that is read (GIFT, alone or with its pictures, Aiken, Moodle XML, a
    batch of documents, a table of items to classify), and the pictures that stood in it, by the names that the
    questions have for them.

    Raises UnreadableFileError for another kind of file, or one that cannot be read.
    """
    kind = recognise(content)
    if kind is not None and kind.key == "moodle-xml":
        found, files = moodle_xml.loads(content)
        return entries_from(found, InMemory(files)), files
    if kind is not None and kind.key == "documents-archive":
        batch, shown = open_batch(content)
        entries = entries_from(batch, shown)
        return entries, files_of(pictures_shown(entries), shown)
    if kind is not None and kind.key == "items-table":
        return entries_from(
            items.loads(read_table(content, max_rows=items.MOST_ROWS, takes=("items-table",))), InText()
        ), {}
    if kind is not None and kind.key == "aiken":
        return entries_from(aiken.loads(decode(content)), InText()), {}
    return read_gift(content), {}


def pictures_shown(entries: Iterable[Entry]) -> list[str]:
    """The pictures of the questions that can be used, as the file names them."""
    found = [entry.converted.picture for entry in entries if entry.usable and entry.converted]
    return [picture.src for picture in found if picture is not None]


def entries_from(found: Iterable[ReadQuestion], pictures: Pictures) -> list[Entry]:
    """What was read of another format than GIFT; the file of refused questions is GIFT."""
    entries = []
    for read in found:
        source = source_of(read)
        entry = entry_from(read.line, source, read.question, read.problems, pictures, read.title)
        problems = category_problems(read.category, read.line)
        entries.append(replace(entry, problems=(*entry.problems, *problems)))
    return refuse_duplicates(entries)


def source_of(read: ReadQuestion) -> str:
    """The question as GIFT; its title alone where there is none, or GIFT has no such question."""
    try:
        return gift.dumps([read.question]).strip() if read.question else f"// {read.title[:MOST_QUOTED]}"
    except CannotHoldError as error:
        return f"// {read.title[:MOST_QUOTED]} ({error})"


def category_problems(category: str, line: int) -> list[Problem]:
    """Said once, at the first question of a category."""
    if not category:
        return []
    what = _("The category “%(name)s” is not kept: the questions go into one bank.") % {"name": category[:120]}
    return [at_line(line, what, _("For several banks, import several files."), ProblemKind.CHANGED)]


def entry_of(
    block: Block, question: ImportedQuestion | None, problems: Iterable[Problem], pictures: Pictures | None = None
) -> Entry:
    """With the comments that hold its identifier and tags: the question keeps them on its way through a file."""
    notes = [comment for comment in block.comments if any(f"[{kind}:" in comment for kind in NOTED)]
    source = "\n".join([*notes, block.text]).translate(_HIDDEN)
    title = block.text.translate(_HIDDEN).strip().splitlines()[0]
    return entry_from(block.line, source, question, problems, pictures or InText(), title)


def entry_from(
    line: int,
    source: str,
    question: ImportedQuestion | None,
    problems: Iterable[Problem],
    pictures: Pictures,
    title: str,
) -> Entry:
    """``title`` names what is no question."""
    found = list(problems)
    is_sound = question is not None and not any(problem.refused for problem in found)
    converted = to_spec(question, pictures) if question is not None and is_sound else None
    if converted is not None:
        found = list(dict.fromkeys([*found, *converted.problems]))
    if question is not None:
        found += lost_tags(question, converted.spec if converted else None)
    words = plain_text(question.prompt) if question is not None else ""
    return Entry(line, (words or title)[:120], source, tuple(found), question, converted)


def refused_file(entries: Iterable[Entry]) -> str:
    """The refused questions as a file to fix: what is wrong stands above each, as comments that readers skip."""
    return "\n\n".join(
        "\n".join([*(f"// {fault.what} {fault.remedy}" for fault in entry.problems), entry.source])
        for entry in entries
        if not entry.usable
    )


def refuse_duplicates(entries: list[Entry]) -> list[Entry]:
    """Two questions of one file that would be one: the second is refused, with the place of the first."""
    first: dict[str, tuple[int, int]] = {}
    checked = []
    for number, entry in enumerate(entries, 1):
        if entry.usable and entry.question is not None:
            same, line = first.setdefault(identity_of(entry.question), (number, entry.line))
            if same != number:
                what = _("It is the same question as the one at line %(line)s.") % {"line": line}
                if line == entry.line:
                    what = _("It is the same question as question %(number)s, on the same line %(line)s.")
                    what %= {"number": same, "line": line}
                remedy = _("Delete one of them, or give each its own identifier: // [id:...] on the line above.")
                entry = replace(entry, problems=(*entry.problems, at_line(entry.line, what, remedy)))
        checked.append(entry)
    return checked


def identity_of(question: ImportedQuestion) -> str:
    """What makes it this question: its identifier, or else what it asks and offers, whichever of it is right."""
    if question.id:
        return f"id/{question.id}"
    offered, pairs = ([[plain_text(text), more] for text, more in rows] for rows in question.interaction.offered())
    document = read_rich(question.prompt)
    asked = " ".join(foreign.as_html(document).split())
    told: list[Any] = [asked, offered, pairs]
    if document.pictures:  # one text below two pictures is two questions
        told.append([picture.src for picture in document.pictures])
    return "content/" + hashlib.sha256(json.dumps(told).encode()).hexdigest()


def renewed(entry: dict[str, Any]) -> dict[str, Any]:
    """A kept entry as it is read now: in those that the version before kept, the fields of all types stood beside the
    prompt.
    """
    question = entry.get("question")
    if not question or "interaction" in question:
        return entry
    interaction = {**question, "items": [answer["text"] for answer in question["answers"]]}
    return {**entry, "question": {**question, "interaction": interaction}}
