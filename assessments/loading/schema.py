"""What questions.yaml and assessments.yaml may hold. A question type comes to course folders by one row here."""

from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field, PlainValidator, RootModel

from courses.loading.schema import (
    MAX_ROWS,
    Address,
    FileName,
    Key,
    Language,
    Line,
    Minutes,
    Rank,
    ShortKey,
    SkillCode,
    Slug,
    Small,
    Strict,
    Texts,
    Titles,
    Words,
    is_language,
    one_or_each,
    schema_problem,
    storable,
)

Number = Annotated[float, Field(ge=-1e15, le=1e15)]


LONGEST_TITLE = 250


class Bank(Strict):
    code: Slug | None = None
    title: Titles | None = None
    skill: SkillCode | None = None  # of the questions that name none
    shared: bool | None = None  # what may certify may also come in practice


class QuestionFile(Strict):
    """questions.yaml: the rows are looked at by their types."""

    bank: Bank = Bank()
    questions: list[dict[str, Any]] = Field(default=[], max_length=5000)


class Picture(Strict):
    file: FileName
    alt: Annotated[dict[Language, Line], Field(min_length=1)]


def short_name(value: Any) -> Any:
    """The name of a question for the team: a text, or one for each language."""
    names = one_or_each(value)
    for text in names.values() if isinstance(names, dict) else [names]:
        if len(text) > LONGEST_TITLE:
            raise schema_problem(
                _("The title is too long"), _("Write %(most)s letters at most") % {"most": LONGEST_TITLE}
            )
    return names


class QuestionRow(Strict):
    id: Key
    type: str
    title: Annotated[str | dict[str, str], PlainValidator(short_name)] | None = None
    skill: SkillCode | None = None
    difficulty: Rank = 2
    points: int = Field(default=1, ge=1, le=1000)
    prompt: Texts
    feedback: Texts | None = None
    image: Picture | None = None


class Option(Strict):
    id: ShortKey
    text: Words
    correct: bool = False
    feedback: Words | None = None
    credit: str | None = Field(default=None, pattern=r"^-?[0-9]{1,3}(\.[0-9]{1,5})?$")  # percent, in quotes


class ChoiceRow(QuestionRow):
    options: list[Option] = Field(min_length=1, max_length=50)
    shuffle: bool = True


class TrueFalseRow(QuestionRow):
    answer: bool
    feedback_true: Words | None = None
    feedback_false: Words | None = None


class UnitRow(Strict):
    unit: Words
    factor: float = Field(gt=0, le=1e15)


class NumericRow(QuestionRow):
    answer: Number
    tolerance: float = Field(default=0, ge=0, le=1e15)
    decimals: int | None = Field(default=None, ge=0, le=15)
    unit: Words | None = None
    ask_unit: bool = False
    units: list[UnitRow] = Field(default=[], max_length=10)
    unit_credit: int | None = Field(default=None, ge=0, le=100)
    figures: int | None = Field(default=None, ge=1, le=10)
    figures_credit: int | None = Field(default=None, ge=0, le=100)
    otherwise: Words | None = None


def accepted(value: Any) -> Any:
    """A list of texts, or one for each language."""
    lists = list(value.values()) if isinstance(value, dict) else [value]
    for language in value if isinstance(value, dict) else ():
        is_language(language)
    if not lists or not all(isinstance(texts, list) and texts for texts in lists):
        raise schema_problem(_("This is not a list"), _("Write [text, text], or one list for each language"))
    for text in (text for texts in lists for text in texts):
        if not isinstance(text, str):
            raise schema_problem(_("This is not text"), _("Put numbers and single words in quotes"))
        storable(text)
    return value


class ShortTextRow(QuestionRow):
    accepted: Annotated[Any, PlainValidator(accepted)]
    otherwise: Words | None = None
    exact: bool = False
    wildcards: bool = False
    regex: bool = False
    slips: int = Field(default=0, ge=0, le=3)
    slip_credit: int = Field(default=100, ge=0, le=100)
    near: Words | None = None
    shown: Words | None = None


class ClozeRow(QuestionRow):
    text: Words


class Pair(Strict):
    id: ShortKey
    left: Words
    right: Words


class MatchingRow(QuestionRow):
    pairs: list[Pair] = Field(min_length=1, max_length=50)
    distractors: list[Words] = Field(default=[], max_length=50)


class Thing(Strict):
    id: ShortKey
    text: Words
    feedback: Words | None = None


class Category(Strict):
    id: ShortKey
    text: Words
    items: list[Thing] = Field(default=[], max_length=50)


class CategoriseRow(QuestionRow):
    categories: list[Category] = Field(min_length=1, max_length=50)


class Item(Strict):
    id: ShortKey
    text: Words


class OrderingRow(QuestionRow):
    items: list[Item] = Field(min_length=1, max_length=50)


class FieldRow(Strict):
    id: ShortKey
    label: Words
    kind: Literal["text", "exact", "date", "date_us", "amount", "phone"] = "text"
    gold: Words | None = None
    critical: bool = False
    feedback: Words | None = None


class DataEntryRow(QuestionRow):
    fields: list[FieldRow] = Field(min_length=1, max_length=15)
    country: str | None = Field(default=None, pattern="^[A-Z]{2}$")


class LabelRow(Category):
    harm: bool = False
    items: list[Thing] = Field(default=[], max_length=40)


class ClassifyRow(QuestionRow):
    categories: list[LabelRow] = Field(min_length=2, max_length=8)
    score: Literal["lower", "accuracy", "macro_f1"] = "lower"
    missed: int = Field(default=0, ge=0, le=40)


class TranscribeRow(QuestionRow):
    language: Words
    gold: Words
    critical: Words | None = None
    same: Words | None = None
    case: bool = False
    punctuation: bool = False
    fillers: bool = False
    wer: int = Field(default=5, ge=0, le=100)
    cer: int = Field(default=3, ge=0, le=100)


QUESTION_ROWS: dict[str, type[QuestionRow]] = {
    "single": ChoiceRow,
    "multiple": ChoiceRow,
    "true_false": TrueFalseRow,
    "numeric": NumericRow,
    "short_text": ShortTextRow,
    "cloze": ClozeRow,
    "matching": MatchingRow,
    "categorise": CategoriseRow,
    "grid": CategoriseRow,
    "ordering": OrderingRow,
    "data_entry": DataEntryRow,
    "classify": ClassifyRow,
    "transcribe": TranscribeRow,
}
"""By the name of the question type."""


class SectionRow(Strict):
    title: Titles | None = None
    draw: int = Field(default=0, ge=0, le=200)
    skill: SkillCode | None = None
    difficulty: Rank | None = None
    questions: list[Key] = Field(default=[], max_length=MAX_ROWS)


class AssessmentRow(Strict):
    key: ShortKey
    title: Titles
    slug: dict[Language, Address] = {}
    intro: Texts | None = None
    purpose: Literal["certifying", "practice"] | None = None  # certifying, for one that is made
    pass_mark: int = Field(default=70, ge=1, le=100)
    skill_pass_mark: int | None = Field(default=None, ge=0, le=100)
    max_attempts: Small = 0
    pause_minutes: Small = 0
    time_limit_minutes: Small = 0
    show_answers: Literal["never", "passed", "submitted"] = "passed"
    evidence: Literal["knowledge", "simulation", "supervised"] | None = None  # knowledge, for one that is made
    about: Texts | None = None  # how it is tested, for employers
    minutes: Minutes = 10
    required: bool = True
    sections: list[SectionRow] = Field(min_length=1, max_length=50)


class AssessmentFile(RootModel[list[AssessmentRow]]):
    """assessments.yaml"""
