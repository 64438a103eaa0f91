"""What a learner does with a question of a file: one class for each kind of doing, with the fields of that kind alone.

`type` is the name of the question type that reads it (`QuestionType.from_file`), or one of UNMARKED.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from .rich import NOTHING, Rich

ORDER_RULE = "RELATIVE_NEXT_EXCLUDE_LAST"
"""How we mark things put in order, in the words of Moodle's type of question."""

UNMARKED = ("essay", "description")
"""Kept, so that nothing of a file is lost, but they cannot be marked by a machine."""


@dataclass(frozen=True)
class ImportedAnswer:
    """One option or accepted answer. `credit` is percent of the mark, from -100 to 100.

    In a short answer "*" stands for any characters, and "\\*" for itself; alone, for any other answer.
    """

    text: Rich
    credit: Decimal
    feedback: Rich = NOTHING

    @property
    def is_any(self) -> bool:
        return self.text.text == "*"


@dataclass(frozen=True)
class ImportedNumber:
    """A number with what may be between; without a value, any other number."""

    value: Decimal | None
    credit: Decimal
    feedback: Rich = NOTHING
    tolerance: Decimal = Decimal(0)

    @property
    def is_any(self) -> bool:
        return self.value is None


@dataclass(frozen=True)
class ImportedPair:
    """A left side and its partner; an empty left side makes the partner a distractor."""

    left: Rich
    right: str


class Interaction:
    """What all of them tell of themselves."""

    __slots__ = ()

    def texts(self) -> Iterator[Rich]:
        """The texts that we store as plain words."""
        yield from ()

    def offered(self) -> tuple[Sequence[tuple[Rich, str]], Sequence[tuple[Rich, str]]]:
        """([answer, value], [left, right]): what makes it this question and no other, whichever of it is right."""
        return [], []

    def longest(self) -> int:
        """The number of its lines."""
        return max(map(len, self.offered()))


@dataclass(frozen=True)
class Choices(Interaction):
    """One option, or several."""

    answers: tuple[ImportedAnswer, ...] = ()
    type: Literal["single", "multiple"] = "single"

    def texts(self) -> Iterator[Rich]:
        for answer in self.answers:
            yield from (answer.text, answer.feedback)

    def offered(self) -> tuple[Sequence[tuple[Rich, str]], Sequence[tuple[Rich, str]]]:
        return [(answer.text, "None") for answer in self.answers], []


@dataclass(frozen=True)
class Truth(Interaction):
    """True or false."""

    truth: bool | None = None
    feedback_true: Rich = NOTHING
    feedback_false: Rich = NOTHING
    type: Literal["true_false"] = "true_false"

    def texts(self) -> Iterator[Rich]:
        yield from (self.feedback_true, self.feedback_false)


@dataclass(frozen=True)
class TypedText(Interaction):
    """A word or a few; with ``exact``, capitals, accents and spaces count."""

    answers: tuple[ImportedAnswer, ...] = ()
    exact: bool = False
    type: Literal["short_text"] = "short_text"

    def texts(self) -> Iterator[Rich]:
        for answer in self.answers:
            is_kept = answer.text.format == "markdown"  # what is to be typed stays as it stands
            yield from ((answer.feedback,) if is_kept else (answer.text, answer.feedback))

    def offered(self) -> tuple[Sequence[tuple[Rich, str]], Sequence[tuple[Rich, str]]]:
        return [(answer.text, "None") for answer in self.answers], []


@dataclass(frozen=True)
class TypedNumber(Interaction):
    """A number."""

    answers: tuple[ImportedNumber, ...] = ()
    type: Literal["numeric"] = "numeric"

    def texts(self) -> Iterator[Rich]:
        yield from (answer.feedback for answer in self.answers)

    def offered(self) -> tuple[Sequence[tuple[Rich, str]], Sequence[tuple[Rich, str]]]:
        return [(Rich("*") if row.is_any else NOTHING, str(row.value)) for row in self.answers], []


@dataclass(frozen=True)
class Pairs(Interaction):
    """Things of two columns."""

    pairs: tuple[ImportedPair, ...] = ()
    type: Literal["matching"] = "matching"

    def texts(self) -> Iterator[Rich]:
        yield from (pair.left for pair in self.pairs)

    def offered(self) -> tuple[Sequence[tuple[Rich, str]], Sequence[tuple[Rich, str]]]:
        return [], [(pair.left, pair.right) for pair in self.pairs]


@dataclass(frozen=True)
class Ordered(Interaction):
    """Things to put in order, in the right one; how they are marked is said in Moodle's words."""

    items: tuple[Rich, ...] = ()
    rules: tuple[str, ...] = ()
    type: Literal["ordering"] = "ordering"

    def texts(self) -> Iterator[Rich]:
        yield from self.items

    def offered(self) -> tuple[Sequence[tuple[Rich, str]], Sequence[tuple[Rich, str]]]:
        return [(item, "None") for item in self.items], []


GAP = "\ue001"
"""Stands in a text for a gap; for private use, so it is in no text."""


@dataclass(frozen=True)
class ImportedGap:
    interaction: Annotated[TypedText | TypedNumber | Choices, Field(discriminator="type")]
    weight: int = 1


@dataclass(frozen=True)
class GapsInText(Interaction):
    """A text that has `GAP` where something is to be filled in."""

    text: Rich = NOTHING
    gaps: tuple[ImportedGap, ...] = ()
    type: Literal["cloze"] = "cloze"

    def texts(self) -> Iterator[Rich]:
        yield self.text
        for gap in self.gaps:
            yield from gap.interaction.texts()

    def offered(self) -> tuple[Sequence[tuple[Rich, str]], Sequence[tuple[Rich, str]]]:
        inside = [row for gap in self.gaps for row in gap.interaction.offered()[0]]
        return [(self.text, "text"), *inside], []

    def longest(self) -> int:
        return max([len(self.gaps), *(gap.interaction.longest() for gap in self.gaps)])


@dataclass(frozen=True)
class ImportedField:
    """A field of a document, with what it says there; kinds: `question_types.entered`."""

    label: str
    kind: str
    gold: str
    critical: bool = False


@dataclass(frozen=True)
class DocumentFields(Interaction):
    """The fields of a document to enter; ``country`` is that of its phone numbers."""

    fields: tuple[ImportedField, ...] = ()
    country: str = ""
    type: Literal["data_entry"] = "data_entry"

    def longest(self) -> int:
        return len(self.fields)


@dataclass(frozen=True)
class ImportedLabel:
    text: str
    harm: bool = False


@dataclass(frozen=True)
class ImportedItem:
    """An item with the text of its gold label, and why it has it."""

    text: str
    label: str
    feedback: str = ""


@dataclass(frozen=True)
class LabelledItems(Interaction):
    """Items to classify by a guideline, with the labels there are to choose from."""

    labels: tuple[ImportedLabel, ...] = ()
    items: tuple[ImportedItem, ...] = ()
    type: Literal["classify"] = "classify"

    def longest(self) -> int:
        return max(len(self.labels), len(self.items))

    def offered(self) -> tuple[Sequence[tuple[Rich, str]], Sequence[tuple[Rich, str]]]:
        return [(Rich(item.text, "plain"), "None") for item in self.items], []


@dataclass(frozen=True)
class Unmarked(Interaction):
    """An essay, or a text that asks nothing."""

    type: Literal["essay", "description"] = "essay"


AnyInteraction = Annotated[
    Choices
    | Truth
    | TypedText
    | TypedNumber
    | Pairs
    | Ordered
    | GapsInText
    | DocumentFields
    | LabelledItems
    | Unmarked,
    Field(discriminator="type"),
]
