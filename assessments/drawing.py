"""Draw the questions of an attempt: those the trainer named, and some from a bank.

For one seed the draw is always the same, whatever the order in which the bank lists its questions. No
question comes twice. Draws are balanced: every learner gets as many easy, medium and hard questions as the
next, as far as the bank allows; and questions they have met before come only when no fresh ones of that
level are left.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .seeds import rng_for


@dataclass(frozen=True)
class DrawableQuestion:
    """A question that may be drawn."""

    key: str
    skills: tuple[str, ...] = ()
    difficulty: int = 2


@dataclass(frozen=True)
class Section:
    """`questions` are always asked, in this order; `draw` more come from `candidates`."""

    title: str
    questions: tuple[str, ...] = ()
    draw: int = 0
    candidates: tuple[DrawableQuestion, ...] = ()
    skill: str = ""  # only candidates that test it
    difficulty: int | None = None  # only candidates of this level


@dataclass(frozen=True)
class DrawnItem:
    section: int  # place of the section, from 0
    key: str


class DrawError(Exception):
    """The sections cannot be drawn. The message is for the trainer: what is missing, and what to do."""


Slot = tuple[int, list[DrawableQuestion]]
"""A place to fill: its section, and the candidates for it, best first."""


def draw(sections: Sequence[Section], seed: int | str, *, seen: Collection[str] = ()) -> list[DrawnItem]:
    """The questions of one attempt, section by section; drawn ones follow the named ones, easy first.

    `seen`: keys they met in earlier attempts, drawn only when no fresh ones of that level are left.
    Raises DrawError.
    """
    named = _named(sections)
    pools = [_pool(section, named, rng_for(seed, "draw", str(i))) for i, section in enumerate(sections)]
    chosen = _fill(sections, pools, seen)
    return [
        DrawnItem(number, key)
        for number, section in enumerate(sections)
        for key in [*section.questions, *_easy_first(chosen[number], pools[number])]
    ]


def _named(sections: Iterable[Section]) -> set[str]:
    count = Counter(key for section in sections for key in section.questions)
    twice = [key for key, times in count.items() if times > 1]
    if twice:
        raise DrawError(
            _("Some questions are listed twice: %(keys)s. List each of them once.") % {"keys": ", ".join(twice)}
        )
    return set(count)


def _pool(section: Section, taken: Collection[str], rng: random.Random) -> list[DrawableQuestion]:
    """The candidates that may be drawn here, in a random order that forgets the order they came in."""
    fitting = {
        candidate.key: candidate
        for candidate in section.candidates
        if candidate.key not in taken
        and (not section.skill or section.skill in candidate.skills)
        and section.difficulty in (None, candidate.difficulty)
    }
    pool = [fitting[key] for key in sorted(fitting)]
    rng.shuffle(pool)
    return pool


def _fill(
    sections: Sequence[Section], pools: Sequence[list[DrawableQuestion]], seen: Collection[str]
) -> list[list[DrawableQuestion]]:
    """Give every slot a question of its own.

    Sections with the least choice go first. When a slot finds all its candidates taken, those who took them
    move to another (augmenting paths, as in Kuhn's matching), so a draw fails only if no draw exists.
    """
    slots: list[Slot] = []
    holder: dict[str, int] = {}  # key of the question: the slot it fills
    scarce_first = sorted(range(len(sections)), key=lambda i: len(pools[i]) - sections[i].draw)
    for number in scarce_first:
        for level in _levels(pools[number], sections[number].draw):
            slots.append((number, _best_first(pools[number], level, seen)))
            if not _place(len(slots) - 1, slots, holder, set()):
                raise _too_few(sections[number], pools[number], sum(n == number for n, _c in slots) - 1)
    chosen: list[list[DrawableQuestion]] = [[] for _section in sections]
    for key, slot in holder.items():
        number, candidates = slots[slot]
        chosen[number].append(next(candidate for candidate in candidates if candidate.key == key))
    return chosen


def _place(slot: int, slots: Sequence[Slot], holder: dict[str, int], tried: set[str]) -> bool:
    candidates = [candidate for candidate in slots[slot][1] if candidate.key not in tried]
    for candidate in candidates:
        if candidate.key not in holder:
            holder[candidate.key] = slot
            return True
    for candidate in candidates:
        if candidate.key in tried:
            continue
        tried.add(candidate.key)
        if _place(holder[candidate.key], slots, holder, tried):
            holder[candidate.key] = slot
            return True
    return False


def _levels(pool: Sequence[DrawableQuestion], wanted: int) -> list[int]:
    """The difficulty wished for each slot: as even as the pool allows, the middle served first.

    It depends on the pool alone, never on the seed: two learners sit equally hard attempts.
    """
    stock = Counter(candidate.difficulty for candidate in pool)
    if not stock:
        return [0] * wanted
    middle = sorted(stock)[len(stock) // 2]
    order = sorted(stock, key=lambda level: (abs(level - middle), level))
    levels: list[int] = []
    while len(levels) < wanted and (open_levels := [level for level in order if stock[level]]):
        for level in open_levels[: wanted - len(levels)]:
            stock[level] -= 1
            levels.append(level)
    return levels + [middle] * (wanted - len(levels))


def _best_first(pool: Sequence[DrawableQuestion], level: int, seen: Collection[str]) -> list[DrawableQuestion]:
    """Nearest to the wished level first, fresh before seen, otherwise in the pool's random order."""
    return sorted(pool, key=lambda candidate: (abs(candidate.difficulty - level), candidate.key in seen))


def _easy_first(chosen: Collection[DrawableQuestion], pool: Sequence[DrawableQuestion]) -> list[str]:
    """Keys by difficulty; questions of one level keep the pool's random order."""
    keys = {candidate.key for candidate in chosen}
    drawn = [candidate for candidate in pool if candidate.key in keys]
    return [candidate.key for candidate in sorted(drawn, key=lambda candidate: candidate.difficulty)]


def _too_few(section: Section, pool: Sequence[DrawableQuestion], placed: int) -> DrawError:
    found = min(len(pool), placed)
    missing = section.draw - found
    remedy = ngettext(
        "Add %(missing)s question to the bank, or draw fewer.",
        "Add %(missing)s questions to the bank, or draw fewer.",
        missing,
    ) % {"missing": missing}
    what = _("Section “%(title)s” draws %(wanted)s from the bank, but only %(found)s can be drawn.") % {
        "title": section.title,
        "wanted": section.draw,
        "found": found,
    }
    if section.skill:
        what += " " + _("Only questions of the skill %(skill)s count.") % {"skill": section.skill}
    if section.difficulty is not None:
        what += " " + _("Only questions of difficulty %(level)s count.") % {"level": section.difficulty}
    if found < len(pool):
        what += " " + _("Other sections need the rest.")
    return DrawError(f"{what} {remedy}")
