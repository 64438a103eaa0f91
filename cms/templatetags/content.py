"""What the templates of content blocks need: sizes in plain words, durations, tables, pictures for small screens."""

import re
from typing import Any

from django import template

from cms import units
from cms.pictures import photo

register = template.Library()
for unit in (units.kilobytes, units.file_size, units.minutes, units.duration):
    register.filter(unit.__name__, unit)
register.simple_tag(photo)

NUMBER = re.compile(r"^[+\-−]?[\d\s.,\u00a0\u202f]+\s?(%|€|\$|FCFA)?$")


def split_row(line: str) -> list[str]:
    r"""Cells of one line; ``\|`` is a bar inside a cell."""
    line = line.strip().removeprefix("|").removesuffix("|")
    return [cell.replace(r"\|", "|").strip() for cell in re.split(r"(?<!\\)\|", line)]


@register.filter
def table_rows(text: str) -> dict[str, Any]:
    """A typed table: ``header`` cells and ``rows`` of cells, each with ``text`` and ``is_number`` for its column."""
    lines = [split_row(line) for line in (text or "").splitlines() if line.strip(" |\t-:")]
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
