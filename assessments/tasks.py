"""Celery doorways: ids in, one service call each, safe to run twice."""

from celery import shared_task

from assessments import services
from lms.lib import sweeps


@shared_task(ignore_result=True)
def sweep_attempts() -> int:
    """Mark the open attempts whose time is over."""
    return sweeps.run(services.CLOSE)
