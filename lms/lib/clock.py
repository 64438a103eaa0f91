"""Whether the time can be believed, before anything is closed for good because of it.

The database's clock decides, for all hosts share it. It is doubted for ``PAUSE`` seconds after it, or this machine's
own, was seen to jump: against the time that this process has counted (monotonic), against the time that was last seen
by anybody (``SeenTime``), against each other. Whatever ends by a deadline waits meanwhile and ends later: nothing is
lost by waiting.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from lms.lib.leases import database_now
from lms.lib.models import SeenTime

logger = logging.getLogger(__name__)

STEP = 60.0  # seconds: clocks that are corrected by less have not jumped
AWAY = timedelta(minutes=10)  # nobody looked for longer: the site was stopped, or the clock has jumped
PAUSE = 15 * 60.0  # seconds without another jump, then the time is believed


@dataclass(slots=True)
class Watch:
    """What this process knows: two clocks at one moment, and until when (monotonic) it doubts the first."""

    wall: float = 0.0
    counted: float = 0.0
    doubts_until: float = 0.0
    reason: str = ""

    def compare(self) -> None:
        """This machine's clock with the seconds that have passed."""
        wall, counted = time.time(), time.monotonic()
        if self.counted:
            jump = (wall - self.wall) - (counted - self.counted)
            if abs(jump) > STEP:
                self.doubt(f"the clock of this machine jumped by {round(jump)} s")
        self.wall, self.counted = wall, counted

    def doubt(self, reason: str) -> None:
        if not self.doubts():
            logger.error("clock doubted: %s", reason)
        self.reason, self.doubts_until = reason, time.monotonic() + PAUSE

    def doubts(self) -> bool:
        return time.monotonic() < self.doubts_until

    def has_waited(self) -> bool:
        """A doubt of this process is over: what was seen long ago is no reason for the next one."""
        return self.doubts_until > 0 and not self.doubts()


_watch = Watch()


def believed_now() -> datetime | None:
    """The moment by the database's clock; None while it is doubted. Three short queries at most."""
    _watch.compare()
    now = database_now()
    if abs((timezone.now() - now).total_seconds()) > STEP:
        _watch.doubt("the clocks of this machine and of the database differ")
    seen = SeenTime.objects.filter(pk=1).first()
    is_over = _watch.has_waited()
    if not _watch.doubts() and not is_over and seen is not None and not fits(now, seen.at):
        _watch.doubt(f"the time last seen was {seen.at.isoformat(timespec='seconds')}")
    if _watch.doubts():
        if seen is None or seen.doubted_at is None:
            told = {"doubted_at": now, "reason": _watch.reason[:200]}
            SeenTime.objects.update_or_create(pk=1, defaults=told, create_defaults={"at": now, **told})
        return None
    _watch.doubts_until = 0.0
    if seen is None or is_over or seen.doubted_at or now - seen.at > timedelta(seconds=STEP / 2) or now < seen.at:
        SeenTime.objects.update_or_create(pk=1, defaults={"at": now, "doubted_at": None, "reason": ""})
    return now


def fits(now: datetime, seen: datetime) -> bool:
    """Whether it may be ``now`` when somebody looked at ``seen``, and somebody always looks."""
    return seen - timedelta(seconds=STEP) < now < seen + AWAY


def is_past(moment: datetime) -> bool:
    """Whether a deadline is over beyond doubt. The database is asked only when it is by this machine's clock."""
    if timezone.now() <= moment:
        _watch.compare()
        return False
    now = believed_now()
    return now is not None and now > moment


def doubt() -> str:
    """Why this process does not believe the time; empty when it does."""
    return _watch.reason if _watch.doubts() else ""
