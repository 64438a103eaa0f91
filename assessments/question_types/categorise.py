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

from .base import (
    InvalidResponse,
    ItemResult,
    Problem,
    Public,
    QuestionType,
    Response,
    ReviewLine,
    Spec,
    Submission,
    damaged_response,
    present,
    share,
    single_value,
)
from .checks import check_ids, check_length, check_optional_text, check_rows, check_texts, rows
from .editing import Value, feedback_block, filled, read_items, write_items
from .filing import given_texts_in, text_in
from .tokens import check_fields, deal, id_behind, ids_by_text, token_for

PREFIX = "sort-"

Sorted = dict[str, str]
"""{id of the thing: id of its category}"""


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


class Categorise(QuestionType[Sorted]):
    name = "categorise"
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

    def public(self, spec: Spec, rng: random.Random) -> Public:
        items = deal([thing["text"] for thing in things_of(spec)], rng)
        return {
            "type": self.name,
            "items": [{**item, "field": f"{PREFIX}{item['token']}"} for item in items],
            "categories": deal([row["text"] for row in spec["categories"]], rng, shuffle=False),
        }

    def read(self, spec: Spec, public: Public, sent: Submission) -> Response:
        check_fields(sent.fields, PREFIX, [item["field"] for item in public["items"]])
        things, categories = ids_by_text(things_of(spec)), ids_by_text(spec["categories"])
        chosen: Sorted = {}
        for item in public["items"]:
            if token := single_value(sent.fields, item["field"]):
                chosen[things[item["text"]]] = id_behind(token, public["categories"], categories)
        in_order = {thing["id"]: chosen[thing["id"]] for thing in things_of(spec) if thing["id"] in chosen}
        return {"sorted": in_order} if in_order else {}

    def refill(self, spec: Spec, public: Public, response: Response) -> dict[str, list[str]]:
        given = self._answer_or_none(spec, response) or {}
        names = names_of(spec)
        return {
            f"{PREFIX}{token_for(thing['text'], public['items'])}": [
                token_for(names[given[thing["id"]]], public["categories"])
            ]
            for thing in things_of(spec)
            if thing["id"] in given
        }

    def clean(self, spec: Spec, response: Response) -> Sorted | None:
        given = response.get("sorted", {})
        if not isinstance(given, dict) or (response and not given):
            raise damaged_response()
        known, names = {thing["id"] for thing in things_of(spec)}, names_of(spec)
        for thing, category in given.items():
            if thing not in known or not isinstance(category, str) or category not in names:
                raise InvalidResponse(_("The saved answer names a line that is no longer there."))
        return dict(given) or None

    def mark(self, spec: Spec, answer: Sorted) -> ItemResult:
        right = right_places(spec)
        wrong = [
            thing for thing in things_of(spec) if answer.get(thing["id"], right[thing["id"]]) != right[thing["id"]]
        ]
        earned = sum(answer.get(thing) == category for thing, category in right.items())
        return ItemResult(share(earned, len(right)), present(*(thing.get("feedback", "") for thing in wrong)))

    def answer_text(self, spec: Spec, answer: Sorted) -> str:
        """Category by category."""
        told = (
            (row["text"], [thing["text"] for thing in things_of(spec) if answer.get(thing["id"]) == row["id"]])
            for row in spec["categories"]
        )
        return " ; ".join(f"{name} ← {', '.join(texts)}" for name, texts in told if texts)

    def right_answer(self, spec: Spec) -> str:
        return self.answer_text(spec, right_places(spec))

    def lines(self, spec: Spec, answer: Sorted | None) -> list[ReviewLine]:
        given, right, names = answer or {}, right_places(spec), names_of(spec)
        return [
            ReviewLine(
                label=thing["text"],
                chosen=thing["id"] in given,
                given=names.get(given.get(thing["id"], ""), ""),
                expected=names[right[thing["id"]]],
                right=given.get(thing["id"]) == right[thing["id"]],
                feedback=thing.get("feedback", "") if given.get(thing["id"]) != right[thing["id"]] else "",
            )
            for thing in things_of(spec)
        ]


class Grid(Categorise):
    name = "grid"
    label = gettext_lazy("Grid: one choice in each row")
    block = GridBlock


def things_of(spec: Spec) -> list[Mapping[str, Any]]:
    return [thing for row in rows(spec, "categories") for thing in rows(row, "items")]


def names_of(spec: Spec) -> dict[str, str]:
    return {row["id"]: row["text"] for row in spec["categories"]}


def right_places(spec: Spec) -> Sorted:
    return {thing["id"]: row["id"] for row in spec["categories"] for thing in rows(row, "items")}
