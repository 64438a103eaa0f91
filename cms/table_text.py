"""Tables and code inside a text: how they are typed and stored, and what a learner gets.

A row is a line, cells are split by the sign |, as in the block of ``cms.blocks``. Inside rich text a table or a piece
of code is an empty element, ``<embed embedtype="table" rows="..."/>``, which ``cms.text_embeds`` makes HTML of.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

NUMBER = re.compile(r"^[+\-−]?[\d\s.,\u00a0\u202f]+\s?(%|€|\$|FCFA)?$")
TABLE, CODE = "table", "code"
TEXT_EMBEDS = ["table", "preformatted"]
"""The two features of an editor that takes both. ``paste`` is the third: every editor has it (``cms.rich_text``)."""


def split_row(line: str) -> list[str]:
    r"""Cells of one line; ``\|`` is a bar inside a cell."""
    line = line.strip().removeprefix("|").removesuffix("|")
    return [cell.replace(r"\|", "|").strip(" \t") for cell in re.split(r"(?<!\\)\|", line)]


def with_bars(text: str) -> str:
    """What was typed; cells that were copied from a spreadsheet, which are split by tabs, are split by bars. A cell of
    several lines stands in quotes there.
    """
    if "\t" not in text or "|" in text:
        return text
    rows = csv.reader(io.StringIO(text.replace("\r\n", "\n")), delimiter="\t")
    try:
        return join_rows(row for row in rows if any(cell.strip() for cell in row))
    except csv.Error:
        return text


def join_rows(rows: Iterable[Sequence[str]]) -> str:
    """The text that ``split_row`` reads as these cells, whichever of them are empty."""
    return "\n".join(map(_join, rows))


def _join(row: Sequence[str]) -> str:
    cells = [re.sub(r"[ \t\r\n]++", " ", cell).strip(" ").replace("|", r"\|") for cell in row]
    line = " | ".join(cells)
    return line if cells and cells[0] and cells[-1] and not line.endswith("|") else f"| {line} |"


def table_rows(text: str) -> dict[str, Any]:
    """A typed table: ``header`` cells and ``rows`` of cells, each with ``text`` and ``is_number`` for its column."""
    lines = [split_row(line) for line in with_bars(text or "").splitlines() if line.strip(" |\t-:")]
    if not lines:
        return {"header": [], "rows": []}
    width = max(map(len, lines))
    lines = [line + [""] * (width - len(line)) for line in lines]
    header, body = lines[0], lines[1:]
    columns = [[row[place] for row in body if row[place]] for place in range(width)]
    numeric = [bool(column) and all(NUMBER.match(cell) for cell in column) for column in columns]
    return {
        "header": [{"text": cell, "is_number": numeric[place]} for place, cell in enumerate(header)],
        "rows": [[{"text": cell, "is_number": numeric[place]} for place, cell in enumerate(row)] for row in body],
    }


def table_embed(caption: str, rows: str) -> str:
    return f'<embed caption="{_quoted(caption)}" embedtype="{TABLE}" rows="{_quoted(rows)}"/>'


def code_embed(code: str) -> str:
    return f'<embed code="{_quoted(code)}" embedtype="{CODE}"/>'


def close_breaks(html: str) -> str:
    return html.replace("<br>", "<br/>")


def _quoted(text: str) -> str:
    """As Wagtail reads attributes again: it knows four signs."""
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, name)
    return text
