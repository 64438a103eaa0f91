"""From answers to a result: who passed, with what score, skill by skill, and what to read again.

Pure: the same answers, key and rules always give the same result, so a grade can be computed again years
later and compared. Change a rule here, or in a question type, and raise `GRADER_VERSION` with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .question_types import ItemResult, Response, Spec, get_question_type

GRADER_VERSION = "3"

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class GradedItemInput:
    """One question as it was shown, and what was answered. 0 points: shown, but does not count."""

    type: str
    spec: Spec
    response: Response
    points: Decimal = Decimal(1)
    skills: tuple[str, ...] = ()
    decision: str = ""  # "full": all its points, whatever was answered; "drop": it does not count


@dataclass(frozen=True)
class PassRule:
    """Marks in percent: of the whole, and of each skill that was asked about (0: only the whole counts).

    Both must be reached (a conjunctive rule: a strong skill does not make up for one that is missing; Hambleton,
    Jaeger, Plake and Mills, Setting performance standards on complex educational assessments, Applied Psychological
    Measurement 24, 2000). A skill under the pass mark is advised for review in any case.
    """

    pass_mark: Decimal
    skill_mark: Decimal = Decimal(0)


@dataclass(frozen=True)
class SkillResult:
    skill: str
    points: Decimal
    max_points: Decimal
    percent: Decimal
    questions: int = 0  # that count
    missed: int = 0  # of them, not wholly right


@dataclass(frozen=True)
class AttemptResult:
    score: Decimal  # percent, two decimals
    passed: bool
    points: Decimal
    max_points: Decimal
    items: tuple[ItemResult, ...]  # in the order given
    skills: tuple[SkillResult, ...]  # by code
    review: tuple[SkillResult, ...]  # to work on again, weakest first
    failed: tuple[str, ...]  # skills under the mark of each skill
    unanswered: int
    work: dict[str, dict[str, int]] = field(default_factory=dict)  # by type: what work made of many questions came to
    grader_version: str = GRADER_VERSION

    def as_json(self) -> dict[str, Any]:
        """The detail to keep beside the grade and the marks of its items. Numbers are text: no decimal is lost."""
        return {
            "points": str(self.points),
            "max_points": str(self.max_points),
            "unanswered": self.unanswered,
            "skills": {
                skill.skill: {
                    "points": str(skill.points),
                    "max_points": str(skill.max_points),
                    "percent": str(skill.percent),
                    "questions": skill.questions,
                    "missed": skill.missed,
                }
                for skill in self.skills
            },
            "review": [{"skill": weak.skill} for weak in self.review],
            "failed": list(self.failed),
            **({"work": self.work} if self.work else {}),
        }


def grade_attempt(items: Sequence[GradedItemInput], rules: PassRule) -> AttemptResult:
    """Mark every item and sum up.

    The score is rounded to two decimals, halves up, and the rounded score is held against the pass mark: what
    the learner reads is what decides; the same for each skill. An attempt in which nothing counts scores 0 and is not
    passed.
    Raises UnknownQuestionType, and ValueError for negative points.
    """
    if any(item.points < 0 for item in items):
        raise ValueError("the points of a question cannot be negative")
    items = [replace(item, points=Decimal(0)) if item.decision == "drop" else item for item in items]
    results = tuple(_mark(item) for item in items)
    marked = list(zip(items, results, strict=True))
    points, max_points = _sum(marked)
    score = _percent(points, max_points)
    skills = _by_skill(marked)
    failed = tuple(row.skill for row in skills if row.percent < rules.skill_mark)
    weak = (row for row in skills if row.percent < max(rules.pass_mark, rules.skill_mark))
    return AttemptResult(
        score=score,
        passed=max_points > 0 and score >= rules.pass_mark and not failed,
        points=points,
        max_points=max_points,
        items=results,
        skills=skills,
        review=tuple(sorted(weak, key=lambda row: (row.percent, row.skill))),
        failed=failed,
        unanswered=sum(not result.answered for result in results),
        work=_work(items),
    )


def _work(items: Sequence[GradedItemInput]) -> dict[str, dict[str, int]]:
    """The figures of work made of many questions, of those that count."""
    answers: defaultdict[str, list[tuple[Spec, Response]]] = defaultdict(list)
    for item in items:
        if item.points and get_question_type(item.type).is_work:
            answers[item.type].append((item.spec, item.response))
    return {name: get_question_type(name).work_of(some) for name, some in sorted(answers.items())}


def _mark(item: GradedItemInput) -> ItemResult:
    result = get_question_type(item.type).grade(item.spec, item.response)
    return replace(result, fraction=Decimal(1), reason="") if item.decision == "full" else result


Marked = tuple[GradedItemInput, ItemResult]


def _sum(marked: Iterable[Marked]) -> tuple[Decimal, Decimal]:
    """(points earned, points there were)"""
    earned = possible = Decimal(0)
    for item, result in marked:
        earned += item.points * result.fraction
        possible += item.points
    return earned, possible


def _percent(points: Decimal, max_points: Decimal) -> Decimal:
    return (points * 100 / (max_points or 1)).quantize(HUNDREDTH, ROUND_HALF_UP)


def _by_skill(marked: Sequence[Marked]) -> tuple[SkillResult, ...]:
    """A question that tests several skills counts in full for each of them."""
    groups: defaultdict[str, list[Marked]] = defaultdict(list)
    for item, result in marked:
        for skill in dict.fromkeys(item.skills) if item.points else ():
            groups[skill].append((item, result))
    found = []
    for skill, group in sorted(groups.items()):
        points, max_points = _sum(group)
        missed = sum(not result.correct for _item, result in group)
        found.append(SkillResult(skill, points, max_points, _percent(points, max_points), len(group), missed))
    return tuple(found)
