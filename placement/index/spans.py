"""How exactly a card says when a skill was proven: never so that fewer than ``FEWEST`` people share what it says.

The public check of a certificate names its holder, the skill, its level and the day. A card with the month would be
theirs where nobody else proved the same in that month. So months are joined until each span holds enough people; where
all who hold a skill at a level are too few, no time is said at all.
"""

import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np
from django.utils import timezone

from lms.lib.moments import site_time
from placement.index.memory import Index, Proofs, as_array, current
from placement.index.packing import MICROSECOND

FEWEST = 5
SMALL, SECONDS = 20_000, 600.0  # proofs of a skill that are counted anew with each change; else after so long


class Span(NamedTuple):
    """From a month to a month, both of them in it, as ``12 * year + month - 1``."""

    first: int
    last: int


def month_of(moment: datetime) -> int:
    local = site_time(moment)
    return 12 * local.year + local.month - 1


def spans_of(people: Mapping[int, int], fewest: int = FEWEST) -> dict[int, Span]:
    """The span of each month: people by month, joined from the newest on; none where all together are too few."""
    found: list[list[int]] = []
    waiting: list[int] = []
    for month in sorted(people, reverse=True):
        waiting.append(month)
        if sum(people[each] for each in waiting) >= fewest:
            found.append(waiting)
            waiting = []
    if not found:
        return {}
    found[-1] += waiting
    return {month: Span(min(months), max(months)) for months in found for month in months}


class Counted(NamedTuple):
    """What was counted of a skill: of which rows, and when."""

    rows: np.ndarray
    at: float
    spans: dict[int, dict[int, Span]]  # by level


class Spans:
    """The spans of every skill in one index, counted when they are first asked for."""

    def __init__(self, index: Index) -> None:
        self.index, self.counted = index, dict[int, Counted]()

    def of_skill(self, number: int) -> dict[int, dict[int, Span]]:
        proofs, known = self.index.proofs.get(number), self.counted.get(number)
        if proofs is None:
            return {}
        is_old = known is not None and known.rows is not proofs.people
        if known is None or (is_old and (len(proofs.people) < SMALL or time.monotonic() - known.at > SECONDS)):
            known = self.counted[number] = Counted(proofs.people, time.monotonic(), spans_by_level(self.index, proofs))
        return known.spans


def spans_by_level(index: Index, proofs: Proofs) -> dict[int, dict[int, Span]]:
    """Counts whom a card shows so: each person once, with the highest level and the newest proof of it."""
    order = np.lexsort((proofs.at, proofs.levels, proofs.people))
    people = proofs.people[order]
    best = order[np.append(people[1:] != people[:-1], True)] if len(order) else order
    months, levels = months_of(proofs.at[best]), proofs.levels[best]
    kept = np.isin(proofs.people[best], as_array(index.listed))
    pairs = Counter(zip(levels[kept].tolist(), months[kept].tolist(), strict=True))
    return {level: spans_of({month: n for (at, month), n in pairs.items() if at == level})
            for level in {level for level, _month in pairs}}  # fmt: skip


def months_of(at: np.ndarray) -> np.ndarray:
    """As ``month_of``, of microseconds."""
    shifted = at + (site_time(timezone.now()).utcoffset() or timedelta()) // MICROSECOND
    return shifted.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64) + 12 * 1970


class ProofTimes:
    """For one page: the index is asked once, when the first proof is shown."""

    @cached_property
    def spans(self) -> Spans:
        return current_spans()

    def span_of(self, code: str, level: int, on: datetime) -> Span | None:
        """When a card says that this was proven; None where it says no time."""
        index = self.spans.index
        with index.lock:
            months = self.spans.of_skill(index.numbers.get(f"skill:{code}:1", 0)).get(level, {})
        return months.get(month_of(on))


_spans: Spans | None = None


def current_spans() -> Spans:
    global _spans
    index = current()
    if _spans is None or _spans.index is not index:
        _spans = Spans(index)
    return _spans
