"""Celery doorways of accounts: ids in, one service call each, safe to run twice."""

from celery import shared_task

from lms.accounts import enrolling, messages, services
from lms.lib import leases

BATCH = 200


@shared_task(ignore_result=True)
def heartbeat() -> None:
    services.beat("worker")


@shared_task(ignore_result=True)
def send_message(message_id: str) -> None:
    messages.send_message(message_id=message_id)


@shared_task(ignore_result=True)
def sweep_messages() -> int:
    """Send whatever waits: lost wake-ups, dead workers' leases, providers that were away."""
    ids = list(leases.waiting(messages.unsent()).order_by("due_at").values_list("pk", flat=True)[:BATCH])
    return sum(messages.send_message(message_id=pk) for pk in ids)


@shared_task(ignore_result=True)
def purge_imports() -> int:
    return enrolling.purge_old_files()
