"""How many questions stand behind each skill, before anybody has taken the assessment. Pure.

What is sure is a lower bound: a section that draws 5 of a pool in which 3 questions test other skills draws at least 2
of this one, whatever the seed and whatever other sections take.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, comb


@dataclass(frozen=True)
class Part:
    """A section: the skill of each question that everybody gets, and how many are drawn out of how many of each."""

    named: tuple[str, ...] = ()
    draw: int = 0
    pool: Mapping[str, int] | None = None


def sure(parts: Sequence[Part]) -> dict[str, int]:
    """By skill, the questions that every attempt has. A skill of which there are none in some attempt has 0."""
    skills = sorted({skill for part in parts for skill in (*part.named, *(part.pool or {}))})
    return {skill: sum(_least(part, skill) for part in parts) for skill in skills}


def _least(part: Part, skill: str) -> int:
    pool = part.pool or {}
    others = sum(pool.values()) - pool.get(skill, 0)
    return part.named.count(skill) + min(max(part.draw - others, 0), pool.get(skill, 0))


def needed(questions: int, mark: int) -> int:
    """How many of so many questions of equal points must be right for a mark in percent."""
    return ceil(questions * mark / 100)


def hangs_on_one(questions: int, mark: int) -> bool:
    """One answer alone decides: whoever misses only this one fails, or whoever has only this one right passes."""
    return questions > 0 and (needed(questions, mark) <= 1 or needed(questions, mark) == questions)


def enough(mark: int) -> int:
    """The fewest questions among which no single one decides; at 100 % each does, and 3 are asked for."""
    return next((n for n in range(3, 100) if not hangs_on_one(n, mark)), 3)


def passes_by_guessing(questions: int, mark: int, chance: float = 0.25) -> float:
    """Share of those who guess every answer and reach the mark: the upper tail of the binomial distribution.

    The binomial error model for domain tests: Millman, Passing scores and test lengths for domain-referenced measures,
    Review of Educational Research 43 (1973), 205-216. ``chance`` is that of one question: 1 in 4 options.
    """
    right = range(needed(questions, mark), questions + 1)
    return sum(comb(questions, k) * chance**k * (1 - chance) ** (questions - k) for k in right)
