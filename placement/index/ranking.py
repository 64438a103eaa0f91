"""Everybody who fits an opportunity, found by bitmaps and ordered by ``matching``'s own points, none left out.

Who meets every need gets full marks for languages and hours, so that what orders them is what certificates prove, how
fresh that is, the points that no opportunity changes, and activity: four columns. tests/placement/test_ranking.py
compares the result with ``matching.match`` of everybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from pyroaring import BitMap

from placement import matching
from placement.index.memory import Index, as_array
from placement.index.packing import microseconds
from placement.matching import MONTH, ON_SITE, SkillNeed, Wanted

DAY = 86_400_000_000  # microseconds
STEPS = range(5, 45, 5)  # hours that the index knows by name
LAST_DAY = 20_000  # older than fifty years is as old


@dataclass(frozen=True)
class Need:
    """One thing that an opportunity cannot do without: the kind of ``matching``'s line, and who has it."""

    kind: str
    code: str
    people: BitMap


def needs_of(index: Index, wanted: Wanted) -> list[Need]:
    return list(each_need(index, wanted))


def each_need(index: Index, wanted: Wanted) -> Iterator[Need]:
    for skill in wanted.skills:
        if skill.essential:
            yield Need("skill", skill.code, index.having([f"skill:{skill.code}:{skill.level}"]))
    for language, level in sorted(wanted.languages.items()):
        yield Need("language", language, index.having([f"lang:{language}:{level}"]))
    if wanted.hours:
        yield Need("hours", "", with_hours(index, wanted.hours))
    for thing in sorted(wanted.equipment):
        yield Need("equipment", thing, index.having([f"equip:{thing}"]))
    yield Need("line", "", index.having([f"line:{wanted.connectivity}"]))
    yield Need("place", "", at_place(index, wanted))
    if wanted.starts_on is not None:
        late = np.flatnonzero(index.free_from > wanted.starts_on.toordinal()).astype(np.uint32)
        yield Need("start", "", index.listed - BitMap(late))


def with_hours(index: Index, hours: int) -> BitMap:
    if hours in STEPS:
        return index.having([f"hours:{hours}"])
    return index.listed & BitMap(np.flatnonzero(index.hours >= hours).astype(np.uint32))


def at_place(index: Index, wanted: Wanted) -> BitMap:
    if wanted.place not in ON_SITE:
        return index.having(["place:remote"])
    region = [f"region:{wanted.region}"] if wanted.region else []
    return index.having(["place:on-site", f"country:{wanted.country}", *region])


def all_of(index: Index, sets: list[BitMap]) -> BitMap:
    """The people of every set; of none, everybody."""
    if not sets:
        return index.listed
    return BitMap.intersection(*sorted(sets, key=len)) if len(sets) > 1 else sets[0]


def short_of_one(index: Index, needs: list[Need], among: BitMap) -> BitMap:
    """Those ``among`` whom exactly one need is missing."""
    found = BitMap()
    for number, need in enumerate(needs):
        others = [each.people for at, each in enumerate(needs) if at != number]
        found |= all_of(index, [among, *others]) - need.people
    return found


def table(function: "object", last: int) -> np.ndarray:
    return np.array([function(day / MONTH) for day in range(last + 1)])  # type: ignore[operator]


def days_since(moments: np.ndarray, now: datetime) -> np.ndarray:
    days = (microseconds(now) - moments) // DAY
    clipped: np.ndarray = np.clip(days, 0, LAST_DAY)
    return clipped


def skill_worth(index: Index, need: SkillNeed, keys: np.ndarray, now: datetime) -> np.ndarray:
    """The worth of each one's best proof, as ``matching.Proof.worth``."""
    worth = np.zeros(len(index.active))
    number = index.numbers.get(f"skill:{need.code}:1")
    proofs = index.proofs.get(number) if number is not None else None
    if proofs is not None and len(proofs.people):
        days = days_since(proofs.at, now)
        fresh = table(matching.freshness, int(days.max()))
        np.maximum.at(worth, proofs.people, (proofs.levels * matching.CERTIFICATE_TRUST) * fresh[days])
    return worth[keys]


def scores(index: Index, keys: np.ndarray, wanted: Wanted, now: datetime) -> np.ndarray:
    """The points that an employer sees of each, as ``matching.match`` says of whoever fits."""
    points = index.steady[keys] + matching.SAME_FOR_ALL_WHO_FIT
    total = sum(need.weight for need in wanted.skills)
    if not total:
        points = points + matching.SKILLS
    for need in wanted.skills:
        possible = matching.SKILLS * need.weight / total
        points = points + possible * np.minimum(skill_worth(index, need, keys, now) / need.level, 1.0)
    days = days_since(index.active[keys], now)
    activity = table(matching.activity_of, int(days.max()) if len(days) else 0)[days]
    rounded: np.ndarray = np.floor(activity * points + matching.HALF).astype(np.int64)
    return np.clip(rounded, 0, 100)


def lots(keys: np.ndarray, seed: int) -> np.ndarray:
    """``matching.lot`` of each."""
    mixed = keys.astype(np.uint64) + np.uint64((seed * matching.GOLDEN) % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(matching.MIX_1)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(matching.MIX_2)
    found: np.ndarray = mixed ^ (mixed >> np.uint64(31))
    return found


def best(index: Index, people: BitMap, wanted: Wanted, *, seed: int, now: datetime, start: int, stop: int) -> list[int]:
    """These places of the suggested order: by points, equals by the lots of the day."""
    keys = as_array(people)
    if not len(keys):
        return []
    lost = 100 - scores(index, keys, wanted, now)
    if stop < len(keys):
        least = np.partition(lost, stop)[stop]
        keys, lost = keys[lost <= least], lost[lost <= least]
    found: list[int] = keys[np.lexsort((keys, lots(keys, seed), lost))][start:stop].tolist()
    return found
