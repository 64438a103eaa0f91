"""A number, right within a tolerance.

    {"answer": "1250.5", "tolerance": "0.5", "unit": "FCFA", "decimals": 2, "feedback": "...",
     "others": [{"answer": "125.05", "tolerance": "0", "credit": 50, "feedback": "..."}], "otherwise": "..."}

Only `answer` is required. Numbers are decimal strings (never floats): 0.1 stays 0.1. `tolerance` is
absolute and includes its limits. `unit` is shown beside the field and may be typed or not. `decimals`, if
given, tells how to read "1,250" (see `numbers`); else the shape of the key may (`decimals_of`). `others` are
answers the author expects, worth part of the mark (`credit`, percent) or nothing but a word of explanation;
`otherwise` is said to all other answers.

Response: {"text": "1 250,50 F", "value": "1250.50"}: as typed, and as read.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from assessments.formats.interactions import ImportedNumber, TypedNumber
from assessments.formats.neutral import Coded, Fault
from assessments.formats.plain import plain

from .base import (
    ItemResult,
    Problem,
    Public,
    QuestionType,
    Response,
    Spec,
    Submission,
    damaged_response,
    in_each,
    present,
    share,
    single_value,
)
from .checks import as_decimal, check_credit, check_length, check_optional_text, rows
from .editing import Value, credit_block, credited, feedback_block, filled, write_items
from .filing import credited as credited_in_file
from .filing import given_texts_in, is_otherwise, otherwise, rich, rounded
from .numbers import parse_number

FIELD = "answer"


class OtherNumberBlock(blocks.StructBlock):
    answer = blocks.DecimalBlock(label=gettext_lazy("number"))
    tolerance = blocks.DecimalBlock(label=gettext_lazy("accepted difference"), default=0, min_value=0)
    credit = credit_block(0)
    feedback = feedback_block()

    class Meta:
        label = gettext_lazy("number")
        label_format = "{answer}"


class NumericBlock(blocks.StructBlock):
    answer = blocks.DecimalBlock(label=gettext_lazy("right number"))
    tolerance = blocks.DecimalBlock(label=gettext_lazy("accepted difference"), default=0, min_value=0)
    unit = blocks.CharBlock(label=gettext_lazy("unit"), max_length=20, required=False)
    decimals = blocks.IntegerBlock(
        label=gettext_lazy("decimal places expected"),
        required=False,
        min_value=0,
        max_value=6,
        help_text=gettext_lazy("Tells how to read “1,250”. Empty: the learner is asked to write it clearly."),
    )
    feedback = feedback_block(gettext_lazy("feedback for the right number"))
    others = blocks.ListBlock(
        OtherNumberBlock(), min_num=0, max_num=10, default=[], label=gettext_lazy("other numbers you expect")
    )
    otherwise = feedback_block(gettext_lazy("feedback for any other number"))

    class Meta:
        icon = "decimal"


class Numeric(QuestionType[Decimal]):
    name = "numeric"
    label = gettext_lazy("Number")
    block = NumericBlock
    in_files = True

    def validate(self, spec: Spec) -> list[Problem]:
        if not isinstance(spec, Mapping):
            spec = {}
        problems = _check_number(spec, "")
        for field in ("unit", "feedback", "otherwise"):
            problems += check_optional_text(spec, field, field)
        decimals = spec.get("decimals")
        if decimals is not None and (isinstance(decimals, bool) or decimals not in range(10)):
            problems.append(Problem("decimals", _("This is not a number of decimal places."), _("Write 0, 1, 2 or 3.")))
        others = rows(spec, "others")
        if too_long := check_length(len(others), "others"):
            return too_long
        for number, other in enumerate(others):
            path = f"others.{number}."
            problems += _check_number(other, path) + check_credit(other, path)
            problems += check_optional_text(other, "feedback", f"{path}feedback")
        return problems

    def from_editor(self, value: Value) -> dict[str, Any]:
        others = [{**row, **_texts(row)} for row in credited(value.get("others"), "answer", "tolerance")]
        spec = {**_texts(value), **filled(value, "unit", "decimals", "feedback", "otherwise")}
        return {**spec, "others": others} if others else spec

    def to_editor(self, spec: Spec) -> dict[str, Any]:
        return {"tolerance": "0", **spec, "others": write_items(spec.get("others", ()))}

    def from_folder(self, row: Mapping[str, Any], language: str) -> dict[str, Any]:
        numbers = {"answer": row["answer"], "tolerance": row.get("tolerance") or 0}
        spec = {name: f"{Decimal(str(number)):f}" for name, number in numbers.items()}
        decimals = {"decimals": row["decimals"]} if row.get("decimals") is not None else {}
        return {**spec, **decimals, **given_texts_in(row, ["unit", "otherwise"], language)}

    def to_folder(self, specs: Mapping[str, Spec]) -> dict[str, Any]:
        row = dict(in_each(specs))
        for name in ("answer", "tolerance"):
            number = Decimal(row.get(name) or 0)
            row[name] = int(number) if number == number.to_integral_value() else float(number)
        return row

    def from_file(self, interaction: TypedNumber) -> Coded[dict[str, Any]]:
        """The first number that earns everything is the key; nothing without one."""
        answers = interaction.answers
        changed = (*rounded(answers), *_any_that_earns(answers))
        numbers = [answer for answer in answers if answer.value is not None]
        key = next((answer for answer in numbers if answer.credit == 100), None)
        if key is None:
            return Coded({}, changed=changed)
        others = [credited_in_file(answer, _limits(answer)) for answer in numbers if answer is not key]
        spec = {**_limits(key), "feedback": plain(key.feedback), "others": others, "otherwise": otherwise(answers)}
        return Coded(spec, changed=changed)

    def to_file(self, spec: Spec) -> Coded[TypedNumber]:
        answers = []
        for row in ({**spec, "credit": 100}, *spec.get("others", [])):
            answer, tolerance = _number(row)
            words, credit = rich(row.get("feedback", "")), Decimal(row.get("credit", 0))
            answers.append(ImportedNumber(answer, credit, words, tolerance))
        if words := rich(spec.get("otherwise", "")):
            answers.append(ImportedNumber(None, Decimal(0), words))
        unit = spec.get("unit")
        lost = (Fault(_("Without its unit (%(unit)s)") % {"unit": unit}, ""),) if unit else ()
        return Coded(TypedNumber(tuple(answers)), lost)

    def public(self, spec: Spec, rng: random.Random) -> Public:
        return {
            "type": self.name,
            "field": FIELD,
            "unit": spec.get("unit", ""),
            "decimals": spec.get("decimals"),
        }

    def read(self, spec: Spec, public: Public, sent: Submission) -> Response:
        text = single_value(sent.fields, FIELD).strip()
        if not text:
            return {}
        value = parse_number(text, unit=spec.get("unit", ""), decimals=decimals_of(spec))
        return {"text": text, "value": str(value)}

    def refill(self, spec: Spec, public: Public, response: Response) -> dict[str, list[str]]:
        answer = self._answer_or_none(spec, response)
        return {} if answer is None else {FIELD: [str(response.get("text", answer))]}

    def clean(self, spec: Spec, response: Response) -> Decimal | None:
        if not response:
            return None
        value = as_decimal(response.get("value"))
        if value is None:
            raise damaged_response()
        return value

    def mark(self, spec: Spec, answer: Decimal) -> ItemResult:
        if _within(spec, answer):
            return ItemResult(Decimal(1), present(spec.get("feedback", "")))
        for other in spec.get("others", []):
            if _within(other, answer):
                credit = share(other.get("credit", 0), 100)
                return ItemResult(credit, present(other.get("feedback", "")))
        return ItemResult(Decimal(0), present(spec.get("otherwise", "")))

    def answer_text(self, spec: Spec, answer: Decimal) -> str:
        return f"{number_format(answer)} {spec.get('unit', '')}".strip()

    def right_answer(self, spec: Spec) -> str:
        answer, tolerance = _number(spec)
        words = self.answer_text(spec, answer)
        if not tolerance:
            return words
        return _("%(answer)s (from %(low)s to %(high)s)") % {
            "answer": words,
            "low": number_format(answer - tolerance),
            "high": number_format(answer + tolerance),
        }


def decimals_of(spec: Spec) -> int | None:
    """How many decimal places to read "1,250" with: the author's word, or 3 when the key itself has decimals and no
    thousands. Never by whether the answer is right: what is asked back must not tell that.
    """
    if spec.get("decimals") is not None:
        return int(spec["decimals"])
    numbers = [_number(row) for row in (spec, *spec.get("others", []))]
    has_decimals = any(part != part.to_integral_value() for pair in numbers for part in pair)
    has_thousands = any(abs(answer) + tolerance >= 1000 for answer, tolerance in numbers)
    return 3 if has_decimals and not has_thousands else None


def _any_that_earns(answers: Sequence[ImportedNumber]) -> Iterator[Fault]:
    if any(answer.is_any and not is_otherwise(answer, answers) for answer in answers):
        yield Fault(
            _("An answer “*” that earns points was left out: any number would be right."),
            _("Add the numbers that earn points."),
        )


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    """The numbers of a stored row as texts, which keep 0.1 what it is."""
    return {name: str(row[name]) for name in ("answer", "tolerance") if row.get(name) is not None}


def _limits(answer: ImportedNumber) -> dict[str, Any]:
    return {"answer": str(answer.value), "tolerance": str(answer.tolerance)}


def _number(row: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """(answer, tolerance) of a row that has been validated."""
    return as_decimal(row["answer"]) or Decimal(0), as_decimal(row.get("tolerance") or "0") or Decimal(0)


def _within(row: Mapping[str, Any], given: Decimal) -> bool:
    answer, tolerance = _number(row)
    return abs(given - answer) <= tolerance


def _check_number(row: Mapping[str, Any], path: str) -> list[Problem]:
    problems = []
    if as_decimal(row.get("answer")) is None:
        problems.append(
            Problem(
                f"{path}answer",
                _("The right answer is not a number."),
                _("Write it with digits and a dot, between quotes: “1250.5”."),
            )
        )
    tolerance = as_decimal(row.get("tolerance") or "0")
    if tolerance is None or tolerance < 0:
        problems.append(
            Problem(
                f"{path}tolerance",
                _("The tolerance is not a positive number."),
                _("Write how far from the answer is still accepted, for example “0.5”, or leave it empty."),
            )
        )
    return problems
