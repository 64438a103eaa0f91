"""Can a wake-up call be published, quickly? A dead broker loses nothing, but then work waits for the sweep."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.utils.translation import gettext as _

from lms.lib.checkup import Finding, fine, register, watch
from lms.lib.seams.queue_folder import DAMAGED

MANY_WAITING = 2000


@register
def broker() -> Iterator[Finding]:
    topic = _("Broker")
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        yield queue_folder(topic, Path(str(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"])))
    else:
        yield broker_server(topic)


def queue_folder(topic: str, folder: Path) -> Finding:
    if not os.access(folder, os.W_OK):
        text = _("The queue folder %(folder)s is missing or cannot be written to.") % {"folder": folder}
        return watch(topic, text, _("Create the folder and give it to the user who runs the site. Nothing is lost."))
    damaged = folder.parent / DAMAGED
    count = sum(1 for _file in os.scandir(damaged)) if damaged.is_dir() else 0
    if count:
        text = _("Damaged files of the queue were put aside in %(folder)s: %(count)d. Their work was found again.")
        remedy = _("A power cut or a full disk leaves such files. Look at the disk, then delete the folder.")
        return watch(topic, text % {"folder": damaged, "count": count}, remedy)
    waiting = sum(1 for _file in os.scandir(folder))
    if waiting > MANY_WAITING:
        text = _("Too many tasks are waiting in the queue folder: %(count)d.") % {"count": waiting}
        return watch(topic, text, _("Look at the line “Worker”: it may be stopped or too slow."))
    return fine(topic, _("The queue folder can be written to; tasks waiting: %(count)d.") % {"count": waiting})


def broker_server(topic: str) -> Finding:
    start = time.monotonic()
    try:
        with current_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=0.5)
            queue = current_app.amqp.queues[current_app.conf.task_default_queue]
            queue(connection.default_channel).declare()  # as the workers do: RabbitMQ refuses it with other properties
    except Exception as error:  # noqa: BLE001  (whatever the transport raises)
        text = _("The broker does not answer: %(error)s. Work waits for the next sweep, nothing is lost.")
        remedy = _("Start it, or correct CELERY_BROKER_URL.")
        return watch(topic, text % {"error": type(error).__name__}, remedy)
    taken = time.monotonic() - start
    if taken > 0.5:
        text = _("The broker takes %(seconds)s s to accept a message.") % {"seconds": f"{taken:.1f}"}
        return watch(topic, text, _("Move it closer, or give its machine more resources."))
    return fine(topic, _("The broker accepts messages."))
