"""Who takes which seat of a team: the assignment of people to seats that costs least.

A pair costs what the match misses of a full score, and more for each mission that the person had lately, so that work
goes round (``ROTATION``). A pair that does not fit is forbidden. Seats are filled before costs are compared, seats of
the team before its reserve. People who cost the same are taken in the order of a draw: the same for the same people, in
whatever order they come.

The method is that of shortest augmenting paths: R. Jonker and A. Volgenant, "A shortest augmenting path algorithm for
dense and sparse linear assignment problems", Computing 38 (1987). Whole numbers throughout, so that equal is equal.
``scipy.optimize.linear_sum_assignment`` gives the same, and takes 57 MB in every process that loads it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from placement.matching import tie_rank

FULL = 100  # points of a match that misses nothing
ROTATION = 5  # points that a mission of the last thirty days costs
MOST_RECENT = 20  # missions that are counted: the cost of a pair has an end


@dataclass(frozen=True)
class Line:
    """Seats that ask for the same. ``fits``: the score of each person who meets every need of it."""

    key: int
    seats: int
    reserve: int = 0
    fits: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Placed:
    line: int
    person: int
    is_reserve: bool = False


@dataclass(frozen=True)
class Team:
    placed: tuple[Placed, ...]
    empty: Mapping[int, int]  # line -> seats without anybody
    empty_reserve: Mapping[int, int]
    cost: int

    @property
    def rank(self) -> tuple[int, int, int]:
        """To compare by: fewest empty seats, then fewest in the reserve, then the cost."""
        return sum(self.empty.values()), sum(self.empty_reserve.values()), self.cost


def choose_team(lines: Iterable[Line], *, recent: Mapping[int, int] | None = None, seed: int = 0) -> Team:
    """``recent``: missions that each person had in the last thirty days."""
    rows = sorted(lines, key=lambda line: line.key)
    people = sorted(
        {person for line in rows for person in line.fits}, key=lambda person: (tie_rank(seed, person), person)
    )
    recent = recent or {}
    seats = [(line, False) for line in rows for _ in range(line.seats)]
    seats += [(line, True) for line in rows for _ in range(line.reserve)]
    placed = [
        Placed(line.key, people[at], is_reserve)
        for (line, is_reserve), at in zip(seats, columns_of(seats, people, recent), strict=True)
        if at is not None
    ]
    fits = {line.key: line.fits for line in rows}
    placed = best_before_reserve(placed, {line.key: line for line in rows}, recent)
    return Team(
        tuple(placed),
        {line.key: line.seats - count(placed, line.key, False) for line in rows},
        {line.key: line.reserve - count(placed, line.key, True) for line in rows},
        sum(price(fits[one.line][one.person], one.person, recent) for one in placed),
    )


def choose_in_one_place(
    lines: Iterable[Line], *, places: Mapping[int, str], recent: Mapping[int, int] | None = None,
    seed: int = 0,
) -> tuple[str, Team]:  # fmt: skip
    """The place whose people make the best team, and that team; no place: the empty team."""
    rows = list(lines)
    there_of: dict[str, set[int]] = {}
    for person in {person for line in rows for person in line.fits if places.get(person)}:
        there_of.setdefault(places[person], set()).add(person)
    best: tuple[str, Team] = ("", choose_team((only(line, ()) for line in rows), seed=seed))
    seats = sum(line.seats for line in rows)
    for name, there in sorted(there_of.items()):
        if seats - len(there) > best[1].rank[0]:
            continue  # too few people, wherever they sit
        team = choose_team((only(line, there) for line in rows), recent=recent, seed=seed)
        if team.rank < best[1].rank:
            best = (name, team)
    return best


def only(line: Line, people: Iterable[int]) -> Line:
    kept = {person: line.fits[person] for person in people if person in line.fits}
    return Line(line.key, line.seats, line.reserve, kept)


def price(score: int, person: int, recent: Mapping[int, int]) -> int:
    return FULL - score + ROTATION * min(recent.get(person, 0), MOST_RECENT)


def columns_of(
    seats: Sequence[tuple[Line, bool]], people: Sequence[int], recent: Mapping[int, int]
) -> list[int | None]:
    """For each seat the place of its person in ``people``. Each seat may also stay empty, in a column of its own."""
    if not seats:
        return []
    most = (FULL + ROTATION * MOST_RECENT) * len(seats) + 1  # no team costs as much
    empty_reserve, empty_seat = most, most * (len(seats) + 1)
    forbidden = empty_seat * (len(seats) + 1)
    costs = np.full((len(seats), len(people) + len(seats)), forbidden, dtype=np.int64)
    at = {person: number for number, person in enumerate(people)}
    for row, (line, is_reserve) in enumerate(seats):
        for person, score in line.fits.items():
            costs[row, at[person]] = price(score, person, recent)
        costs[row, len(people) :] = empty_reserve if is_reserve else empty_seat
    return [column if column < len(people) else None for column in cheapest(costs)]


def cheapest(costs: NDArray[np.int64]) -> list[int]:
    """A column of its own for each row, the sum of the costs being the least. No more rows than columns."""
    rows, columns = costs.shape
    of_row, of_column = np.zeros(rows + 1, dtype=np.int64), np.zeros(columns + 1, dtype=np.int64)
    taken_by = np.zeros(columns + 1, dtype=np.int64)  # the row of each column, from 1; 0: nobody
    for row in range(1, rows + 1):
        taken_by[0], column = row, 0
        least = np.full(columns + 1, np.iinfo(np.int64).max // 4, dtype=np.int64)
        came_from, seen = np.zeros(columns + 1, dtype=np.int64), np.zeros(columns + 1, dtype=bool)
        while True:
            seen[column] = True
            current = taken_by[column]
            reduced = costs[current - 1] - of_row[current] - of_column[1:]
            better = ~seen[1:] & (reduced < least[1:])
            least[1:][better] = reduced[better]
            came_from[1:][better] = column
            open_costs = np.where(seen[1:], np.iinfo(np.int64).max, least[1:])
            following = int(open_costs.argmin()) + 1
            step = least[following]
            of_row[taken_by[seen]] += step
            of_column[seen] -= step
            least[1:][~seen[1:]] -= step
            column = following
            if taken_by[column] == 0:
                break
        while column:
            before = int(came_from[column])
            taken_by[column] = taken_by[before]
            column = before
    found = {int(row): column - 1 for column, row in enumerate(taken_by) if column and row}
    return [found[row] for row in range(1, rows + 1)]


def best_before_reserve(placed: Iterable[Placed], lines: Mapping[int, Line], recent: Mapping[int, int]) -> list[Placed]:
    """Within a line, those who match best hold its seats and the others its reserve: for the costs it is the same."""
    rows = list(placed)
    ordered = []
    for key, line in lines.items():
        there = sorted(
            (one for one in rows if one.line == key),
            key=lambda one: price(line.fits[one.person], one.person, recent),
        )
        ordered += [Placed(key, one.person, number >= line.seats) for number, one in enumerate(there)]
    return ordered


def count(placed: Iterable[Placed], line: int, is_reserve: bool) -> int:
    return sum(one.line == line and one.is_reserve is is_reserve for one in placed)
