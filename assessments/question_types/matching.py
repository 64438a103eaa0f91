"""Match each thing on the left with its partner on the right.

    {"pairs": [{"id": "p1", "left": "...", "right": "..."}, ...],
     "distractors": [{"id": "d1", "text": "..."}]}

Two pairs may share one partner ("two animals that are birds"): it is shown once. Distractors belong to no
pair. Each right pair earns its equal part of the mark; a wrong one costs nothing more.

Response: {"pairs": {"p1": "p1", "p2": "d1"}}: for each left side answered, the id of the partner chosen.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from assessments.formats.interactions import ImportedPair, Pairs
from assessments.formats.neutral import Coded
from assessments.formats.plain import plain
from assessments.formats.rich import Rich
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
    in_each,
    share,
    single_value,
)
from .checks import check_ids, check_length, check_rows, check_texts, rows
from .editing import Value, read_items, write_items, write_texts
from .filing import rich, text_in
from .tokens import check_fields, deal, id_behind, ids_by_text, token_for

PREFIX = "match-"

Partners = dict[str, str]
"""{id of the pair: text chosen for its left side}"""


class PairBlock(blocks.StructBlock):
    left = blocks.CharBlock(label=gettext_lazy("this"), max_length=250)
    right = blocks.CharBlock(label=gettext_lazy("goes with"), max_length=250)

    class Meta:
        label = gettext_lazy("pair")
        label_format = "{left}"


class MatchingBlock(blocks.StructBlock):
    pairs = blocks.ListBlock(
        PairBlock(), min_num=2, max_num=10, default=blank_rows(PairBlock), label=gettext_lazy("pairs")
    )
    distractors = blocks.ListBlock(
        blocks.CharBlock(label=gettext_lazy("answer"), max_length=250),
        min_num=0,
        max_num=6,
        default=[],
        label=gettext_lazy("answers that match nothing"),
    )

    class Meta:
        icon = "link"


class Matching(QuestionType[Partners]):
    name = "matching"
    label = gettext_lazy("Matching")
    block = MatchingBlock
    in_files = True

    def validate(self, spec: Spec) -> list[Problem]:
        pairs, distractors = rows(spec, "pairs"), rows(spec, "distractors")
        if too_long := check_length(len(pairs), "pairs") or check_length(len(distractors), "distractors"):
            return too_long
        problems = check_rows(spec, "pairs", ["left"], least=2)
        problems += check_texts(pairs, "pairs", "right", distinct=False)
        problems += check_texts(distractors, "distractors")
        problems += check_ids([*pairs, *distractors], "pairs") if not problems else []
        rights = {pair.get("right") for pair in pairs if isinstance(pair.get("right"), str)}
        for number, distractor in enumerate(distractors):
            if isinstance(distractor.get("text"), str) and distractor["text"] in rights:
                problems.append(
                    Problem(
                        f"distractors.{number}.text",
                        _("“%(text)s” is also a right answer.") % {"text": distractor["text"]},
                        _("Change it, or delete it."),
                    )
                )
        return problems

    def from_editor(self, value: Value) -> dict[str, Any]:
        pairs, distractors = read_items(value["pairs"]), read_items(value.get("distractors"))
        return {
            "pairs": [{"id": row["id"], "left": row["left"], "right": row["right"]} for row in pairs],
            "distractors": [{"id": row["id"], "text": row["text"]} for row in distractors],
        }

    def to_editor(self, spec: Spec) -> dict[str, Any]:
        return {"pairs": write_items(spec["pairs"]), "distractors": write_texts(spec.get("distractors", ()))}

    def from_folder(self, row: Mapping[str, Any], language: str) -> dict[str, Any]:
        distractors = enumerate(row.get("distractors") or [], 1)
        return {
            "pairs": [
                {"id": str(p["id"]), "left": text_in(p["left"], language), "right": text_in(p["right"], language)}
                for p in row["pairs"]
            ],
            "distractors": [{"id": f"d{number}", "text": text_in(text, language)} for number, text in distractors],
        }

    def to_folder(self, specs: Mapping[str, Spec]) -> dict[str, Any]:
        row = in_each(specs)
        return {**row, "distractors": [distractor["text"] for distractor in row.get("distractors") or []]}

    def from_file(self, interaction: Pairs) -> Coded[dict[str, Any]]:
        """Lines are named a1, a2, ... in file order; one without a left side is a distractor.

        The right side of a pair is plain text, as in Moodle: what looks like a tag there stands for itself.
        """
        rows = [(f"a{number}", pair, pair.right.strip()) for number, pair in enumerate(interaction.pairs, 1)]
        pairs = [{"id": name, "left": plain(pair.left), "right": right} for name, pair, right in rows if pair.left]
        distractors = [{"id": name, "text": right} for name, pair, right in rows if not pair.left]
        return Coded({"pairs": pairs, "distractors": distractors})

    def to_file(self, spec: Spec) -> Coded[Pairs]:
        pairs = [ImportedPair(rich(pair["left"]), pair["right"]) for pair in spec["pairs"]]
        distractors = [ImportedPair(Rich(""), row["text"]) for row in spec.get("distractors", [])]
        return Coded(Pairs((*pairs, *distractors)))

    def public(self, spec: Spec, rng: random.Random) -> Public:
        lefts = deal([pair["left"] for pair in spec["pairs"]], rng)
        rights = deal(sorted(_ids_by_partner(spec)), rng)
        return {
            "type": self.name,
            "lefts": [{**item, "field": _field(item["token"])} for item in lefts],
            "rights": rights,
        }

    def read(self, spec: Spec, public: Public, sent: Submission) -> Response:
        check_fields(sent.fields, PREFIX, [item["field"] for item in public["lefts"]])
        ids_left, ids_right = ids_by_text(spec["pairs"], "left"), _ids_by_partner(spec)
        chosen = {}
        for item in public["lefts"]:
            token = single_value(sent.fields, item["field"])
            if token:
                chosen[ids_left[item["text"]]] = id_behind(token, public["rights"], ids_right)
        in_order = {pair["id"]: chosen[pair["id"]] for pair in spec["pairs"] if pair["id"] in chosen}
        return {"pairs": in_order} if in_order else {}

    def refill(self, spec: Spec, public: Public, response: Response) -> dict[str, list[str]]:
        answer = self._answer_or_none(spec, response) or {}
        return {
            _field(token_for(pair["left"], public["lefts"])): [token_for(answer[pair["id"]], public["rights"])]
            for pair in spec["pairs"]
            if pair["id"] in answer
        }

    def clean(self, spec: Spec, response: Response) -> Partners | None:
        chosen = response.get("pairs", {})
        if not isinstance(chosen, dict) or (response and not chosen):
            raise damaged_response()
        known = {pair["id"] for pair in spec["pairs"]}
        partners = _partners_by_id(spec)
        for left, right in chosen.items():
            if left not in known or not isinstance(right, str) or right not in partners:
                raise InvalidResponse(_("The saved answer names a line that is no longer there."))
        return {left: partners[right] for left, right in chosen.items()} or None

    def mark(self, spec: Spec, answer: Partners) -> ItemResult:
        right = sum(_is_right(pair, answer) for pair in spec["pairs"])
        return ItemResult(share(right, len(spec["pairs"])))

    def answer_text(self, spec: Spec, answer: Partners) -> str:
        return " ; ".join(f"{pair['left']} → {answer[pair['id']]}" for pair in spec["pairs"] if pair["id"] in answer)

    def right_answer(self, spec: Spec) -> str:
        return self.answer_text(spec, {pair["id"]: pair["right"] for pair in spec["pairs"]})

    def lines(self, spec: Spec, answer: Partners | None) -> list[ReviewLine]:
        given = answer or {}
        return [
            ReviewLine(
                label=pair["left"],
                chosen=pair["id"] in given,
                given=given.get(pair["id"], ""),
                expected=pair["right"],
                right=_is_right(pair, given),
                feedback="",
            )
            for pair in spec["pairs"]
        ]


def _field(token: str) -> str:
    return f"{PREFIX}{token}"


def _is_right(pair: Mapping[str, Any], answer: Partners) -> bool:
    return answer.get(pair["id"]) == pair["right"]


def _partners_by_id(spec: Spec) -> dict[str, str]:
    """{id: text} of all that can be chosen on the right."""
    partners = {pair["id"]: pair["right"] for pair in spec["pairs"]}
    return partners | {row["id"]: row["text"] for row in spec.get("distractors", [])}


def _ids_by_partner(spec: Spec) -> dict[str, str]:
    """{text: id}; a partner shared by several pairs goes by the id of the first."""
    return {text: name for name, text in reversed(_partners_by_id(spec).items())}
