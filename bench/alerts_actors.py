"""What ``bench.alerts`` does inside its sites: ``python -m bench.alerts_actors NAME``."""

import sys
from datetime import timedelta

import lms  # noqa: F401  (a sound SQLite first)

SOON = timedelta(seconds=2)  # this process ends meanwhile


def be_well() -> None:
    """What a site that has run for a while has: a backup, an administrator with both factors not being asked here."""
    from django.utils import timezone

    from lms.lib.models import BackupRecord

    BackupRecord.objects.create(at=timezone.now(), file="a.zip", size=1)


def age_backup() -> None:
    from django.utils import timezone

    from lms.lib.doctor.backups import BY_HAND_OLD
    from lms.lib.models import BackupRecord

    BackupRecord.objects.update(at=timezone.now() - BY_HAND_OLD + SOON)


def age_task() -> None:
    """One that is due once a day, so that nobody does it meanwhile."""
    from django.conf import settings
    from django.utils import timezone

    from lms.accounts.doctor import LATE_BY
    from lms.accounts.models import Heartbeat
    from lms.accounts.services import task_key

    entry = settings.CELERY_BEAT_SCHEDULE["sessions"]
    red = 10 * (3 * timedelta(seconds=entry["schedule"]) + LATE_BY)
    Heartbeat.objects.update_or_create(name=task_key(entry["task"]), defaults={"seen_at": timezone.now() - red + SOON})


def poison_row() -> None:
    from lms.lib.doctor.sweeps import MANY_TRIES
    from lms.lib.models import FailedRow

    FailedRow.objects.create(sweep="bench.poison", key="1", tries=MANY_TRIES, last_error="ValueError: x")


def write_message() -> None:
    from lms.accounts.enums import Channel
    from lms.accounts.messages import queue_message

    queue_message(
        key="bench", user=None, channel=Channel.EMAIL, kind="test", body="Bonjour", address="a@b.example", language="fr"
    )


def main(name: str) -> None:
    import django

    django.setup()
    globals()[name]()


if __name__ == "__main__":
    main(sys.argv[1])
