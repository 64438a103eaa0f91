"""Items to classify, as a table: one row for each item.

    texte;étiquette [nuisible: Haine, Arnaque];explication;tâche
    Gagnez un million;Arnaque;Une somme contre un clic;m1

The words in brackets say which labels are harmful, in English or French. Columns: `text` and `label` (needed),
`explanation`, `task` (rows of one name are one question; without it all rows are), and `guideline`, the text of the
question, which the first row of a task that has one gives.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from django.utils.translation import gettext as _

from lms.lib.comparison import comparable, heading_key
from lms.lib.known_files import ITEM_COLUMNS
from lms.lib.parsing import UnreadableFileError
from lms.lib.problems import Problem, ProblemKind, at_line

from .interactions import ImportedItem, ImportedLabel, LabelledItems
from .neutral import ImportedQuestion, ReadQuestion
from .rich import NOTHING, Rich

HARMFUL = {"harm", "harmful", "nuisible", "nuisibles"}
LONGEST_LABEL, LONGEST_ITEM, LONGEST_WHY = 100, 1000, 600  # characters
MOST_ROWS = 2000
_HEADING = re.compile(r"([^\[\]]*+)(?:\[([^\[\]]*+)\])?\s*+")


@dataclass
class Task:
    line: int
    name: str
    guideline: str = ""
    items: dict[str, ImportedItem] = field(default_factory=dict)  # by their text
    problems: list[Problem] = field(default_factory=list)


def loads(rows: Sequence[Sequence[str]]) -> list[ReadQuestion]:
    """Each task, with the rows that cannot be items of it. Raises UnreadableFileError for a first row that does not
    name the columns.
    """
    places, harmful = read_header(rows[0] if rows else ())
    labels = {comparable(text): text for text in harmful}
    tasks: dict[str, Task] = {}
    for number, row in enumerate(rows[1:], 2):
        if any(row):
            cells = {name: row[place] if place < len(row) else "" for name, place in places.items()}
            task = tasks.setdefault(cells.get("task", ""), Task(number, cells.get("task", "")))
            task.guideline = task.guideline or cells.get("guideline", "")
            read_row(task, cells, labels, number)
    known = set(harmful)
    kept = tuple(ImportedLabel(text, text in known) for text in labels.values())
    return [question_of(task, kept) for task in tasks.values()]


def read_header(headings: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """(place of each column, harmful labels)"""
    places: dict[str, int] = {}
    harmful: list[str] = []
    for place, heading in enumerate(headings):
        found = _HEADING.fullmatch(heading)
        name = ITEM_COLUMNS.get(heading_key(found[1])) if found else None
        if found is None or name is None:
            if not heading:
                continue
            what = _("The column “%(heading)s” is not known. Use some of: %(known)s.")
            raise UnreadableFileError(what % {"heading": heading[:80], "known": ", ".join(ITEM_COLUMNS)})
        places.setdefault(name, place)
        if found[2] is not None:
            harmful += harmful_in(found[2], heading)
    for name in ("text", "label"):
        if name not in places:
            raise UnreadableFileError(_("No column is called “%(name)s”.") % {"name": name})
    return places, harmful


def harmful_in(words: str, heading: str) -> list[str]:
    kind, colon, labels = words.partition(":")
    found = [label.strip()[:LONGEST_LABEL] for label in labels.split(",") if label.strip()]
    if not colon or heading_key(kind) not in HARMFUL or not found:
        what = _("The heading “%(heading)s” cannot be read. Write the harmful labels so: label [harm: Hate, Fraud]")
        raise UnreadableFileError(what % {"heading": heading[:80]})
    return found


def read_row(task: Task, cells: dict[str, str], labels: dict[str, str], number: int) -> None:
    """The item of a row into its task; else what is wrong with it: the others are taken."""
    text, label, why = cells["text"], cells["label"], cells.get("explanation", "")
    fault: tuple[str, str] | None = None
    if not text:
        fault = _("The item is empty."), _("Write its text, or delete the row.")
    elif not label:
        fault = _("The item has no label."), _("Write the label that is right for it.")
    elif text.startswith("=") or label.startswith("="):
        fault = _("“%(text)s” is a formula.") % {"text": text[:80]}, _("Write the text itself.")
    elif len(text) > LONGEST_ITEM:
        fault = _("This item is too long."), _("Shorten it.")
    elif len(label) > LONGEST_LABEL:
        fault = _("This label is too long."), _("Shorten it.")
    elif text in task.items:
        fault = _("The item stands there twice."), _("Delete one of the two rows.")
    elif len(why) > LONGEST_WHY:
        fault = _("This explanation is too long."), _("Shorten it.")
    if fault:
        left_out = _("This row is left out.")
        task.problems.append(at_line(number, f"{left_out} {fault[0]}", fault[1], ProblemKind.LOST))
    else:
        task.items[text] = ImportedItem(text, labels.setdefault(comparable(label), label), why)


def question_of(task: Task, labels: tuple[ImportedLabel, ...]) -> ReadQuestion:
    """With every label that stands anywhere in the table: the tasks of one guideline have the same labels."""
    interaction = LabelledItems(labels, tuple(task.items.values()))
    prompt = Rich(f"<p>{escape(task.guideline)}</p>", "html") if task.guideline else NOTHING
    question = ImportedQuestion(interaction, prompt, id=task.name, line=task.line)
    title = task.name or next(iter(task.items), "")
    return ReadQuestion(task.line, title, question, tuple(task.problems))
