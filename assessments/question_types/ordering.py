"""Put things in order.

    {"items": [{"id": "i1", "text": "..."}, ...]}     in the right order

The learner gives each item its place, 1 to n. Partial credit: the share of neighbours that follow each
other directly, as they should, among the n - 1 there are (Moodle's "relative to the next item, excluding
last"). A chain moved by one place keeps most of its worth, where "absolute position" would give 0; and
answering at random earns 1/n on average, where counting pairs in order would give 1/2 for nothing.

Response: {"places": {"i1": 2, "i2": 1}}; items without a place are left out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from assessments.formats.interactions import ORDER_RULE, Ordered
from assessments.formats.neutral import Coded, Fault
from assessments.formats.plain import plain_text

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
    share,
    single_value,
)
from .checks import check_rows
from .editing import Value, read_items, write_texts
from .reading import rich, text_in
from .tokens import check_fields, deal, ids_by_text, token_for

PREFIX = "place-"

Places = dict[str, int]


class OrderingBlock(blocks.StructBlock):
    items = blocks.ListBlock(
        blocks.CharBlock(label=gettext_lazy("item"), max_length=250),
        min_num=2,
        max_num=10,
        default=["", ""],
        label=gettext_lazy("lines, in the right order"),
    )

    class Meta:
        icon = "order"


class Ordering(QuestionType[Places]):
    name = "ordering"
    label = gettext_lazy("Put in order")
    block = OrderingBlock
    in_files = True

    def validate(self, spec: Spec) -> list[Problem]:
        return check_rows(spec, "items", ["text"], least=2)

    def from_editor(self, value: Value) -> dict[str, Any]:
        return {"items": [{"id": row["id"], "text": row["text"]} for row in read_items(value["items"])]}

    def to_editor(self, spec: Spec) -> dict[str, Any]:
        return {"items": write_texts(spec["items"])}

    def from_folder(self, row: Mapping[str, Any], language: str) -> dict[str, Any]:
        return {"items": [{"id": str(item["id"]), "text": text_in(item["text"], language)} for item in row["items"]]}

    def from_file(self, interaction: Ordered) -> Coded[dict[str, Any]]:
        """Things are named a1, a2, ... in file order, which is the right one."""
        items = [{"id": f"a{number}", "text": plain_text(item)} for number, item in enumerate(interaction.items, 1)]
        return Coded({"items": items}, changed=tuple(_changes(interaction)))

    def to_file(self, spec: Spec) -> Coded[Ordered]:
        items = tuple(rich(item["text"]) for item in spec["items"])
        return Coded(Ordered(items, (str(len(items)), "ALL", "VERTICAL", ORDER_RULE, "HIDE", "NONE")))

    def public(self, spec: Spec, rng: random.Random) -> Public:
        items = deal([item["text"] for item in spec["items"]], rng)
        return {
            "type": self.name,
            "items": [{**item, "field": _field(item["token"])} for item in items],
            "places": list(range(1, len(items) + 1)),
        }

    def read(self, spec: Spec, public: Public, sent: Submission) -> Response:
        check_fields(sent.fields, PREFIX, [item["field"] for item in public["items"]])
        ids = ids_by_text(spec["items"])
        places: Places = {}
        for item in public["items"]:
            written = single_value(sent.fields, item["field"])
            if written:
                places[ids[item["text"]]] = _read_place(written, len(spec["items"]), places)
        in_order = {item["id"]: places[item["id"]] for item in spec["items"] if item["id"] in places}
        return {"places": in_order} if in_order else {}

    def refill(self, spec: Spec, public: Public, response: Response) -> dict[str, list[str]]:
        answer = self._answer_or_none(spec, response) or {}
        return {
            _field(token_for(item["text"], public["items"])): [str(answer[item["id"]])]
            for item in spec["items"]
            if item["id"] in answer
        }

    def clean(self, spec: Spec, response: Response) -> Places | None:
        places = response.get("places", {})
        if not isinstance(places, dict) or (response and not places):
            raise damaged_response()
        known = {item["id"] for item in spec["items"]}
        if not set(places) <= known:
            raise InvalidResponse(_("The saved answer names a line that is no longer there."))
        if not all(_is_place(place, len(known)) for place in places.values()):
            raise damaged_response()
        if len(set(places.values())) < len(places):
            raise damaged_response()
        return dict(places) or None

    def mark(self, spec: Spec, answer: Places) -> ItemResult:
        follows = [_follows(answer, first, second) for first, second in pairwise(spec["items"])]
        return ItemResult(share(sum(follows), len(follows)))

    def answer_text(self, spec: Spec, answer: Places) -> str:
        placed = [item for item in spec["items"] if item["id"] in answer]
        return _ordered_lines(sorted(placed, key=lambda item: answer[item["id"]]), answer)

    def right_answer(self, spec: Spec) -> str:
        return _ordered_lines(spec["items"], {item["id"]: place for place, item in enumerate(spec["items"], 1)})

    def lines(self, spec: Spec, answer: Places | None) -> list[ReviewLine]:
        given = answer or {}
        return [
            ReviewLine(
                label=item["text"],
                chosen=item["id"] in given,
                given=str(given.get(item["id"], "")),
                expected=str(place),
                right=given.get(item["id"]) == place,
                feedback="",
            )
            for place, item in enumerate(spec["items"], 1)
        ]


def _changes(interaction: Ordered) -> Iterator[Fault]:
    rules = interaction.rules
    if rules and ORDER_RULE not in rules:
        yield Fault(
            _(
                "In the file, the position of each item counted; here, what counts is that each item "
                "follows the right one."
            ),
            _("There is nothing to do if that suits you."),
        )
    if rules and rules[0].isdecimal() and 0 < int(rules[0]) < len(interaction.items):
        yield Fault(
            _("In the file, each learner got only some of these items; here, everybody gets all of them."),
            _("Delete some items if there are too many."),
        )


def _field(token: str) -> str:
    return f"{PREFIX}{token}"


def _is_place(place: object, most: int) -> bool:
    return isinstance(place, int) and not isinstance(place, bool) and 1 <= place <= most


def _read_place(written: str, most: int, taken: Places) -> int:
    place = int(written) if written.strip().isdecimal() and len(written) < 5 else 0
    if not _is_place(place, most):
        raise InvalidResponse(
            _("“%(text)s” is not a position. Choose a number from 1 to %(most)s.")
            % {"text": written[:20], "most": most}
        )
    if place in taken.values():
        raise InvalidResponse(
            _("You gave position %(place)s to two lines. Give each line its own position.") % {"place": place}
        )
    return place


def _follows(answer: Places, first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    before, after = answer.get(first["id"]), answer.get(second["id"])
    return before is not None and after is not None and after - before == 1


def _ordered_lines(items: Sequence[Mapping[str, Any]], places: Places) -> str:
    return " ; ".join(f"{places[item['id']]}. {item['text']}" for item in items)
