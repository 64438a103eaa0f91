"""Put each thing into its category, or tick one box in each row of a grid: the same rules, two ways to answer.

    {"categories": [{"id": "c1", "text": "...", "items": [{"id": "i1", "text": "...", "feedback": "..."}]}, ...]}

Things are shown in an order of chance, categories in the author's. Each thing earns its equal part of the mark; one in
a wrong category costs nothing more, and its feedback is said.

Response: {"sorted": {"i1": "c2"}}; things without a category are left out.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from cms.blocks import blank_rows

from .assigning import Assigning, Choices, Line
from .base import Problem, Spec
from .checks import check_ids, check_length, check_optional_text, check_rows, check_texts, rows
from .editing import Value, feedback_block, filled, read_items, write_items
from .reading import given_texts_in, text_in
from .tokens import ShownItem, deal


class ThingBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=gettext_lazy("item"), max_length=250)
    feedback = feedback_block(gettext_lazy("feedback when it is put elsewhere"))

    class Meta:
        label = gettext_lazy("item")
        label_format = "{text}"


class CategoryBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=gettext_lazy("category"), max_length=100)
    items = blocks.ListBlock(ThingBlock(), min_num=0, max_num=20, label=gettext_lazy("what belongs there"))

    class Meta:
        label = gettext_lazy("category")
        label_format = "{text}"


class CategoriseBlock(blocks.StructBlock):
    categories = blocks.ListBlock(
        CategoryBlock(), min_num=2, max_num=10, default=blank_rows(CategoryBlock), label=gettext_lazy("categories")
    )

    class Meta:
        icon = "folder-inverse"


class GridBlock(blocks.StructBlock):
    categories = blocks.ListBlock(
        CategoryBlock(),
        min_num=2,
        max_num=6,
        default=blank_rows(CategoryBlock),
        label=gettext_lazy("columns"),
        help_text=gettext_lazy("Write each row under the column that is right for it; rows are shown shuffled."),
    )

    class Meta:
        icon = "table"


class Categorise(Assigning):
    name = "categorise"
    saved_as, field_prefix = "sorted", "sort-"
    shown_lines, shown_choices = "items", "categories"
    label = gettext_lazy("Put into categories")
    block: type[blocks.StructBlock] = CategoriseBlock

    def validate(self, spec: Spec) -> list[Problem]:
        categories = rows(spec, "categories")
        things = things_of(spec)
        if too_long := check_length(max(len(categories), len(things)), "categories"):
            return too_long
        problems = check_rows(spec, "categories", ["text"], least=2)
        if not problems and len(things) < 2:
            what = _("Fewer than two items are to be sorted.")
            problems.append(Problem("categories", what, _("Write them under their categories.")))
        problems += check_texts(things, "items")
        problems += check_ids(things, "items") if not problems else []
        for number, thing in enumerate(things):
            problems += check_optional_text(thing, "feedback", f"items.{number}.feedback")
        return problems

    def from_editor(self, value: Value) -> dict[str, Any]:
        return {
            "categories": [
                {
                    "id": row["id"],
                    "text": row["text"],
                    "items": [
                        {"id": thing["id"], "text": thing["text"], **filled(thing, "feedback")}
                        for thing in read_items(row.get("items"))
                    ],
                }
                for row in read_items(value["categories"])
            ]
        }

    def to_editor(self, spec: Spec) -> dict[str, Any]:
        return {
            "categories": write_items({**row, "items": write_items(rows(row, "items"))} for row in spec["categories"])
        }

    def from_folder(self, row: Mapping[str, Any], language: str) -> dict[str, Any]:
        return {
            "categories": [
                {
                    "id": str(category["id"]),
                    "text": text_in(category["text"], language),
                    "items": [
                        {
                            "id": str(thing["id"]),
                            "text": text_in(thing["text"], language),
                            **given_texts_in(thing, ["feedback"], language),
                        }
                        for thing in category.get("items") or []
                    ],
                }
                for category in row["categories"]
            ]
        }

    def asked(self, spec: Spec) -> list[Line]:
        return [
            Line(thing["id"], thing["text"], row["text"], thing.get("feedback", ""))
            for row in rows(spec, "categories")
            for thing in rows(row, "items")
        ]

    def texts_by_id(self, spec: Spec) -> dict[str, str]:
        return {row["id"]: row["text"] for row in spec["categories"]}

    def deal_choices(self, spec: Spec, rng: random.Random) -> list[ShownItem]:
        return deal([row["text"] for row in spec["categories"]], rng, shuffle=False)

    def answer_text(self, spec: Spec, answer: Choices) -> str:
        """Category by category."""
        asked = self.asked(spec)
        told = (
            (name, [line.text for line in asked if answer.get(line.id) == name])
            for name in self.texts_by_id(spec).values()
        )
        return " ; ".join(f"{name} ← {', '.join(texts)}" for name, texts in told if texts)


class Grid(Categorise):
    name = "grid"
    label = gettext_lazy("Grid: one choice in each row")
    block = GridBlock


def things_of(spec: Spec) -> list[Mapping[str, Any]]:
    return [thing for row in rows(spec, "categories") for thing in rows(row, "items")]
