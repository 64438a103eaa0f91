"""True or false.

    {"answer": true, "feedback_true": "shown to whoever said true", "feedback_false": "... said false"}

Response: {"choice": true}.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from .base import (
    ItemResult,
    Problem,
    Public,
    QuestionType,
    Raw,
    Response,
    ReviewLine,
    Spec,
    damaged_response,
    present,
    single_value,
    unknown_choice,
)
from .checks import check_optional_text

FIELD = "choice"
VALUES = {"true": True, "false": False}


class TrueFalse(QuestionType[bool]):
    name = "true_false"
    label = gettext_lazy("True or false")

    def validate(self, spec: Spec) -> list[Problem]:
        if not isinstance(spec, Mapping) or not isinstance(spec.get("answer"), bool):
            return [Problem("answer", _("The right answer is not given."), _("Say whether it is true or false."))]
        return [
            problem
            for field in ("feedback_true", "feedback_false")
            for problem in check_optional_text(spec, field, field)
        ]

    def public(self, spec: Spec, rng: random.Random) -> Public:
        options = [{"token": token, "text": in_words(value)} for token, value in VALUES.items()]
        return {"type": self.name, "field": FIELD, "options": options}

    def read(self, spec: Spec, public: Public, raw: Raw) -> Response:
        token = single_value(raw, FIELD)
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

    def say(self, spec: Spec, answer: bool) -> str:
        return in_words(answer)

    def right_answer(self, spec: Spec) -> str:
        return in_words(spec["answer"])

    def lines(self, spec: Spec, answer: bool | None) -> list[ReviewLine]:
        return [
            ReviewLine(
                label=in_words(value),
                chosen=answer is value,
                given="",
                expected="",
                right=spec["answer"] is value,
                feedback=_feedback(spec, value) if answer is value or spec["answer"] is value else "",
            )
            for value in VALUES.values()
        ]


def in_words(value: bool) -> str:
    return pgettext("true or false question", "True") if value else pgettext("true or false question", "False")


def _feedback(spec: Spec, answer: bool) -> str:
    return spec.get("feedback_true" if answer else "feedback_false", "")
