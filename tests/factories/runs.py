"""Bulk work done at once, as the worker does it."""

from typing import TypeVar

from lms.accounts import learner_import
from lms.accounts.models import ImportRun, User
from lms.lib import runs

R = TypeVar("R", bound=runs.Run)


def work_off(run: R) -> R:
    """Work on a run until it waits for somebody or has ended."""
    while runs.work(label=run._meta.label, run_id=run.pk):
        pass
    run.refresh_from_db()
    return run


def check_import(content: bytes | str, by: User) -> ImportRun:
    content = content.encode() if isinstance(content, str) else content
    return work_off(learner_import.start_import(content=content, by=by))


def import_learners(content: bytes | str, by: User) -> ImportRun:
    run = check_import(content, by)
    runs.confirm(run)
    return work_off(run)
