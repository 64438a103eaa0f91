"""System checks that turn a wrong setting into a sentence, before the first request."""

from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from celery import current_app
from celery.exceptions import QueueNotFound
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import autodiscover_modules

from lms.lib import sentry
from lms.lib.metrics import SHORTEST_TOKEN
from lms.lib.production import NEW_KEY


@register()
def check_base_url(**kwargs: Any) -> list[CheckMessage]:
    if settings.IS_PRODUCTION:  # lms.lib.production asks for more
        return []
    parts = urlsplit(settings.BASE_URL)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path not in {"", "/"}:
        hint = "Set BASE_URL to the public address, for instance https://passerelle.example (no path)."
        return [Error(f"BASE_URL is not an address: {settings.BASE_URL!r}", hint=hint, id="house.E001")]
    return []


@register()
def check_file_storage(**kwargs: Any) -> list[CheckMessage]:
    """What anybody may see and what nobody may lie in two buckets: one rule for each."""
    kind, media, private = settings.MEDIA_STORAGE, settings.S3_MEDIA_BUCKET, settings.S3_PRIVATE_BUCKET
    found: list[CheckMessage] = []
    if kind not in {"", "s3"}:
        hint = "Leave MEDIA_STORAGE out for the file system, or set it to s3."
        found.append(Error(f"MEDIA_STORAGE is {kind!r}", hint=hint, id="house.E030"))
    elif kind == "s3":
        hint = "Name two closed buckets: S3_MEDIA_BUCKET and S3_PRIVATE_BUCKET (docs/operations/s3.md)."
        missing = [name for name in ("S3_MEDIA_BUCKET", "S3_PRIVATE_BUCKET") if not getattr(settings, name)]
        if missing:
            found.append(Error(f"MEDIA_STORAGE is s3, and {' and '.join(missing)} not set", hint=hint, id="house.E031"))
        elif media == private:
            text = f"Public media and private files would share one bucket ({media})"
            found.append(Error(text, hint=hint, id="house.E032"))
        if find_spec("storages") is None or find_spec("boto3") is None:
            text = "MEDIA_STORAGE is s3, and its library is not installed"
            found.append(Error(text, hint="Type: pip install 'passerelle[s3]'", id="house.E033"))
    return found


@register()
def check_time_limits(**kwargs: Any) -> list[CheckMessage]:
    """Each task can be ended, what it does ends before, and what it holds is not taken from it while it lives."""
    soft, hard = settings.CELERY_TASK_SOFT_TIME_LIMIT, settings.CELERY_TASK_TIME_LIMIT
    found: list[CheckMessage] = []
    for name, limits in limits_of_tasks().items():
        if not limits[0] or not limits[1] or not limits[0] < limits[1]:
            text = f"{name} is never killed, or before it is asked to end: {limits}"
            found.append(Error(text, hint="Leave both to TASK_SECONDS.", id="house.E020"))
        elif limits[1] >= settings.LEASE_SECONDS:
            text = f"{name} may last {limits[1]} s, and its leases end after {settings.LEASE_SECONDS} s"
            found.append(Error(text, hint="LEASE_SECONDS follows from TASK_SECONDS: set that.", id="house.E021"))
    lasting = {
        "SWEEP_MAX_SECONDS + EMAIL_SECONDS": settings.SWEEP_MAX_SECONDS + settings.EMAIL_SECONDS,
        "EMAIL_TIMEOUT": settings.EMAIL_TIMEOUT or soft + 1,
        "RUN_SECONDS + PARSE_SECONDS": settings.RUN_SECONDS + settings.PARSE_SECONDS,
    }
    for name, seconds in lasting.items():
        if not seconds <= soft:
            text = f"{name} is {seconds} s: more than the {soft} s after which a task is asked to end"
            found.append(Error(text, hint=f"Make it shorter, or TASK_SECONDS ({hard}) longer.", id="house.E022"))
    return found


@register()
def check_queues(**kwargs: Any) -> list[CheckMessage]:
    """Each task is published to a queue that workers serve."""
    found: list[CheckMessage] = []
    known = {queue.name for queue in settings.CELERY_TASK_QUEUES}
    for name in limits_of_tasks():
        try:
            queue = current_app.amqp.router.route({}, name)["queue"].name
        except QueueNotFound as error:
            queue = str(error)
        if queue not in known:
            hint = f"Correct CELERY_TASK_ROUTES; the queues are {', '.join(sorted(known))}."
            found.append(Error(f"{name} goes to no known queue: {queue}", hint=hint, id="house.E023"))
    unknown = sorted(set(settings.CELERY_TASK_ROUTES) - set(limits_of_tasks()))
    if unknown:
        found.append(Error(f"CELERY_TASK_ROUTES names no task: {', '.join(unknown)}", id="house.E024"))
    return found


@register()
def check_sentry(**kwargs: Any) -> list[CheckMessage]:
    found = settings.SENTRY_DSN and sentry.problem(settings.SENTRY_DSN)
    hint = "Copy the DSN from the project’s page in Sentry, and install passerelle[sentry]; or leave SENTRY_DSN empty."
    return [Error(found, hint=hint, id="house.E034")] if found else []


@register()
def check_metrics_token(**kwargs: Any) -> list[CheckMessage]:
    if not settings.METRICS_TOKEN or len(settings.METRICS_TOKEN) >= SHORTEST_TOKEN:
        return []
    hint = f"Set METRICS_TOKEN to what {NEW_KEY} prints, or leave it empty."
    return [Error(f"METRICS_TOKEN has fewer than {SHORTEST_TOKEN} characters", hint=hint, id="house.E035")]


def limits_of_tasks() -> dict[str, tuple[float, float]]:
    """Seconds after which each task of ours is asked to end, and killed."""
    autodiscover_modules("tasks")
    conf = current_app.conf
    return {
        name: (task.soft_time_limit or conf.task_soft_time_limit, task.time_limit or conf.task_time_limit)
        for name, task in current_app.tasks.items()
        if not name.startswith("celery.")
    }
