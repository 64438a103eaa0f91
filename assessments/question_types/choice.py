"""One right answer, or several, among options.

    {"options": [{"id": "a", "text": "...", "correct": true, "feedback": "..."}, ...], "shuffle": true}

`shuffle: false` keeps the author's order ("all of the above", sizes from small to large). `credit`, a percentage
written as text ("33.33333"), is there only where an option earns something else than the rule of its type gives.
"""

from __future__ import annotations

import random
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from assessments.formats.interactions import Choices, ImportedAnswer
from assessments.formats.neutral import Coded, Fault
from assessments.formats.plain import plain_text
from cms.blocks import blank_rows
from lms.lib.percentages import percent

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
from .checks import as_decimal, check_flag, check_length, check_optional_text, check_rows, rows
from .editing import Value, filled, read_items, write_items
from .reading import given_texts_in, rich, text_in
from .tokens import deal, id_behind, ids_by_text, token_for

FIELD = "choice"
ALL = Decimal(100)
HALF_A_PERCENT = Decimal("0.5")
NEARLY = Decimal("0.01")  # percent: three times 33.33333 is everything

Answer = TypeVar("Answer", str, frozenset[str])


class OptionBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=gettext_lazy("answer"), max_length=400)
    correct = blocks.BooleanBlock(label=gettext_lazy("right"), required=False)
    feedback = blocks.CharBlock(label=gettext_lazy("feedback"), max_length=600, required=False)
    credit = blocks.DecimalBlock(
        label=gettext_lazy("share of the points, %"),
        required=False,
        min_value=-100,
        max_value=100,
        help_text=gettext_lazy(
            "Leave this empty in most questions: fill it in only for an answer that earns part of the points."
        ),
    )

    class Meta:
        label = gettext_lazy("answer")
        label_format = "{text}"


class ChoiceBlock(blocks.StructBlock):
    options = blocks.ListBlock(
        OptionBlock(), min_num=2, max_num=12, default=blank_rows(OptionBlock), label=gettext_lazy("answers")
    )
    shuffle = blocks.BooleanBlock(label=gettext_lazy("shuffle the answers"), required=False, default=True)


class SingleBlock(ChoiceBlock):
    class Meta:
        icon = "radio-empty"


class MultipleBlock(ChoiceBlock):
    class Meta:
        icon = "check"


class Choice(QuestionType[Answer]):
    """What the two have in common; ids travel as opaque tokens, see `tokens`."""

    in_files = True
    filed_as: Literal["single", "multiple"]
    between = " ; "  # the right answers, where they are told

    def validate(self, spec: Spec) -> list[Problem]:
        if too_long := check_length(len(rows(spec, "options")), "options"):
            return too_long
        problems = check_rows(spec, "options", ["text"], least=2)
        for number, option in enumerate(rows(spec, "options")):
            problems += check_flag(option, "correct", f"options.{number}.correct")
            problems += check_optional_text(option, "feedback", f"options.{number}.feedback")
            problems += _check_share(option, f"options.{number}.credit")
        if isinstance(spec, Mapping):
            problems += check_flag(spec, "shuffle", "shuffle")
        if rows(spec, "options") and not right_options(spec):
            problems.append(
                Problem("options", _("No option is marked as right."), _("Mark at least one option as right."))
            )
        return problems

    def from_editor(self, value: Value) -> dict[str, Any]:
        options = [
            {
                "id": row["id"],
                "text": row["text"],
                "correct": bool(row.get("correct")),
                **filled(row, "feedback"),
                **_share_of(row),
            }
            for row in read_items(value["options"])
        ]
        return {"options": options, "shuffle": bool(value.get("shuffle", True))}

    def to_editor(self, spec: Spec) -> dict[str, Any]:
        return {"options": write_items(spec["options"]), "shuffle": spec.get("shuffle", True)}

    def from_folder(self, row: Mapping[str, Any], language: str) -> dict[str, Any]:
        options = [
            {
                "id": str(option["id"]),
                "text": text_in(option["text"], language),
                "correct": option.get("correct", False),
                **given_texts_in(option, ["feedback"], language),
                **_share_of(option),
            }
            for option in row["options"]
        ]
        return {"options": options, "shuffle": row.get("shuffle", True)}

    def from_file(self, interaction: Choices) -> Coded[dict[str, Any]]:
        """Options are named a1, a2, ... in file order."""
        needed = self.needed_credits([answer.credit for answer in interaction.answers])
        options = [
            {
                "id": f"a{number}",
                "text": plain_text(answer.text),
                "correct": self.is_right_in_file(answer.credit),
                "feedback": plain_text(answer.feedback),
                **({"credit": f"{answer.credit:f}"} if needs_credit else {}),
            }
            for number, (answer, needs_credit) in enumerate(zip(interaction.answers, needed, strict=True), 1)
        ]
        return Coded({"options": options}, changed=tuple(self.changes(interaction)))

    @abstractmethod
    def is_right_in_file(self, credit: Decimal) -> bool:
        """Is an answer worth this percentage of the mark a right one?"""

    @abstractmethod
    def needed_credits(self, credits_given: list[Decimal]) -> list[bool]:
        """Of each percentage: does our rule give something else? All at once: one may depend on the others."""

    @abstractmethod
    def percent(self, spec: Spec, option: Mapping[str, Any]) -> Decimal:
        """What choosing this option adds, in percent of the mark."""

    def changes(self, interaction: Choices) -> Iterator[Fault]:
        """What the trainer will find different from their file."""
        yield from ()

    def to_file(self, spec: Spec) -> Coded[Choices]:
        answers = (
            ImportedAnswer(rich(option["text"]), self.percent(spec, option), rich(option.get("feedback", "")))
            for option in spec["options"]
        )
        return Coded(Choices(tuple(answers), self.filed_as))

    def public(self, spec: Spec, rng: random.Random) -> Public:
        texts = [option["text"] for option in spec["options"]]
        items = deal(texts, rng, shuffle=spec.get("shuffle", True))
        return {"type": self.name, "field": FIELD, "options": items}

    def chosen(self, spec: Spec, answer: Answer | None) -> list[Mapping[str, Any]]:
        """The options in the answer, in the author's order."""
        ids = frozenset() if answer is None else frozenset({answer} if isinstance(answer, str) else answer)
        return [option for option in spec["options"] if option["id"] in ids]

    def answer_text(self, spec: Spec, answer: Answer) -> str:
        return " ; ".join(option["text"] for option in self.chosen(spec, answer))

    def right_answer(self, spec: Spec) -> str:
        return self.between.join(option["text"] for option in right_options(spec))

    def lines(self, spec: Spec, answer: Answer | None) -> list[ReviewLine]:
        chosen = {option["id"] for option in self.chosen(spec, answer)}
        return [
            ReviewLine(
                label=option["text"],
                chosen=option["id"] in chosen,
                given="",
                expected="",
                right=is_right(option),
                feedback=option.get("feedback", "") if option["id"] in chosen or is_right(option) else "",
            )
            for option in spec["options"]
        ]

    def _feedback(self, spec: Spec, answer: Answer) -> tuple[str, ...]:
        return present(*(option.get("feedback", "") for option in self.chosen(spec, answer)))


class Single(Choice[str]):
    """One choice. Of several right options each earns everything; `credit` lets a nearly right one earn a part.

    Response: {"choice": "a"}.
    """

    name = filed_as = "single"
    label = gettext_lazy("One choice")
    block = SingleBlock
    between = " / "

    def is_right_in_file(self, credit: Decimal) -> bool:
        return credit == 100

    def needed_credits(self, credits_given: list[Decimal]) -> list[bool]:
        return [0 < credit < ALL for credit in credits_given]

    def percent(self, spec: Spec, option: Mapping[str, Any]) -> Decimal:
        return _share(option, ALL if is_right(option) else Decimal(0))

    def changes(self, interaction: Choices) -> Iterator[Fault]:
        if any(answer.credit < 0 for answer in interaction.answers):
            yield Fault(
                _("A choice that used to take points away now earns nothing: a question never scores below zero."),
                _("There is nothing to do if that suits you."),
            )

    def read(self, spec: Spec, public: Public, sent: Submission) -> Response:
        token = single_value(sent.fields, FIELD)
        if not token:
            return {}
        return {"choice": id_behind(token, public["options"], ids_by_text(spec["options"]))}

    def refill(self, spec: Spec, public: Public, response: Response) -> dict[str, list[str]]:
        answer = self._answer_or_none(spec, response)
        return {FIELD: _tokens(self.chosen(spec, answer), public)} if answer else {}

    def clean(self, spec: Spec, response: Response) -> str | None:
        if not response:
            return None
        return _known_id(spec, response.get("choice"))

    def mark(self, spec: Spec, answer: str) -> ItemResult:
        percent = sum(self.percent(spec, option) for option in self.chosen(spec, answer))
        return ItemResult(share(percent, ALL), self._feedback(spec, answer))


class Multiple(Choice[frozenset[str]]):
    """Several right answers. Response: {"choices": ["a", "c"]}.

    Partial credit: (right ones chosen - wrong ones chosen) / number of right ones, never below 0. So choosing
    everything earns nothing extra, and only the exact set earns the full mark. Where options have a `credit`, theirs
    are added instead, as Moodle does: from 0 to the full mark.
    """

    name = filed_as = "multiple"
    label = gettext_lazy("Several right answers")
    block = MultipleBlock

    def validate(self, spec: Spec) -> list[Problem]:
        problems = super().validate(spec)
        if problems or not any(_share_of(option) for option in spec["options"]):
            return problems
        for number, option in enumerate(spec["options"]):
            if is_right(option) and not _share_of(option):
                what = _("This right answer has no share of the points, while others have one.")
                remedy = _("Give each right answer its share, or none of them.")
                problems.append(Problem(f"options.{number}.credit", what, remedy))
        most = sum(max(Decimal(0), self.percent(spec, option)) for option in spec["options"])
        if not problems and most < ALL - NEARLY:
            what = _("Together, the right choices earn %(percent)s of the points.") % {"percent": percent(most)}
            problems.append(Problem("options", what, _("Make the shares of the right answers add up to 100.")))
        return problems

    def is_right_in_file(self, credit: Decimal) -> bool:
        return credit > 0

    def needed_credits(self, credits_given: list[Decimal]) -> list[bool]:
        return [not _same_rule(credits_given)] * len(credits_given)

    def percent(self, spec: Spec, option: Mapping[str, Any]) -> Decimal:
        if any(_share_of(row) for row in spec["options"]):
            return _share(option, Decimal(0))
        right = len(right_options(spec))
        each = ALL if right == 1 else (ALL / right).quantize(Decimal("0.00001"))
        return each if is_right(option) else -each

    def read(self, spec: Spec, public: Public, sent: Submission) -> Response:
        ids = ids_by_text(spec["options"])
        tokens = [token for token in sent.fields.get(FIELD, ()) if token.strip()]
        chosen = {id_behind(token, public["options"], ids) for token in tokens}
        in_order = [option["id"] for option in spec["options"] if option["id"] in chosen]
        return {"choices": in_order} if in_order else {}

    def refill(self, spec: Spec, public: Public, response: Response) -> dict[str, list[str]]:
        answer = self._answer_or_none(spec, response)
        return {FIELD: _tokens(self.chosen(spec, answer), public)} if answer else {}

    def clean(self, spec: Spec, response: Response) -> frozenset[str] | None:
        choices = response.get("choices", [])
        if not isinstance(choices, list) or (response and not choices):
            raise damaged_response()
        return frozenset(_known_id(spec, choice) for choice in choices) or None

    def mark(self, spec: Spec, answer: frozenset[str]) -> ItemResult:
        chosen = self.chosen(spec, answer)
        if any(_share_of(option) for option in spec["options"]):
            percent = sum(self.percent(spec, option) for option in chosen)
            earned = share(ALL if percent > ALL - NEARLY else percent, ALL)
        else:
            right = sum(is_right(option) for option in chosen)
            earned = share(2 * right - len(answer), len(right_options(spec)))
        return ItemResult(earned, self._feedback(spec, answer))


def is_right(option: Mapping[str, Any]) -> bool:
    return option.get("correct", False) is True


def right_options(spec: Spec) -> list[Mapping[str, Any]]:
    return [option for option in rows(spec, "options") if is_right(option)]


def _share_of(option: Mapping[str, Any]) -> dict[str, str]:
    """The credit of an option as text, which keeps 33.33333 what it is; nothing where it has none."""
    credit = option.get("credit")
    return {} if credit in (None, "") else {"credit": str(credit)}


def _share(option: Mapping[str, Any], otherwise: Decimal) -> Decimal:
    credit = as_decimal(option.get("credit"))
    return otherwise if credit is None else credit


def _check_share(option: Mapping[str, Any], path: str) -> list[Problem]:
    credit = as_decimal(option.get("credit", "0"))
    if credit is not None and abs(credit) <= ALL:
        return []
    return [Problem(path, _("The share of the points is not a percentage."), _("Write a number from -100 to 100."))]


def _same_rule(credits_given: list[Decimal]) -> bool:
    """Do the file's weights say what our rule says: 100/n for each right answer, -100/n for each wrong one?"""
    right = [credit for credit in credits_given if credit > 0]
    each = Decimal(100) / len(right) if right else Decimal(0)
    return all(abs(abs(credit) - each) < HALF_A_PERCENT for credit in credits_given)


def _known_id(spec: Spec, choice: object) -> str:
    if isinstance(choice, str) and any(option["id"] == choice for option in spec["options"]):
        return choice
    raise InvalidResponse(_("The saved answer names an option that is no longer there."))


def _tokens(options: list[Mapping[str, Any]], public: Public) -> list[str]:
    return [token_for(option["text"], public["options"]) for option in options]
