"""A number, right within a tolerance.

    {"answer": "1250.5", "tolerance": "0.5", "unit": "FCFA", "decimals": 2, "feedback": "...",
     "others": [{"answer": "125.05", "tolerance": "0", "credit": 50, "feedback": "..."}], "otherwise": "...",
     "ask_unit": false, "units": [{"unit": "cm", "factor": "0.01"}], "unit_credit": 0,
     "figures": 3, "figures_credit": 50}

Only `answer` is required. Numbers are decimal strings (never floats): 0.1 stays 0.1. `tolerance` is
absolute and includes its limits. `unit` is shown beside the field and may be typed or not. `decimals`, if
given, tells how to read "1,250" (see `numbers`); else the shape of the key may (`decimals_of`). `others` are
answers the author expects, worth part of the mark (`credit`, percent) or nothing but a word of explanation;
`otherwise` is said to all other answers.

With `ask_unit` the learner types the unit: `unit`, or one of `units`, whose numbers are converted by their `factor`
(1 cm is 0.01 m); a right number with another unit or none earns `unit_credit` percent. `figures` is how many
significant figures the number must have (zeros at the end of a whole number may count or not); a right number with
others earns `figures_credit` percent. Where both are wrong, the lower share counts.

Response: {"text": "1 250,50 F", "value": "1250.50"}: as typed, and as read; with `ask_unit` also {"unit": "f"}.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from assessments.formats.interactions import ImportedNumber, TypedNumber
from assessments.formats.neutral import Coded, Fault
from assessments.formats.plain import plain_text

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
from .checks import as_decimal, check_credit, check_flag, check_length, check_optional_text, is_text, rows
from .editing import Value, credit_block, credited, feedback_block, filled, read_items, write_items
from .numbers import parse_number, split_unit, without_spaces
from .reading import credited as credited_in_file
from .reading import given_texts_in, is_otherwise, otherwise, rich, rounded, text_in

FIELD = "answer"
MOST_FIGURES = 10


class OtherNumberBlock(blocks.StructBlock):
    answer = blocks.DecimalBlock(label=gettext_lazy("number"))
    tolerance = blocks.DecimalBlock(label=gettext_lazy("accepted difference"), default=0, min_value=0)
    credit = credit_block(0)
    feedback = feedback_block()

    class Meta:
        label = gettext_lazy("number")
        label_format = "{answer}"


class UnitBlock(blocks.StructBlock):
    unit = blocks.CharBlock(label=gettext_lazy("unit"), max_length=20)
    factor = blocks.DecimalBlock(
        label=gettext_lazy("worth, in the first unit"), help_text=gettext_lazy("1 cm is worth 0.01 when the unit is m.")
    )

    class Meta:
        label = gettext_lazy("unit")
        label_format = "{unit}"


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
    ask_unit = blocks.BooleanBlock(label=gettext_lazy("the learner types the unit"), required=False)
    units = blocks.ListBlock(
        UnitBlock(), min_num=0, max_num=10, default=[], label=gettext_lazy("other units that are accepted")
    )
    unit_credit = blocks.IntegerBlock(
        label=gettext_lazy("share of the points without the right unit, %"), required=False, min_value=0, max_value=100
    )
    figures = blocks.IntegerBlock(
        label=gettext_lazy("significant figures expected"), required=False, min_value=1, max_value=MOST_FIGURES
    )
    figures_credit = blocks.IntegerBlock(
        label=gettext_lazy("share of the points with other significant figures, %"),
        required=False,
        min_value=0,
        max_value=100,
    )

    class Meta:
        icon = "decimal"


class Given(NamedTuple):
    """What was typed; the unit is empty where it was not asked for."""

    value: Decimal
    unit: str = ""


class Numeric(QuestionType[Given]):
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
        problems += _check_unit_and_figures(spec)
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
        spec |= filled(value, "figures", "figures_credit") if value.get("figures") else {}
        if value.get("ask_unit"):
            units = [{"unit": row["unit"], "factor": str(row["factor"])} for row in read_items(value.get("units"))]
            spec |= {"ask_unit": True, **filled(value, "unit_credit"), **({"units": units} if units else {})}
        return {**spec, "others": others} if others else spec

    def to_editor(self, spec: Spec) -> dict[str, Any]:
        lists = {name: write_items(spec.get(name, ())) for name in ("others", "units")}
        return {"tolerance": "0", **spec, **lists}

    def from_folder(self, row: Mapping[str, Any], language: str) -> dict[str, Any]:
        numbers = {"answer": row["answer"], "tolerance": row.get("tolerance") or 0}
        spec = {name: f"{Decimal(str(number)):f}" for name, number in numbers.items()}
        decimals = {"decimals": row["decimals"]} if row.get("decimals") is not None else {}
        more = {name: row[name] for name in ("figures", "figures_credit", "unit_credit") if row.get(name) is not None}
        if row.get("ask_unit") is True:
            more["ask_unit"] = True
        if row.get("units"):
            more["units"] = [
                {"unit": text_in(unit["unit"], language), "factor": f"{Decimal(str(unit['factor'])):f}"}
                for unit in row["units"]
            ]
        return {**spec, **decimals, **more, **given_texts_in(row, ["unit", "otherwise"], language)}

    def to_folder(self, specs: Mapping[str, Spec]) -> dict[str, Any]:
        row = dict(in_each(specs))
        for name in ("answer", "tolerance"):
            number = Decimal(row.get(name) or 0)
            row[name] = _plain_number(number)
        if row.get("units"):
            row["units"] = [{**unit, "factor": _plain_number(Decimal(unit["factor"]))} for unit in row["units"]]
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
        spec = {**_limits(key), "feedback": plain_text(key.feedback), "others": others, "otherwise": otherwise(answers)}
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
        lost = [_("Without its unit (%(unit)s)") % {"unit": unit}] if unit else []
        lost += [_("Without asking for the unit")] if spec.get("ask_unit") else []
        lost += [_("Without its number of significant figures")] if spec.get("figures") else []
        return Coded(TypedNumber(tuple(answers)), tuple(Fault(what, "") for what in lost))

    def public(self, spec: Spec, rng: random.Random) -> Public:
        return {
            "type": self.name,
            "field": FIELD,
            "unit": "" if spec.get("ask_unit") else spec.get("unit", ""),
            "ask_unit": spec.get("ask_unit", False),
            "figures": spec.get("figures"),
            "decimals": spec.get("decimals"),
        }

    def read(self, spec: Spec, public: Public, sent: Submission) -> Response:
        text = single_value(sent.fields, FIELD).strip()
        if not text:
            return {}
        if spec.get("ask_unit"):
            number, unit = split_unit(text)
            value = parse_number(number, decimals=decimals_of(spec))
            return {"text": text, "value": str(value), "unit": unit}
        value = parse_number(text, unit=spec.get("unit", ""), decimals=decimals_of(spec))
        return {"text": text, "value": str(value)}

    def refill(self, spec: Spec, public: Public, response: Response) -> dict[str, list[str]]:
        answer = self._answer_or_none(spec, response)
        return {} if answer is None else {FIELD: [str(response.get("text", answer.value))]}

    def clean(self, spec: Spec, response: Response) -> Given | None:
        if not response:
            return None
        value, unit = as_decimal(response.get("value")), response.get("unit", "")
        if value is None or not isinstance(unit, str):
            raise damaged_response()
        return Given(value, unit)

    def mark(self, spec: Spec, answer: Given) -> ItemResult:
        value, is_unit = converted(spec, answer)
        if _within(spec, value):
            return _reduced(spec, answer, is_unit)
        for other in spec.get("others", []):
            if _within(other, value):
                credit = share(other.get("credit", 0), 100)
                return ItemResult(credit, present(other.get("feedback", "")))
        return ItemResult(Decimal(0), present(spec.get("otherwise", "")))

    def answer_text(self, spec: Spec, answer: Given) -> str:
        unit = answer.unit if spec.get("ask_unit") else spec.get("unit", "")
        return f"{number_format(answer.value)} {unit}".strip()

    def right_answer(self, spec: Spec) -> str:
        answer, tolerance = _number(spec)
        words = f"{number_format(answer)} {spec.get('unit', '')}".strip()
        if not tolerance:
            return words
        return _("%(answer)s (from %(low)s to %(high)s)") % {
            "answer": words,
            "low": number_format(answer - tolerance),
            "high": number_format(answer + tolerance),
        }


def converted(spec: Spec, given: Given) -> tuple[Decimal, bool]:
    """(the number in the first unit, whether its unit is one of those accepted)"""
    if not spec.get("ask_unit") or given.unit == without_spaces(spec["unit"]):
        return given.value, True
    factor = next((row["factor"] for row in spec.get("units", []) if without_spaces(row["unit"]) == given.unit), None)
    return (given.value, False) if factor is None else (given.value * Decimal(factor), True)


def significant_figures(number: Decimal) -> range:
    """How many a written number may have: 0.050 has two, 1200 has two, three or four."""
    digits, exponent = number.as_tuple().digits, number.as_tuple().exponent
    least = len("".join(map(str, digits)).strip("0")) or 1
    return range(least if exponent == 0 else len(digits), len(digits) + 1)


def _reduced(spec: Spec, given: Given, is_unit: bool) -> ItemResult:
    """The mark of a right number: less with another unit, or other significant figures."""
    credit, words = 100, []
    if not is_unit:
        credit = min(credit, spec.get("unit_credit", 0))
        words.append(_("The number is right, its unit is not."))
    if spec.get("figures") and spec["figures"] not in significant_figures(given.value):
        credit = min(credit, spec.get("figures_credit", 0))
        words.append(_("The number is right, but not its significant figures."))
    return ItemResult(share(credit, 100), present(*(words or [spec.get("feedback", "")])))


def _check_unit_and_figures(spec: Spec) -> list[Problem]:
    problems = check_flag(spec, "ask_unit", "ask_unit")
    for name in ("unit_credit", "figures_credit"):
        credit = spec.get(name, 0)
        if isinstance(credit, bool) or credit not in range(101):
            what = _("The share of the points is not a percentage.")
            problems.append(Problem(name, what, _("Write a whole number from 0 to 100.")))
    figures = spec.get("figures")
    if figures is not None and (isinstance(figures, bool) or figures not in range(1, MOST_FIGURES + 1)):
        what = _("This is not a number of significant figures.")
        problems.append(
            Problem("figures", what, _("Write a whole number from 1 to %(most)s.") % {"most": MOST_FIGURES})
        )
    if spec.get("ask_unit") is True and not is_text(spec.get("unit")):
        what = _("The learner is to type the unit, but there is none.")
        problems.append(Problem("unit", what, _("Write the unit of the right number.")))
    units = rows(spec, "units")
    problems += check_length(len(units), "units")
    for number, row in enumerate(units):
        factor = as_decimal(row.get("factor"))
        if not is_text(row.get("unit")) or factor is None or factor <= 0:
            what = _("A unit needs its name, and what it is worth in the first unit.")
            problems.append(Problem(f"units.{number}", what, _("Write both, or delete the line.")))
    return problems


def _plain_number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


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
