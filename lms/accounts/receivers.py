"""What this app does when it hears news from the apps below."""

from typing import Any

from celery.signals import before_task_publish
from django.db import close_old_connections, connection

from lms.accounts import services


@before_task_publish.connect(sender="lms.accounts.tasks.heartbeat")
def scheduler_is_alive(**kwargs: Any) -> None:
    """Only beat publishes this task: its sign of life does not need the broker or the worker to be well."""
    if not connection.in_atomic_block:
        close_old_connections()  # beat lives for months; its database may have been restarted since
    services.beat("beat")
