"""Celery doorways of accounts: ids in, one service call each, safe to run twice."""

from celery import shared_task

from lms.accounts import messages, services
from lms.lib import leases, runs
from lms.lib.publish import wake_on_commit

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
def work_run(label: str, run_id: str) -> None:
    """Some slices of bulk work; what is left wakes the worker again, behind whatever else waits."""
    if runs.work(label=label, run_id=run_id):
        wake_on_commit(work_run, label, run_id)


@shared_task(ignore_result=True)
def sweep_runs() -> int:
    """Wake the worker for every run that waits: lost wake-ups, and the slices of dead workers."""
    waiting = [(label, str(pk)) for label, kind in runs.KINDS.items()
               for pk in runs.due(kind.model).values_list("pk", flat=True)[:BATCH]]  # fmt: skip
    for label, pk in waiting:
        wake_on_commit(work_run, label, pk)
    return len(waiting)


@shared_task(ignore_result=True)
def purge_runs() -> int:
    return runs.purge()
