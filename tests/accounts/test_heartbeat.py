"""Worker and scheduler each leave their own sign of life."""

import pytest
from celery.schedules import maybe_schedule
from celery.signals import before_task_publish
from django.conf import settings

from lms.accounts.models import Heartbeat
from lms.accounts.tasks import heartbeat

pytestmark = pytest.mark.django_db


def test_the_task_is_the_sign_of_its_queues_worker():
    heartbeat("urgent")
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {"queue:urgent"}


def test_publishing_it_is_the_schedulers_sign():
    before_task_publish.send(sender=heartbeat.name)
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {"beat"}


def test_other_tasks_are_nobodys_sign():
    before_task_publish.send(sender="lms.accounts.tasks.sweep_messages")
    assert not Heartbeat.objects.exists()


def test_the_schedule_runs_it_more_often_than_doctor_expects():
    from lms.accounts.doctor import WARN_AFTER

    for queue in settings.CELERY_TASK_QUEUES:
        entry = settings.CELERY_BEAT_SCHEDULE[f"heartbeat-{queue.name}"]
        assert (entry["task"], entry["args"], entry["options"]["queue"]) == (heartbeat.name, [queue.name], queue.name)
        assert maybe_schedule(entry["schedule"]).run_every * 3 < WARN_AFTER
