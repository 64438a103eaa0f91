"""The index in the memory of this process: loaded once, then patched with what changed, before every search.

Several processes agree because each asks the rows: ``current()`` costs two short queries when nothing changed. Rows are
asked for by the stamp of the transaction that wrote them (``models.search_index``), so that none is missed however long
that one took.
"""

import threading
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
from pyroaring import BitMap

from lms.lib.batches import by_key
from placement.index.packing import NEVER, day_number, microseconds, unpack_numbers, unpack_proofs
from placement.models import SearchEntry, SearchToken
from placement.models.search_index import horizon

ROWS_AT_ONCE = 20_000  # rows in memory while loading
COLUMNS = ("profile_id", "is_listed", "tokens", "proofs", "hours", "free_from", "steady", "active_at", "changed")
Row = tuple[Any, ...]


class Proofs:
    """Certificates' words for one skill, one place each: who, at what level, since when."""

    def __init__(self) -> None:
        self.people = np.zeros(0, dtype=np.uint32)
        self.levels = np.zeros(0, dtype=np.uint16)
        self.at = np.zeros(0, dtype=np.int64)

    def replace(self, gone: BitMap, people: np.ndarray, levels: np.ndarray, at: np.ndarray) -> None:
        if gone and len(self.people):
            kept = ~np.isin(self.people, as_array(gone))
            self.people, self.levels, self.at = self.people[kept], self.levels[kept], self.at[kept]
        self.people = np.concatenate([self.people, people])
        self.levels = np.concatenate([self.levels, levels])
        self.at = np.concatenate([self.at, at])


def as_array(people: BitMap) -> np.ndarray:
    """Their keys, ascending."""
    return np.frombuffer(people.to_array(), dtype=np.uint32) if people else np.zeros(0, dtype=np.uint32)


class Index:
    """Keys of profiles by token, with what orders them in columns: place ``key`` of each array."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.listed = BitMap()
        self.held: dict[int, BitMap] = {}
        self.numbers: dict[str, int] = {}
        self.proofs: dict[int, Proofs] = {}
        self.active = np.zeros(0, dtype=np.int64)
        self.hours = np.zeros(0, dtype=np.int16)
        self.free_from = np.zeros(0, dtype=np.int32)
        self.steady = np.zeros(0, dtype=np.float64)
        self.horizon: int | None = None
        self.recent_rows: dict[int, Row] = {}  # rows at or above the horizon, which are read again

    def refresh(self) -> None:
        """Take over what was committed since the last time; everything, the first time."""
        seen, before = horizon(), self.horizon
        rows = SearchEntry.objects.order_by("pk")
        if before is None:
            for found in by_key(
                rows.filter(is_listed=True).values_list(*COLUMNS), ROWS_AT_ONCE, key=lambda row: row[0]
            ):
                self.apply(found)
            self.recent_rows = {}
        else:
            found = list(rows.filter(changed__gte=before).values_list(*COLUMNS))
            fresh = [row for row in found if self.recent_rows.get(row[0]) != row]
            if fresh:
                self.apply(fresh, replaces=True)
            self.recent_rows = {row[0]: row for row in found if row[-1] >= seen}
        self.horizon = seen

    def name_tokens(self, numbers: Iterable[int]) -> None:
        if not set(numbers) <= set(self.numbers.values()):
            self.numbers = dict(SearchToken.objects.values_list("token", "pk"))

    def apply(self, rows: Sequence[Row], *, replaces: bool = False) -> None:
        """Rows as ``COLUMNS`` says. ``replaces``: whatever is known of these people is forgotten first."""
        keys = BitMap(row[0] for row in rows)
        self.grow(keys.max() + 1)
        if replaces:
            self.drop(keys)
        shown = [row for row in rows if row[1]]
        if replaces or not shown:
            self.replace_proofs(keys, shown)
        else:
            self.replace_proofs(BitMap(), shown)
        if not shown:
            return
        people = np.array([row[0] for row in shown], dtype=np.uint32)
        self.listed.update(BitMap(people))
        self.hours[people] = [row[4] for row in shown]
        self.free_from[people] = [day_number(row[5]) for row in shown]
        self.steady[people] = [row[6] for row in shown]
        self.active[people] = [microseconds(row[7]) for row in shown]
        counts = [len(row[2]) // 4 for row in shown]
        tokens = unpack_numbers(b"".join(bytes(row[2]) for row in shown))
        owners = np.repeat(people, counts)
        order = np.argsort(tokens, kind="stable")
        tokens, owners = tokens[order], owners[order]
        numbers, starts = np.unique(tokens, return_index=True)
        for number, part in zip(numbers.tolist(), np.split(owners, starts[1:]), strict=True):
            self.held.setdefault(number, BitMap()).update(BitMap(part))
        self.name_tokens(self.held)

    def replace_proofs(self, gone: BitMap, shown: Sequence[Row]) -> None:
        words = unpack_proofs(b"".join(bytes(row[3]) for row in shown))
        owners = np.repeat(
            np.array([row[0] for row in shown], dtype=np.uint32), [len(row[3]) // words.dtype.itemsize for row in shown]
        )
        for skill in set(np.unique(words["skill"]).tolist()) | (set(self.proofs) if gone else set()):
            here = words["skill"] == skill
            self.proofs.setdefault(skill, Proofs()).replace(gone, owners[here], words["level"][here], words["at"][here])

    def drop(self, people: BitMap) -> None:
        self.listed.difference_update(people)
        for held in self.held.values():
            held.difference_update(people)

    def correct(self, key: int, facts: Iterable[str], *, hours: int, free_from: date | None) -> None:
        """What a row says of one person that the index has otherwise, until the row of the index is written anew."""
        numbers = {self.numbers[fact] for fact in facts if fact in self.numbers}
        for number, held in self.held.items():
            if number in numbers:
                held.add(key)
            else:
                held.discard(key)
        self.hours[key], self.free_from[key] = hours, day_number(free_from)

    def grow(self, size: int) -> None:
        if size > len(self.active):
            size += size // 16 + 1024
            for name, blank in (("active", 0), ("hours", 0), ("free_from", NEVER), ("steady", 0)):
                old = getattr(self, name)
                wide = np.full(size, blank, dtype=old.dtype)
                wide[: len(old)] = old
                setattr(self, name, wide)

    def having(self, tokens: Iterable[str]) -> BitMap:
        """Whoever holds them all."""
        sets = [self.held.get(self.numbers.get(token, -1), BitMap()) for token in tokens]
        if not sets:
            return self.listed
        return BitMap.intersection(*sorted(sets, key=len)) if len(sets) > 1 else sets[0]

    def counts(self, people: BitMap, *, prefix: str = "") -> dict[str, int]:
        """How many of ``people`` hold each token (that begins so)."""
        count = people.intersection_cardinality if people is not self.listed else len
        found = {
            token: count(self.held[number])
            for token, number in self.numbers.items()
            if number in self.held and token.startswith(prefix)
        }
        return {token: number for token, number in found.items() if number}

    def newest(self, people: BitMap, start: int, stop: int) -> list[int]:
        """These places of ``people`` by last sign of life, the latest first; the lower key of two at once."""
        keys = as_array(people)
        moments = self.active[keys]
        if stop < len(keys):
            least = np.partition(moments, len(keys) - stop)[len(keys) - stop]
            near = moments >= least
            keys, moments = keys[near], moments[near]
        found: list[int] = keys[np.lexsort((keys, -moments))][start:stop].tolist()
        return found

    @property
    def size(self) -> int:
        """Bytes that bitmaps and columns take, without Python's own."""
        columns: list[np.ndarray] = [self.active, self.hours, self.free_from, self.steady]
        columns += [part for each in self.proofs.values() for part in (each.people, each.levels, each.at)]
        return sum(each.nbytes for each in columns) + sum(len(each.serialize()) for each in self.held.values())


_lock = threading.Lock()
_current: Index | None = None


def current() -> Index:
    """This process's index, as the rows are now."""
    global _current
    with _lock:
        if _current is None:
            _current = Index()
        with _current.lock:
            _current.refresh()
        return _current


def forget() -> None:
    """Load everything anew at the next search."""
    global _current
    _current = None
