"""Tables of foreign HTML as rows of plain cells."""

import re
from html import escape
from typing import Any

from django.utils.translation import gettext as _

from cms.foreign.pieces import Table, Text
from cms.foreign.plain import plain_node
from lms.lib.problems import Problem, ProblemKind, at_line


def read_rows(node: Any) -> tuple[list[Table | Text], list[Problem]]:
    """A ``table`` element; with text outside its cells, which browsers show somewhere, as lines of text."""
    line = node.sourceline or 1
    caption, rows, merged = _caption_and_rows(node)
    pieces: list[Table | Text] = []
    problems: list[Problem] = []
    everything = plain_node(node)
    if _letters(everything) != _letters(" ".join([caption, *(cell for row in rows for cell in row)])):
        lines = "<br>".join(escape(text, quote=False) for text in everything.splitlines())
        pieces.append(Text(f"<p>{lines}</p>"))
        what = _("A table with text outside its cells is kept as lines of text.")
        problems.append(at_line(line, what, _("Make the table again in the editor."), ProblemKind.CHANGED))
    elif any(any(row) for row in rows):
        pieces.append(Table(caption, tuple(rows)))
    elif caption:
        pieces.append(Text(f"<p>{escape(caption)}</p>"))
    if merged:
        what = _("A table with merged cells is kept with separate cells.")
        problems.append(at_line(line, what, _("Check the table."), ProblemKind.CHANGED))
    return pieces, problems


def _caption_and_rows(node: Any) -> tuple[str, list[tuple[str, ...]], bool]:
    """(caption, rows, whether cells were joined)"""
    caption, rows, merged = "", [], False
    for row in node.iter("tr", "caption"):
        if row.tag == "caption":
            caption = f"{caption} {plain_node(row)}".strip()
            continue
        if row.getparent() is not None and _table_of(row) is not node:
            continue  # of a table in a cell: its words are in the cell
        cells = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            cells.append(re.sub(r"[ \t\r\n]++", " ", plain_node(cell)).strip(" "))  # no-break spaces stay
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            cells += [""] * (wide - 1)
            merged = merged or wide > 1 or high > 1
        if cells:
            rows.append(tuple(cells))
    return caption, rows, merged


def _table_of(row: Any) -> Any:
    return next((parent for parent in row.iterancestors("table")), None)


def _span(cell: Any, name: str) -> int:
    value = cell.get(name) or ""
    return min(20, max(1, int(value))) if value.isdecimal() and len(value) < 4 else 1


def _letters(text: str) -> list[str]:
    """The characters of a text in whatever order, but for the spaces and bars between cells."""
    return sorted(character for character in text if not character.isspace() and character != "|")
