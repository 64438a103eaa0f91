"""How fast work goes: pieces saved, and the minutes spent on them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_GAP = timedelta(minutes=5)
"""What is longer between two saves was a pause, and counts as so much: who stops for the night is not slow."""


@dataclass(frozen=True, slots=True)
class Pace:
    pieces: int
    minutes: int

    @property
    def per_hour(self) -> int | None:
        """Pieces in an hour; none before there is enough to say it."""
        return None if self.pieces < 2 or not self.minutes else round(self.pieces * 60 / self.minutes)


def pace_of(begun: datetime, saves: Sequence[datetime], pieces: int) -> Pace:
    """``saves``: every moment at which something was saved, in order. A hint for the learner, never scored: a slow
    network counts as slow work, and a phone is no desk.
    """
    moments = [begun, *saves]
    spent = sum(
        (min(max(after - before, timedelta(0)), LONGEST_GAP) for before, after in zip(moments, saves, strict=False)),
        timedelta(0),
    )
    return Pace(pieces, -(-int(spent.total_seconds()) // 60))
