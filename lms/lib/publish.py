"""Waking the worker. The database rows are the truth; a task is only a wake-up call and may be lost."""

import logging
from typing import Any

from celery import Task
from django.db import transaction

logger = logging.getLogger(__name__)


def wake_on_commit(task: Task, *args: Any) -> None:
    """Publish ``task`` once the transaction stands. A dead broker is noted and never raised: the sweep repairs it."""

    def publish() -> None:
        try:
            task.apply_async(args, retry=False)
        except Exception as error:  # noqa: BLE001  (whatever the transport raises)
            logger.warning("not published: %s (%s)", task.name, type(error).__name__)

    transaction.on_commit(publish, robust=True)
