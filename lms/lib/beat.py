"""The scheduler of sweeps: keeps nothing on disk, so a power cut cannot leave a file that it stumbles over; of several,
on several hosts, one speaks and the others wait for its end.

Celery's own scheduler remembers in a shelve when each task ran last. Cut in mid-write, the file stays empty, and beat
dies of an EOFError at every start from then on. Our tasks are sweeps: they may run at any time, and do at the start.
"""

from datetime import UTC, datetime
from typing import Any

from celery.beat import Scheduler, SchedulingError

from lms.lib.election import EVERY, Candidate

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class MemoryScheduler(Scheduler):
    def setup_schedule(self) -> None:
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = LONG_AGO
        self.candidate = Candidate("beat")

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Seconds until the next look."""
        if not self.candidate.is_elected():
            return EVERY
        return min(super().tick(*args, **kwargs), EVERY)

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        """Celery keeps a connection that broke: after a restart of RabbitMQ nothing would be published any more."""
        try:
            return super().apply_async(*args, **kwargs)
        except SchedulingError:
            self.forget_connection()
            raise

    def forget_connection(self) -> None:
        """The next task makes another."""
        self.__dict__.pop("producer", None)
        broken = self.__dict__.pop("connection", None)
        if broken is not None:
            broken.collect()

    def close(self) -> None:
        self.candidate.resign()
        super().close()
