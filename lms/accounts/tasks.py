"""Celery doorways of accounts: ids in, one service call each, safe to run twice."""

from celery import shared_task
from django.utils.translation import gettext_lazy

from lms.accounts import data_use, exports, inactivity, merging, messages, purging, services
from lms.lib import advisories, runs, sweeps
from lms.lib.backups import nightly
from lms.lib.publish import wake_on_commit

BATCH = 200


@shared_task(ignore_result=True)
def heartbeat(queue: str) -> None:
    """Some worker serves this queue, and has just come to this call in it."""
    services.beat(services.queue_name(queue))


@shared_task(ignore_result=True)
def send_message(message_id: str) -> None:
    messages.send_message(message_id=message_id)


@shared_task(ignore_result=True)
def sweep_codes() -> int:
    """By the worker that nothing slow holds up."""
    return sweeps.run(messages.SEND_URGENT)


@shared_task(ignore_result=True)
def sweep_messages() -> int:
    return sweeps.run(messages.SEND)


@shared_task(ignore_result=True)
def work_run(label: str, run_id: str) -> None:
    """Some slices of bulk work; what is left wakes the worker again, behind whatever else waits."""
    if runs.work(label=label, run_id=run_id):
        wake_on_commit(work_run, label, run_id)


def wake_runs() -> int:
    """Wake the worker for every run that waits: lost wake-ups, and the slices of dead workers."""
    waiting = [(label, str(pk)) for label, kind in runs.KINDS.items()
               for pk in runs.due(kind.model).values_list("pk", flat=True)[:BATCH]]  # fmt: skip
    for label, pk in waiting:
        wake_on_commit(work_run, label, pk)
    return len(waiting)


WAKE_RUNS = sweeps.register(
    sweeps.Sweep(
        name="accounts.runs",
        label=gettext_lazy("Imports and other long jobs to continue"),
        remedy=gettext_lazy("Look at the line “Database”, and at the worker’s log."),
        work=lambda key, now: wake_runs(),
        leased=True,  # each run takes its own lease
    )
)
PURGE_RUNS = sweeps.register(
    sweeps.Sweep(
        name="accounts.purge-runs",
        label=gettext_lazy("Old files of imports"),
        remedy=gettext_lazy("Make the user who runs the site the owner of the folder of private files."),
        work=lambda key, now: runs.purge(),
        leased=True,  # it deletes in small transactions
    )
)


@shared_task(ignore_result=True)
def sweep_runs() -> int:
    return sweeps.run(WAKE_RUNS, exports.MAKE)


@shared_task(ignore_result=True)
def purge_runs() -> int:
    return sweeps.run(
        PURGE_RUNS,
        exports.PURGE,
        purging.COPIES,
        purging.CARDS,
        purging.SIGN_INS,
        purging.SMS_COUNTS,
        data_use.PURGE,
        nightly.LEFTOVERS,
    )


@shared_task(ignore_result=True)
def nightly_backup() -> int:
    return sweeps.run(nightly.NIGHTLY)


@shared_task(ignore_result=True)
def ask_for_advisories() -> int:
    return sweeps.run(advisories.ASK)


@shared_task(ignore_result=True)
def sweep_merges() -> int:
    return sweeps.run(merging.SETTLE, merging.CLOSE, inactivity.TELL, inactivity.ERASE)
