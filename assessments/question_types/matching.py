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
from assessments.formats.plain import plain_text
from assessments.formats.rich import Rich
from cms.blocks import blank_rows

from .assigning import Assigning, Choices, Line
from .base import Problem, Spec, in_each
from .checks import check_ids, check_length, check_rows, check_texts, rows
from .editing import Value, read_items, write_items, write_texts
from .reading import rich, text_in
from .tokens import ShownItem, deal


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


class Matching(Assigning):
    name = "matching"
    saved_as, field_prefix = "pairs", "match-"
    shown_lines, shown_choices = "lefts", "rights"
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
        pairs = [{"id": name, "left": plain_text(pair.left), "right": right} for name, pair, right in rows if pair.left]
        distractors = [{"id": name, "text": right} for name, pair, right in rows if not pair.left]
        return Coded({"pairs": pairs, "distractors": distractors})

    def to_file(self, spec: Spec) -> Coded[Pairs]:
        pairs = [ImportedPair(rich(pair["left"]), pair["right"]) for pair in spec["pairs"]]
        distractors = [ImportedPair(Rich(""), row["text"]) for row in spec.get("distractors", [])]
        return Coded(Pairs((*pairs, *distractors)))

    def asked(self, spec: Spec) -> list[Line]:
        return [Line(pair["id"], pair["left"], pair["right"]) for pair in spec["pairs"]]

    def texts_by_id(self, spec: Spec) -> dict[str, str]:
        partners = {pair["id"]: pair["right"] for pair in spec["pairs"]}
        return partners | {row["id"]: row["text"] for row in spec.get("distractors", [])}

    def deal_choices(self, spec: Spec, rng: random.Random) -> list[ShownItem]:
        return deal(sorted(self.ids_by_text(spec)), rng)

    def answer_text(self, spec: Spec, answer: Choices) -> str:
        return " ; ".join(f"{pair['left']} → {answer[pair['id']]}" for pair in spec["pairs"] if pair["id"] in answer)
