"""A word or a few, typed.

    {"accepted": [{"text": "clavier", "credit": 100, "feedback": "..."}, ...], "otherwise": "..."}

Answers are compared after `folding.comparable_answer`. `credit` (percent, 100 when absent) gives part of the mark to
an answer that is nearly right, or none to a mistake the author expects and wants to explain. At least one
answer must be worth 100. `otherwise` is said to all answers the author did not foresee.

Response: {"text": "as typed"}.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from assessments.formats.neutral import ImportedAnswer, ImportedQuestion
from assessments.formats.plain import plain

from .base import (
    InvalidResponse,
    ItemResult,
    Problem,
    Public,
    QuestionType,
    Raw,
    Response,
    Spec,
    damaged_response,
    present,
    share,
    single_value,
)
from .checks import check_credit, check_optional_text, is_text, rows
from .editing import Value, credit_block, credited, feedback_block, filled, write_items
from .filing import credited as credited_in_file
from .filing import given_texts_in, otherwise, otherwise_to_file, rich
from .folding import comparable_answer

FIELD = "answer"
LONGEST = 500  # characters


class AcceptedBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=gettext_lazy("accepted answer"), max_length=200)
    credit = credit_block(100)
    feedback = feedback_block()

    class Meta:
        label = gettext_lazy("accepted answer")
        label_format = "{text}"


class ShortTextBlock(blocks.StructBlock):
    accepted = blocks.ListBlock(AcceptedBlock(), min_num=1, max_num=20, label=gettext_lazy("accepted answers"))
    otherwise = feedback_block(gettext_lazy("feedback to any other answer"))

    class Meta:
        icon = "pilcrow"


class ShortText(QuestionType[str]):
    name = "short_text"
    label = gettext_lazy("Short answer")
    block = ShortTextBlock
    in_files = True

    def validate(self, spec: Spec) -> list[Problem]:
        accepted = rows(spec, "accepted")
        problems = []
        if not any(_credit(row) == 100 for row in accepted):
            problems.append(
                Problem("accepted", _("No answer earns the full mark."), _("Add at least one right answer."))
            )
        for number, row in enumerate(accepted):
            path = f"accepted.{number}."
            if not is_text(row.get("text")):
                problems.append(Problem(f"{path}text", _("This answer is empty."), _("Write it, or delete the line.")))
            problems += check_credit(row, path) + check_optional_text(row, "feedback", f"{path}feedback")
        if isinstance(spec, Mapping):
            problems += check_optional_text(spec, "otherwise", "otherwise")
        return problems + _check_clashes(accepted)

    def from_editor(self, value: Value) -> dict[str, Any]:
        return {"accepted": credited(value["accepted"], "text"), **filled(value, "otherwise")}

    def to_editor(self, spec: Spec) -> dict[str, Any]:
        return {**spec, "accepted": write_items(spec["accepted"])}

    def from_folder(self, row: Mapping[str, Any], language: str) -> dict[str, Any]:
        accepted = row["accepted"]
        texts = accepted[language] if isinstance(accepted, dict) else accepted
        words = given_texts_in(row, ["otherwise"], language)
        return {"accepted": [{"text": str(text), "credit": 100} for text in texts], **words}

    def from_file(self, question: ImportedQuestion) -> dict[str, Any]:
        answers = [answer for answer in question.answers if answer.text.text != "*"]
        accepted = [credited_in_file(answer, {"text": plain(answer.text)}) for answer in answers]
        return {"accepted": accepted, "otherwise": otherwise(question)}

    def to_file(self, spec: Spec) -> dict[str, Any]:
        answers = (
            ImportedAnswer(rich(row["text"]), Decimal(_credit(row)), rich(row.get("feedback", "")))
            for row in spec["accepted"]
        )
        return {"answers": (*answers, *otherwise_to_file(spec))}

    def left_out(self, spec: Spec) -> Iterator[str]:
        if any("->" in row["text"] for row in spec["accepted"]):
            yield _("With “→” instead of “->” in its answers")

    def changes(self, question: ImportedQuestion) -> Iterator[tuple[str, str]]:
        if any("*" in answer.text.text and answer.text.text != "*" for answer in question.answers):
            yield (
                _("An answer contains “*”, which stands for itself here, not for any letters."),
                _("Write the accepted answers in full."),
            )

    def public(self, spec: Spec, rng: random.Random) -> Public:
        return {"type": self.name, "field": FIELD}

    def read(self, spec: Spec, public: Public, raw: Raw) -> Response:
        text = single_value(raw, FIELD).strip()
        if len(text) > LONGEST:
            raise InvalidResponse(
                _("Your answer is too long. Write at most %(limit)s characters.") % {"limit": LONGEST}
            )
        return {"text": text} if text else {}

    def refill(self, spec: Spec, public: Public, response: Response) -> dict[str, list[str]]:
        answer = self._answer_or_none(spec, response)
        return {} if answer is None else {FIELD: [answer]}

    def clean(self, spec: Spec, response: Response) -> str | None:
        if not response:
            return None
        text = response.get("text")
        if not isinstance(text, str) or not text.strip():
            raise damaged_response()
        return text

    def mark(self, spec: Spec, answer: str) -> ItemResult:
        folded = comparable_answer(answer)
        for row in spec["accepted"]:
            if comparable_answer(row["text"]) == folded:
                return ItemResult(share(_credit(row), 100), present(row.get("feedback", "")))
        return ItemResult(Decimal(0), present(spec.get("otherwise", "")))

    def say(self, spec: Spec, answer: str) -> str:
        return answer

    def right_answer(self, spec: Spec) -> str:
        return " / ".join(row["text"] for row in spec["accepted"] if _credit(row) == 100)


def _credit(row: Mapping[str, Any]) -> int:
    credit = row.get("credit", 100)
    return credit if isinstance(credit, int) else 0


def _check_clashes(accepted: list[Mapping[str, Any]]) -> list[Problem]:
    """Two answers that fold to one but earn different credit: the second would never count."""
    known: dict[str, int] = {}
    problems = []
    for number, row in enumerate(accepted):
        if not is_text(row.get("text")):
            continue
        if known.setdefault(comparable_answer(row["text"]), _credit(row)) != _credit(row):
            problems.append(
                Problem(
                    f"accepted.{number}.text",
                    _("“%(text)s” is already in the list with another credit.") % {"text": row["text"]},
                    _("Delete one of the two: capitals and accents make no difference."),
                )
            )
    return problems
