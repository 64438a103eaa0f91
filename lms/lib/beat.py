"""The scheduler of sweeps: keeps nothing on disk, so a power cut cannot leave a file that it stumbles over.

Celery's own scheduler remembers in a shelve when each task ran last. Cut in mid-write, the file stays empty, and beat
dies of an EOFError at every start from then on. Our tasks are sweeps: they may run at any time, and do at the start.
"""

from datetime import UTC, datetime

from celery.beat import Scheduler

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class MemoryScheduler(Scheduler):
    def setup_schedule(self) -> None:
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = LONG_AGO
