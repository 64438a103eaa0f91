"""True or false.

    {"answer": true, "feedback_true": "shown to whoever said true", "feedback_false": "... said false"}

Response: {"choice": true}.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from wagtail import blocks

from assessments.formats.interactions import Truth
from assessments.formats.neutral import Coded
from assessments.formats.plain import plain_text

from .base import (
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
    single_value,
    unknown_choice,
)
from .checks import check_optional_text
from .editing import Value, feedback_block, filled
from .reading import given_texts_in, rich

FIELD = "choice"
VALUES = {"true": True, "false": False}
FEEDBACK = ("feedback_true", "feedback_false")


class TrueFalseBlock(blocks.StructBlock):
    answer = blocks.ChoiceBlock(
        choices=[("true", gettext_lazy("True")), ("false", gettext_lazy("False"))], label=gettext_lazy("right answer")
    )
    feedback_true = feedback_block(gettext_lazy("feedback for “true”"))
    feedback_false = feedback_block(gettext_lazy("feedback for “false”"))

    class Meta:
        icon = "success"


class TrueFalse(QuestionType[bool]):
    name = "true_false"
    label = gettext_lazy("True or false")
    block = TrueFalseBlock
    in_files = True

    def validate(self, spec: Spec) -> list[Problem]:
        if not isinstance(spec, Mapping) or not isinstance(spec.get("answer"), bool):
            return [Problem("answer", _("The right answer is not given."), _("Say whether it is true or false."))]
        return [problem for field in FEEDBACK for problem in check_optional_text(spec, field, field)]

    def from_editor(self, value: Value) -> dict[str, Any]:
        return {"answer": VALUES.get(value.get("answer", "")), **filled(value, *FEEDBACK)}

    def to_editor(self, spec: Spec) -> dict[str, Any]:
        return {**spec, "answer": "true" if spec["answer"] else "false"}

    def from_folder(self, row: Mapping[str, Any], language: str) -> dict[str, Any]:
        return {"answer": row["answer"], **given_texts_in(row, FEEDBACK, language)}

    def from_file(self, interaction: Truth) -> Coded[dict[str, Any]]:
        return Coded(
            {
                "answer": interaction.truth,
                "feedback_true": plain_text(interaction.feedback_true),
                "feedback_false": plain_text(interaction.feedback_false),
            }
        )

    def to_file(self, spec: Spec) -> Coded[Truth]:
        return Coded(Truth(spec["answer"], rich(spec.get("feedback_true", "")), rich(spec.get("feedback_false", ""))))

    def public(self, spec: Spec, rng: random.Random) -> Public:
        options = [{"token": token, "text": label_of(value)} for token, value in VALUES.items()]
        return {"type": self.name, "field": FIELD, "options": options}

    def read(self, spec: Spec, public: Public, sent: Submission) -> Response:
        token = single_value(sent.fields, FIELD)
        if token and token not in VALUES:
            raise unknown_choice()
        return {"choice": VALUES[token]} if token else {}

    def refill(self, spec: Spec, public: Public, response: Response) -> dict[str, list[str]]:
        answer = self._answer_or_none(spec, response)
        return {} if answer is None else {FIELD: ["true" if answer else "false"]}

    def clean(self, spec: Spec, response: Response) -> bool | None:
        if not response:
            return None
        if not isinstance(response.get("choice"), bool):
            raise damaged_response()
        return bool(response["choice"])

    def mark(self, spec: Spec, answer: bool) -> ItemResult:
        return ItemResult(Decimal(int(answer == spec["answer"])), present(_feedback(spec, answer)))

    def answer_text(self, spec: Spec, answer: bool) -> str:
        return label_of(answer)

    def right_answer(self, spec: Spec) -> str:
        return label_of(spec["answer"])

    def lines(self, spec: Spec, answer: bool | None) -> list[ReviewLine]:
        return [
            ReviewLine(
                label=label_of(value),
                chosen=answer is value,
                given="",
                expected="",
                right=spec["answer"] is value,
                feedback=_feedback(spec, value) if answer is value or spec["answer"] is value else "",
            )
            for value in VALUES.values()
        ]


def label_of(value: bool) -> str:
    return pgettext("true or false question", "True") if value else pgettext("true or false question", "False")


def _feedback(spec: Spec, answer: bool) -> str:
    return spec.get("feedback_true" if answer else "feedback_false", "")
