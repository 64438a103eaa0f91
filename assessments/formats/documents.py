"""A batch of documents to enter, as a table: one row for each document, one column for each field.

    picture;description;Nom;Date [date];Total [amount, critical];Téléphone [phone SN]
    fiche-01.png;Fiche écrite à la main;SECK;11/07/1998;12500;76 000 71 17

The words in brackets say what does not count in a field (`question_types.entered`), in English or French. Columns that
are no fields: `picture` (needed), `id` (else the name of the picture), `description` for people who cannot see it, and
`prompt`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import PurePosixPath
from urllib.parse import quote

from django.utils.translation import gettext as _

from lms.lib.comparison import heading_key
from lms.lib.parsing import UnreadableFileError
from lms.lib.problems import Problem, at_line

from .interactions import DocumentFields, ImportedField
from .neutral import Fault, ImportedQuestion, Pictures, ReadQuestion
from .rich import Rich

COLUMNS = {
    "picture": "picture", "image": "picture", "id": "id", "identifiant": "id", "description": "description",
    "prompt": "prompt", "consigne": "prompt",
}  # fmt: skip
"""Columns that are no fields, by their headings."""
WORDS = {
    "text": "text", "texte": "text", "exact": "exact", "exacte": "exact", "date": "date", "date us": "date_us",
    "amount": "amount", "montant": "amount", "phone": "phone", "telephone": "phone", "critical": "critical",
    "critique": "critical",
}  # fmt: skip
_HEADING = re.compile(r"([^\[\]]*+)(?:\[([^\[\]]*+)\])?\s*+")


@dataclass
class Header:
    places: dict[str, int] = field(default_factory=dict)  # of the columns that are no fields
    fields: dict[int, ImportedField] = field(default_factory=dict)
    country: str = ""


def loads(rows: Sequence[Sequence[str]], pictures: Pictures) -> list[ReadQuestion]:
    """Each document with what is wrong with it, by the number of its row. Raises UnreadableFileError for a first row
    that does not name the columns.
    """
    header = read_header(rows[0] if rows else ())
    return [read_row(header, row, number, pictures) for number, row in enumerate(rows[1:], 2) if any(row)]


def read_header(headings: Sequence[str]) -> Header:
    header = Header()
    for place, heading in enumerate(headings):
        found = _HEADING.fullmatch(heading)
        if not heading:
            continue
        if found is None or not found[1].strip():
            what = _("The heading “%(heading)s” cannot be read. Write a name, and behind it [date] or [amount].")
            raise UnreadableFileError(what % {"heading": heading[:80]})
        name = COLUMNS.get(heading_key(found[1]))
        if name is not None and found[2] is None:
            header.places.setdefault(name, place)
            continue
        header.fields[place] = field_named(header, found[1].strip(), found[2] or "")
    if "picture" not in header.places:
        raise UnreadableFileError(
            _("No column is called “picture”: it names the file that shows the document of each row.")
        )
    if not header.fields:
        raise UnreadableFileError(_("No column is a field to enter. Add one, with what the documents say."))
    return header


def field_named(header: Header, label: str, words: str) -> ImportedField:
    kind, critical = "text", False
    for word in (part.strip() for part in words.split(",") if part.strip()):
        known, _space, country = word.rpartition(" ")
        if re.fullmatch("[A-Z]{2}", country) and WORDS.get(heading_key(known)) == "phone":
            kind, header.country = "phone", country
            continue
        read = WORDS.get(heading_key(word))
        if read is None:
            what = _("“%(word)s” in the heading of “%(field)s” is not known. Use some of: %(known)s.")
            raise UnreadableFileError(what % {"word": word[:40], "field": label[:60], "known": ", ".join(WORDS)})
        kind, critical = (kind, True) if read == "critical" else (read, critical)
    return ImportedField(label, kind, "", critical)


def read_row(header: Header, row: Sequence[str], number: int, pictures: Pictures) -> ReadQuestion:
    def cell(place: int | None) -> str:
        return row[place] if place is not None and place < len(row) else ""

    picture, name = cell(header.places.get("picture")), cell(header.places.get("id"))
    problems = list(problems_of(picture, pictures, number))
    fields = []
    for place, told in header.fields.items():
        gold = cell(place)
        if gold.startswith("="):
            what = _("“%(text)s” in “%(field)s” is a formula.") % {"text": gold[:80], "field": told.label}
            problems.append(at_line(number, what, _("Write what the document says.")))
        fields.append(ImportedField(told.label, told.kind, gold, told.critical))
    alt, asked = cell(header.places.get("description")), cell(header.places.get("prompt"))
    words = f"<p>{escape(asked)}</p>" if asked else ""
    prompt = Rich(f'{words}<img src="{escape(quote(picture))}" alt="{escape(alt)}">', "html")
    question = ImportedQuestion(
        DocumentFields(tuple(fields), header.country), prompt, id=name or PurePosixPath(picture).stem, line=number
    )
    return ReadQuestion(number, f"{picture} {asked}".strip(), question, tuple(problems))


def problems_of(picture: str, pictures: Pictures, number: int) -> Iterator[Problem]:
    """A document that cannot be seen cannot be entered."""
    if not picture:
        yield at_line(number, _("The picture is not named."), _("Write the name of its file in the column “picture”."))
        return
    found = pictures.content(quote(picture))
    if isinstance(found, Fault):
        yield at_line(number, found.what, found.remedy)
