"""What the types share to be written in the editor: pieces of forms, and rows as Wagtail stores them.

A list is stored as items, `{"type": "item", "value": ..., "id": ...}`. The ids of a spec are those of the items, which
survive reordering and are the same in every translation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

Value = Mapping[str, Any]
"""The stored value of a type's block."""


def credit_block(default: int) -> blocks.IntegerBlock:
    return blocks.IntegerBlock(label=_("share of the points, %"), default=default, min_value=0, max_value=100)


def feedback_block(label: Any = None) -> blocks.CharBlock:
    return blocks.CharBlock(label=label or _("feedback"), max_length=600, required=False)


# -- from the stored value to the spec


def read_items(found: Iterable[Any] | None) -> list[dict[str, Any]]:
    """The items of a stored list: their fields (`text` where the item is one text), and their id."""
    return [{**_as_row(item["value"]), "id": item["id"]} for item in found or ()]


def filled(row: Value, *names: str) -> dict[str, Any]:
    """The named fields that say something."""
    return {name: row[name] for name in names if row.get(name) not in (None, "")}


def credited(found: Iterable[Any] | None, *names: str) -> list[dict[str, Any]]:
    """Rows that may be worth part of the mark; they are found by what they say, so they need no id."""
    return [filled(row, *names, "credit", "feedback") for row in read_items(found)]


def _as_row(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"text": value}


# -- and back


def write_items(found: Iterable[Value]) -> list[dict[str, Any]]:
    """Rows as list items; rows without an id get their number."""
    return [
        _item({name: value for name, value in row.items() if name != "id"}, row, number)
        for number, row in enumerate(found, 1)
    ]


def write_texts(found: Iterable[Value]) -> list[dict[str, Any]]:
    """The same for a list of texts: each item is the row's text alone."""
    return [_item(row["text"], row, number) for number, row in enumerate(found, 1)]


def _item(value: Any, row: Value, number: int) -> dict[str, Any]:
    return {"type": "item", "value": value, "id": row.get("id", f"a{number}")}
