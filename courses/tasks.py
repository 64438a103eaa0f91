"""Celery doorways: ids in, one service call each, safe to run twice."""

from celery import shared_task

from courses import group_enrolment, learner_notes
from lms.lib import sweeps


@shared_task(ignore_result=True)
def sweep_groups() -> int:
    """Members of groups are put on the courses that were published since."""
    return sweeps.run(group_enrolment.ENROL)


@shared_task(ignore_result=True)
def purge_notes() -> int:
    return sweeps.run(learner_notes.PURGE)
