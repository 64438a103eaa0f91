"""What the marks of a test say about its questions: classical test theory, as pure functions of a table of marks.

One row is an attempt, one column a question; ``NaN`` where an attempt did not show the question, as when it was drawn
from a bank. With a complete table every figure is the one of the textbooks; with gaps each is computed from the
attempts that showed what it speaks of. Allen & Yen, Introduction to Measurement Theory (1979), chapters 4 and 6;
Cronbach, Psychometrika 16 (1951), equation 2 in its form with mean variances and covariances.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]

MIN_TOGETHER = 10  # attempts that showed both of two questions, before their covariance counts


@dataclass(frozen=True)
class QuestionFigures:
    """None where too little is known: nobody was shown it, or all did the same."""

    shown: int
    difficulty: float | None
    """Mean share of its points that was earned, 0 to 1: the higher, the easier."""
    discrimination: float | None
    """Item-rest correlation, -1 to 1: do those who earn it also earn the rest? The question itself is left out of the
    rest, else it would always agree a little (corrected point-biserial)."""
    item_total: float | None
    alpha_without: float | None
    """What the reliability of the test would be without it."""


@dataclass(frozen=True)
class TestFigures:
    attempts: int
    mean: float | None
    """In percent, as are the two below."""
    deviation: float | None
    alpha: float | None
    """Reliability: Cronbach's alpha, which for marks of 0 and 1 is KR-20."""
    error: float | None
    """Standard error of measurement: how far a mark may stand from what the learner can do, two times out of three."""
    questions: tuple[QuestionFigures, ...]


def analyse(marks: Any, points: Any) -> TestFigures:
    """Figures of a test and of each of its questions.

    ``marks``: shares of the points, 0 to 1, attempts by questions, NaN where not shown. ``points``: what each question
    was worth there, of the same shape, or one row for all.
    """
    shares = np.asarray(marks, dtype=np.float64)
    if shares.size == 0:
        return TestFigures(len(shares), None, None, None, None, ())
    worth = np.where(np.isnan(shares), np.nan, np.broadcast_to(np.asarray(points, dtype=np.float64), shares.shape))
    earned = shares * worth
    sums, possible = np.nansum(earned, axis=1), np.nansum(worth, axis=1)
    scores = percent(sums, possible)
    known = scores[~np.isnan(scores)]
    variances, covariances, together = spread(earned)
    lengths = np.sum(~np.isnan(shares), axis=0) / len(shares)  # of each question: the share of attempts that showed it
    alpha = reliability(variances, covariances, together, lengths)
    deviation = number(np.std(known, ddof=1)) if len(known) > 1 else None
    questions = []
    for place in range(shares.shape[1]):
        column, seen = shares[:, place], ~np.isnan(shares[:, place])
        rest = percent(sums[seen] - earned[seen, place], possible[seen] - worth[seen, place])
        others = np.arange(shares.shape[1]) != place
        questions.append(
            QuestionFigures(
                shown=int(seen.sum()),
                difficulty=number(np.mean(column[seen])) if seen.any() else None,
                discrimination=correlation(column[seen], rest),
                item_total=correlation(column[seen], scores[seen]),
                alpha_without=reliability(
                    variances[others], covariances[others][:, others], together[others][:, others], lengths[others]
                ),
            )
        )
    error = None if alpha is None or deviation is None else deviation * float(np.sqrt(max(0.0, 1 - alpha)))
    return TestFigures(
        len(shares), number(np.mean(known)) if known.size else None, deviation, alpha, error, tuple(questions)
    )


def percent(earned: Table, possible: Table) -> Table:
    """NaN where nothing could be earned."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Table = 100 * earned / possible
    return found


def spread(earned: Table) -> tuple[Table, Table, Table]:
    """Variance of each column, covariance of each pair over the attempts that have both, and how many these are."""
    mask = (~np.isnan(earned)).astype(np.float64)
    values = np.nan_to_num(earned)
    together = mask.T @ mask
    sums = values.T @ mask  # of each question where the other was shown too
    with np.errstate(divide="ignore", invalid="ignore"):
        covariances = (values.T @ values - sums * sums.T / together) / (together - 1)
    return np.diag(covariances).copy(), covariances, together


def reliability(variances: Table, covariances: Table, together: Table, lengths: Table) -> float | None:
    """Cronbach's alpha of a test of as many questions as an attempt shows on average.

    k c / (v + (k - 1) c), with v the mean variance of a question and c the mean covariance of two. None for fewer than
    two questions, where no two were often shown together, and where nobody differs.
    """
    pairs = ~np.eye(len(variances), dtype=bool) & (together >= MIN_TOGETHER)
    length = float(np.sum(lengths))
    known = variances[~np.isnan(variances)]
    if length < 2 or not pairs.any() or not known.size:
        return None
    mean_covariance, mean_variance = float(np.mean(covariances[pairs])), float(np.mean(known))
    below = mean_variance + (length - 1) * mean_covariance
    return min(1.0, length * mean_covariance / below) if below > 1e-12 else None


def correlation(first: Table, second: Table) -> float | None:
    """Pearson's; None for fewer than three pairs, or where one side is the same for all."""
    known = ~(np.isnan(first) | np.isnan(second))
    one, two = first[known], second[known]
    if len(one) < 3 or np.ptp(one) < 1e-12 or np.ptp(two) < 1e-9:
        return None
    return number(np.clip(np.corrcoef(one, two)[0, 1], -1, 1))


def number(value: Any) -> float | None:
    found = float(value)
    return None if np.isnan(found) else found
