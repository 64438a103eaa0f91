"""When the tasks of libraries run: Wagtail's search index, its index of references, files to delete."""

from typing import Any

from django.db import transaction
from django_tasks import TaskResultStatus
from django_tasks.backends.immediate import ImmediateBackend
from django_tasks.base import Task, TaskResult


class Batch:
    """What one transaction asks for, once each however often it was asked."""

    def __init__(self) -> None:
        self.begun = False
        self.done: set[tuple[Any, ...]] = set()


class AfterCommit(ImmediateBackend):
    """Runs a task when the transaction is over, and once for the same row.

    Wagtail saves a page three times to publish it, and asks for both indexes each time: inside the transaction that is
    work for nothing while everybody else waits to write. Outside of a transaction a task runs at once.
    """

    waits = True

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        connection = transaction.get_connection()
        if not (self.waits and connection.in_atomic_block):
            return super().enqueue(task, args, kwargs)
        self.validate_task(task)
        batch = getattr(connection, "tasks_after_commit", None)
        if batch is None or batch.begun:
            batch = connection.tasks_after_commit = Batch()
        key = (task.module_path, repr(args), repr(kwargs))

        def run() -> None:
            batch.begun = True
            if key not in batch.done:
                batch.done.add(key)
                super(AfterCommit, self).enqueue(task, args, kwargs)

        transaction.on_commit(run)
        return TaskResult(
            task=task, id=key[0], status=TaskResultStatus.READY, enqueued_at=None, started_at=None,
            last_attempted_at=None, finished_at=None, args=args, kwargs=kwargs, backend=self.alias, errors=[],
            worker_ids=[],
        )  # fmt: skip
