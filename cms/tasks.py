"""Celery tasks of the site's own content."""

from celery import shared_task

from cms import picture_sizes, scheduling
from lms.lib import sweeps


@shared_task(ignore_result=True)
def publish_scheduled() -> int:
    """What an editor gave an hour appears and goes at that hour."""
    return sweeps.run(scheduling.UNPUBLISH_PAGES, scheduling.UNPUBLISH_OTHERS, scheduling.PUBLISH)


@shared_task(ignore_result=True)
def clear_sessions() -> int:
    return sweeps.run(scheduling.SESSIONS)


@shared_task(ignore_result=True)
def purge_uploads() -> int:
    return sweeps.run(scheduling.UPLOADS)


@shared_task(ignore_result=True)
def sweep_pictures() -> int:
    return sweeps.run(picture_sizes.MAKE)
