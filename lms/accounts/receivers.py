"""What this app does when it hears news from the apps below."""

from typing import Any

from celery.signals import before_task_publish, task_postrun, worker_shutdown
from celery.utils.nodenames import host_format
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.signals import request_finished
from django.db import close_old_connections, connection
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from lms.accounts import data_use, devices, services, sign_ins, tasks
from lms.accounts.messages import URGENT
from lms.accounts.models import OutboundMessage, User
from lms.lib import alerts, neighbour_processes, runs
from lms.lib.publish import wake_on_commit


@receiver(post_save, sender=OutboundMessage, dispatch_uid="accounts.send_message")
def on_message_queued(sender: Any, instance: OutboundMessage, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """A new message that can leave goes at once; the sweep sends what this wake-up call did not bring."""
    if created and not raw and instance.sent_at is None and not instance.stopped:
        queue = settings.URGENT_QUEUE if instance.kind in URGENT else None
        wake_on_commit(tasks.send_message, str(instance.pk), queue=queue)


@receiver(runs.run_due, dispatch_uid="accounts.work_run")
def on_run_due(sender: Any, run: runs.Run, **kwargs: Any) -> None:
    wake_on_commit(tasks.work_run, run._meta.label, str(run.pk))


@receiver(user_logged_in, dispatch_uid="accounts.known_device")
def on_signed_in(sender: Any, user: User, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """The middleware puts the device's cookie into the answer; who is signed in where, they see on a page."""
    if request is not None:
        setattr(request, devices.ATTRIBUTE, user)
        sign_ins.note(user=user, request=request)


@receiver(user_logged_out, dispatch_uid="accounts.sign_in_ends")
def on_signed_out(sender: Any, user: User | None, request: HttpRequest, **kwargs: Any) -> None:
    if user is not None:
        sign_ins.record_end(user=user, request=request)


@before_task_publish.connect(sender="lms.accounts.tasks.heartbeat")
def scheduler_is_alive(**kwargs: Any) -> None:
    """Only beat publishes this task: its sign of life does not need the broker or the worker to be well."""
    if not connection.in_atomic_block:
        close_old_connections()  # beat lives for months; its database may have been restarted since
    services.beat("beat")


@receiver(alerts.before_checks, dispatch_uid="accounts.workers_of_this_host")
def workers_of_this_host_live(**kwargs: Any) -> None:
    """Each worker beside ``watch`` has a sign of its own, beside that of its queues, which any host may give.

    No thread of the worker gives it: billiard's locks and signals do not bear one, and the worker did not end.
    """
    for words in neighbour_processes.command_lines():
        if "worker" in words and "-n" in words[:-1]:
            services.beat(services.worker_name(host_format(words[words.index("-n") + 1])))


@worker_shutdown.connect
def worker_has_left(sender: Any = None, **kwargs: Any) -> None:
    services.worker_left(services.worker_name(str(getattr(sender, "hostname", ""))))


@task_postrun.connect
def on_task_done(sender: Any = None, state: str = "", **kwargs: Any) -> None:
    """Remember when each periodic task last ended well: ``doctor`` tells."""
    name = getattr(sender, "name", "")
    if state == "SUCCESS" and name in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}:
        services.record_task_run(name)


@receiver(request_finished, dispatch_uid="accounts.data_use")
def write_data_use(**kwargs: object) -> None:
    data_use.write_if_due()
