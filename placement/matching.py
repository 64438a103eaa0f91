"""Does this person fit this opportunity, how well, and why. Pure: no database, no request, no words.

Two parts. *Needs* must all be met (hours, languages, equipment, connection, place, start, essential skills). The
*score* orders those who fit:

    100 x activity x (0.55 skills + 0.15 languages + 0.15 hours + 0.10 preferences + 0.05 reliability)

Weights are fixed, printed on every page that shows a score, and versioned: ``VERSION`` is frozen with the lines. What
is printed adds up: the whole points of all lines are the score. Time counts in whole days: a score stands for a day.
Proof comes from certificates only. Sex, age, family, disability, origin, religion, photo, poverty and district are
not here and never will be (Code du travail, L1132-1); a region counts only when one must be there in person.
"""

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, TypeVar

from django.utils.text import slugify

from lms.lib.comparison import comparable

VERSION = "2"
MONTH = 30.44  # days
SKILLS, LANGUAGES, HOURS, PREFERENCES, RELIABILITY = 55.0, 15.0, 15.0, 10.0, 5.0
ESSENTIAL_WEIGHT, USEFUL_WEIGHT = 3, 1
CERTIFICATE_TRUST = 0.9  # graded by the machine; a supervised test would be 1.0
SAME_FOR_ALL_WHO_FIT = LANGUAGES + HOURS + PREFERENCES  # as employers see them: ``CANDIDATE_ONLY``
HALF = 0.5 + 1e-9  # added before the fraction is cut: the last bit of a float moves no score
ON_SITE = ("on-site", "hybrid")
CANDIDATE_ONLY = frozenset({"pay"})  # lines that employers neither read nor find in a score
REGION_LENGTH = 60  # fits the index, whose tokens have a kind before it
T = TypeVar("T")


@dataclass(frozen=True)
class Proof:
    """A certificate's word for a skill. ``months`` since it was issued."""

    code: str
    level: int
    months: float = 0.0
    certificate: str = ""
    on: str = ""  # ISO date
    trust: float = CERTIFICATE_TRUST

    @property
    def worth(self) -> float:
        """Level x trust x freshness."""
        return self.level * self.trust * freshness(self.months)


@dataclass(frozen=True)
class SkillNeed:
    code: str
    level: int
    essential: bool = True
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        return ESSENTIAL_WEIGHT if self.essential else USEFUL_WEIGHT


@dataclass(frozen=True)
class Wanted:
    """What an opportunity needs. Pay is per month in its currency, None when unknown or paid by the task."""

    skills: tuple[SkillNeed, ...] = ()
    languages: Mapping[str, int] = field(default_factory=dict)
    hours: int = 0
    place: str = "remote"
    country: str = ""
    region: str = ""
    equipment: frozenset[str] = frozenset()
    connectivity: int = 1
    pay: int | None = None
    currency: str = ""
    starts_on: date | None = None  # today where the day has passed; None: not said


@dataclass(frozen=True)
class Person:
    """What a candidate proves (certificates) and offers (their profile). None or empty: they have not said."""

    proofs: tuple[Proof, ...] = ()
    languages: Mapping[str, int] = field(default_factory=dict)
    hours: int | None = None
    works_remote: bool | None = None
    works_on_site: bool | None = None
    country: str = ""
    region: str = ""
    equipment: frozenset[str] = frozenset()
    connectivity: int | None = None
    pay_floor: int | None = None
    currency: str = ""
    available_from: date | None = None  # None: now
    quiet_months: float = 0.0  # since their last sign of life
    interviews_planned: int = 0
    interviews_kept: int = 0


@dataclass(frozen=True)
class MatchReason:
    """One printed reason: what was needed, what was found, where that comes from, what it brought.

    ``hard`` lines must be ``ok``; the others only order. ``points`` are out of ``possible``, before activity; printed
    are the whole points ``shown`` out of ``out_of``. ``is_open``: nobody can tell yet, the two work it out.
    """

    kind: str  # skill, language, hours, equipment, line, place, start, pay, reliability, activity
    ok: bool
    need: Any = None
    found: Any = None
    hard: bool = True
    points: float = 0.0
    possible: float = 0.0
    code: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    certificate: str = ""
    on: str = ""
    is_open: bool = False
    shown: int = 0
    out_of: int = 0
    unknown: bool = False  # not ``ok`` because they have not said: to be asked

    @property
    def missing(self) -> float:
        return self.possible - self.points


@dataclass(frozen=True)
class Match:
    lines: tuple[MatchReason, ...]
    score: int

    @property
    def fits(self) -> bool:
        return not self.unmet

    @property
    def unmet(self) -> list[MatchReason]:
        """The needs that are not met: whoever has one of these has no place among those who fit, whatever the score."""
        return [line for line in self.lines if line.hard and not line.ok]

    @property
    def to_ask(self) -> tuple[MatchReason, ...]:
        """The needs of which they have not said whether they meet them."""
        return tuple(line for line in self.lines if line.hard and not line.ok and line.unknown)

    @property
    def may_fit(self) -> bool:
        """A near miss: every need is met, but for what they have not said yet."""
        return not self.fits and all(line.ok or line.unknown for line in self.lines if line.hard)

    @property
    def best_gain(self) -> MatchReason | None:
        """The skill that would raise this match most: an unmet need first, then the most points missing.

        None when all skills are proven at the level asked for.
        """
        return next(iter(unmet_needs(self.lines)), None)

    @property
    def rank(self) -> tuple[bool, int]:
        """To sort by: who meets every need first, then by score."""
        return (not self.fits, -self.score)

    def as_json(self) -> list[dict[str, Any]]:
        """For ``Referral.reasons``: plain data with the version of the weights first."""
        rows: list[dict[str, Any]] = [{"kind": "version", "version": VERSION}]
        for line in self.lines:
            row = {name: value for name, value in vars(line).items() if value not in (None, "", {}, 0.0)}
            rows.append({**row, "ok": line.ok, "hard": line.hard, "names": dict(line.names)})
        return rows


def match(wanted: Wanted, person: Person) -> Match:
    lines = [
        *skill_lines(wanted.skills, person.proofs),
        *language_lines(wanted.languages, person.languages),
        hours_reason(wanted.hours, person.hours),
        *equipment_lines(wanted.equipment, person.equipment),
        connection_line(wanted.connectivity, person.connectivity),
        place_line(wanted, person),
        *start_lines(wanted.starts_on, person.available_from),
        pay_reason(wanted, person),
        reliability_line(person.interviews_kept, person.interviews_planned),
    ]
    activity = activity_of(person.quiet_months)
    lines.append(MatchReason("activity", activity >= 0.75, need=100, found=round(100 * activity, 6), hard=False))
    return with_printed_points(lines, activity)


def with_printed_points(lines: Sequence[MatchReason], activity: float) -> Match:
    """The score, and whole points for every line that add up to it: activity's are those that it takes away."""
    score = whole(activity * sum(line.points for line in lines))
    shown = in_whole_points([line.points for line in lines])
    possible = in_whole_points([line.possible for line in lines])
    printed = [
        replace(line, shown=score - sum(shown)) if line.kind == "activity" else replace(line, shown=one, out_of=most)
        for line, one, most in zip(lines, shown, possible, strict=True)
    ]
    return Match(tuple(printed), score)


def whole(points: float) -> int:
    return min(100, max(0, math.floor(points + HALF)))


def in_whole_points(points: Sequence[float]) -> list[int]:
    """Whole numbers near to each, whose sum is the sum, rounded: what is cut off goes to the largest rests."""
    cut = [math.floor(one + 1e-9) for one in points]
    rests = sorted(range(len(points)), key=lambda at: (cut[at] - points[at], at))
    for at in rests[: whole(sum(points)) - sum(cut)]:
        cut[at] += 1
    return cut


def reasons_from_json(rows: Iterable[Mapping[str, Any]]) -> list[MatchReason]:
    """The lines of ``Match.as_json``, whatever later versions wrote beside them."""
    known = {one.name for one in fields(MatchReason)}
    lines = (row for row in rows if "ok" in row)  # the first row is the version
    return [MatchReason(**{name: value for name, value in row.items() if name in known}) for row in lines]


def employers_score(rows: Iterable[Mapping[str, Any]]) -> int:
    """The score of ``Match.as_json`` for an employer: what the candidate keeps to themselves counts as met."""
    return employers_reasons(rows).score


def employers_reasons(rows: Iterable[Mapping[str, Any]]) -> Match:
    """The lines of ``Match.as_json`` as an employer reads them: what the candidate keeps to themselves counts as met
    for everybody, and says nothing of this one.
    """
    return added_up(
        MatchReason("private", True, hard=False, points=line.possible, possible=line.possible)
        if line.kind in CANDIDATE_ONLY
        else line
        for line in reasons_from_json(rows)
    )


def added_up(lines: Iterable[MatchReason]) -> Match:
    """The score of these lines and their printed points, which may have changed since they were made."""
    known = list(lines)
    return with_printed_points(known, next((line.found for line in known if line.kind == "activity"), 100) / 100)


def version_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """Of the weights by which these lines were made."""
    return str(next((row["version"] for row in rows if "version" in row), VERSION))


def unmet_needs(lines: Iterable[MatchReason]) -> list[MatchReason]:
    """The skills that are not proven at the level asked for, most useful first: needs, then the points they miss."""
    short = [line for line in lines if line.kind == "skill" and (line.found or 0) < line.need]
    return sorted(short, key=lambda line: (not line.hard, -line.missing))


def best_first(found: Iterable[tuple[Match, T]], tie: Callable[[T], Any]) -> list[tuple[Match, T]]:
    """The one order of matches. ``tie`` gives each of equals a different value, so that it is always the same."""
    return sorted(found, key=lambda pair: (*pair[0].rank, tie(pair[1])))


def tie_break(seed: object, key: object) -> str:
    """A tie between people: drawn, so that nobody comes first for an old account or a name; the same for one seed."""
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()


GOLDEN, MIX_1, MIX_2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def tie_rank(seed: int, key: int) -> int:
    """The place of ``key`` in a tie, another for each seed: the mixer of SplitMix64, which ``index.ranking`` computes
    for a million keys at once.
    """
    mixed = (key + seed * GOLDEN) % 2**64
    mixed = (mixed ^ (mixed >> 30)) * MIX_1 % 2**64
    mixed = (mixed ^ (mixed >> 27)) * MIX_2 % 2**64
    return mixed ^ (mixed >> 31)


def best_matches(found: Iterable[tuple[Match, T]], tie: Callable[[T], Any]) -> list[tuple[Match, T]]:
    """Those that meet every need, best first."""
    return best_first((pair for pair in found if pair[0].fits), tie)


def skill_lines(needs: Iterable[SkillNeed], proofs: Iterable[Proof]) -> list[MatchReason]:
    """The best proof of each need; no credit above the level asked for. Nothing asked: full marks in one line."""
    needs, proofs = tuple(needs), tuple(proofs)
    if not needs:
        return [MatchReason("skills", True, hard=False, points=SKILLS, possible=SKILLS)]
    total = sum(need.weight for need in needs)
    lines = []
    for need in needs:
        best = max((p for p in proofs if p.code == need.code), key=lambda p: (p.worth, p.on), default=None)
        level = max((p.level for p in proofs if p.code == need.code), default=0)
        possible = SKILLS * need.weight / total
        gained = possible * min(best.worth / need.level, 1.0) if best else 0.0
        lines.append(
            MatchReason("skill", level >= need.level, need.level, level, need.essential, gained, possible, need.code,
                 need.names, best.certificate if best else "", best.on if best else "")
        )  # fmt: skip
    return lines


def language_lines(needs: Mapping[str, int], found: Mapping[str, int]) -> list[MatchReason]:
    if not needs:
        return [MatchReason("languages", True, hard=False, points=LANGUAGES, possible=LANGUAGES)]
    possible = LANGUAGES / len(needs)
    lines = []
    for language, level in sorted(needs.items()):
        has = found.get(language, 0)
        points = possible * min(has / level, 1.0)
        line = MatchReason("language", has >= level, level, has, True, points, possible, language, unknown=not found)
        lines.append(line)
    return lines


def hours_reason(need: int, found: int | None) -> MatchReason:
    if found is None:
        return MatchReason("hours", not need, need, None, True, 0.0 if need else HOURS, HOURS, unknown=bool(need))
    share = min(found / need, 1.0) if need else 1.0
    return MatchReason("hours", found >= need, need, found, True, HOURS * share, HOURS)


def connection_line(need: int, found: int | None) -> MatchReason:
    return MatchReason("line", (found or 0) >= need, need, found, unknown=found is None)


def equipment_held(found: Iterable[str]) -> frozenset[str]:
    """What they have, and what that is as good as: a computer of one's own for one at a centre."""
    has = frozenset(found)
    return has | {"shared"} if "computer" in has else has


def region_key(region: str) -> str:
    """A region as it is compared: without accents, case and dashes; in another alphabet as it is written."""
    return (slugify(comparable(region)) or comparable(region))[:REGION_LENGTH]


def equipment_lines(need: frozenset[str], found: frozenset[str]) -> list[MatchReason]:
    """One line for each thing asked for."""
    has = equipment_held(found)
    return [
        MatchReason("equipment", thing in has, thing, thing if thing in has else "", unknown=not has)
        for thing in sorted(need)
    ]


def place_line(wanted: Wanted, person: Person) -> MatchReason:
    """In person: the same country, and the same region when one is named. Remote: they work remotely."""
    if wanted.place not in ON_SITE:
        found = None if person.works_remote is None else "remote" if person.works_remote else "on-site"
        return MatchReason("place", bool(person.works_remote), wanted.place, found, unknown=found is None)
    near = person.country == wanted.country and (
        not wanted.region or region_key(person.region) == region_key(wanted.region)
    )
    where = ", ".join(part for part in (wanted.region, wanted.country) if part)
    here = ", ".join(part for part in (person.region, person.country) if part)
    is_known = bool(person.country and (person.region or not wanted.region) and person.works_on_site is not None)
    elsewhere = bool(person.country) and person.country != wanted.country
    unknown = not is_known and not elsewhere and person.works_on_site is not False
    return MatchReason("place", bool(near and person.works_on_site), where, here, unknown=unknown)


def start_lines(starts_on: date | None, available_from: date | None) -> list[MatchReason]:
    """Free on the first day. Without a first day the two agree on one; who names no day is free now."""
    free = available_from.isoformat() if available_from else None
    if starts_on is not None:
        ok = available_from is None or available_from <= starts_on
        return [MatchReason("start", ok, starts_on.isoformat(), free)]
    return [MatchReason("start", True, None, free, hard=False, is_open=True)] if free else []


def pay_reason(wanted: Wanted, person: Person) -> MatchReason:
    """Their wishes: the pay reaches what they ask for. What cannot be compared brings nothing; they work it out."""
    if not person.pay_floor:
        return MatchReason("pay", True, None, None, False, PREFERENCES, PREFERENCES, code="none")
    if wanted.pay is None or not person.currency or wanted.currency != person.currency:
        return MatchReason("pay", True, None, None, False, 0.0, PREFERENCES, is_open=True)
    ok = wanted.pay >= person.pay_floor
    return MatchReason("pay", ok, None, None, False, PREFERENCES if ok else 0.0, PREFERENCES)


def reliability_line(kept: int, planned: int) -> MatchReason:
    """Interviews kept, with a prior of four kept in five: newcomers start at 0.8, employers' silence costs nothing."""
    share = (min(kept, planned) + 4) / (planned + 5)
    return MatchReason("reliability", share >= 0.6, planned, kept, False, RELIABILITY * share, RELIABILITY)


def freshness(months: float) -> float:
    """An old certificate keeps at least 70 % of its worth."""
    return 0.7 + 0.3 * 2 ** (-max(months, 0) / 18)


def activity_of(quiet_months: float) -> float:
    """1 today, 0.75 after six quiet months, never under one half."""
    return 0.5 + 0.5 * 2 ** (-max(quiet_months, 0) / 6)
