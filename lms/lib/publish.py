"""Waking the worker. The database rows are the truth; a task is only a wake-up call and may be lost."""

import logging
import time
from typing import Any

from celery import Task, current_app
from django.db import transaction

logger = logging.getLogger(__name__)

REST_SECONDS = 15
"""After a failed publish the broker is left alone so long: one request in many pays for a dead one, not each."""

_rests_until = 0.0  # this process's monotonic clock


def wake_on_commit(task: Task, *args: Any, queue: str | None = None) -> None:
    """Publish ``task`` once the transaction stands. A dead broker is noted and never raised: the sweep repairs it.

    ``queue`` when it is more urgent than its kind (``CELERY_TASK_QUEUES``).
    """
    options = {"queue": queue} if queue else {}

    def publish() -> None:
        global _rests_until
        if time.monotonic() < _rests_until:
            return
        try:
            task.apply_async(args, retry=False, **options)
        except Exception as error:  # noqa: BLE001  (whatever the transport raises)
            _rests_until = time.monotonic() + REST_SECONDS
            logger.warning("not published: %s (%s)", task.name, type(error).__name__)

    transaction.on_commit(publish, robust=True)


def warm_up() -> None:
    """Import the broker's client at the start of the web server: the first request to publish need not wait for it."""
    with current_app.connection_for_write() as connection:
        connection.transport  # noqa: B018  (made here, connected later)
