"""The Celery application. Tasks only wake work that database rows remember (docs/decisions/0003)."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_init

from lms.lib.seams import lost_children  # noqa: F401 - listens to workers
from lms.lib.seams.queue_folder import use_whole_files

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.local")
use_whole_files()

app = Celery("passerelle")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
@beat_init.connect
def refuse_to_work_half_configured(**kwargs: Any) -> None:
    """Links that a worker writes into e-mails come from the settings too."""
    import django

    from lms.lib.production import refuse_half_configured
    from lms.lib.schema_versions import refuse_newer_database

    django.setup()
    refuse_half_configured()
    refuse_newer_database()
