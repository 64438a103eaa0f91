"""The questions and assessments of a folder as plain data, between reading and writing."""

from dataclasses import dataclass, field
from typing import Any

Texts = dict[str, str]  # language -> text


@dataclass
class QuestionSpec:
    """``answers`` holds the engine's spec in each language, with the same ids in all of them."""

    id: str
    type: str
    skill: str
    difficulty: int
    prompts: Texts  # HTML, cleaned
    answers: dict[str, dict[str, Any]]
    feedback: Texts = field(default_factory=dict)  # HTML, cleaned
    image: str = ""
    titles: Texts = field(default_factory=dict)  # names for the team
    image_alts: Texts = field(default_factory=dict)
    points: int = 1
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class BankSpec:
    code: str
    titles: Texts
    questions: list[QuestionSpec]
    is_shared: bool | None = None  # None: as it is


@dataclass(frozen=True)
class SectionSpec:
    titles: Texts
    draw: int
    skill: str
    difficulty: int | None
    questions: tuple[str, ...]


@dataclass(frozen=True)
class AssessmentSpec:
    key: str
    titles: Texts
    slugs: Texts
    intros: Texts  # HTML, cleaned
    rules: dict[str, Any]  # fields of Assessment
    minutes: int
    is_required: bool
    sections: list[SectionSpec]
    line: int = 0
