"""Worker and scheduler each leave their own sign of life."""

import os
import re
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from celery.schedules import maybe_schedule
from celery.signals import before_task_publish, worker_shutdown
from django.conf import settings
from django.utils import timezone

from lms.accounts import services
from lms.accounts.models import Heartbeat
from lms.accounts.tasks import heartbeat
from lms.lib import alerts
from lms.lib.checkup import Level, examine

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


class TestEachHost:
    """Two hosts serve one queue: the death of one is seen although the other gives the queue's sign."""

    def test_a_worker_has_its_own_sign_until_it_is_stopped(self, monkeypatch):
        celery = ["/x/python", "/x/celery", "-q", "-A", "lms.celery"]
        beside = [[*celery, "worker", "-n", "default@%h", "-Q", "default,bulk"], [*celery, "beat"], ["granian"], []]
        monkeypatch.setattr("lms.lib.neighbour_processes.command_lines", lambda: beside)
        alerts.before_checks.send(None)
        node = f"default@{socket.gethostname()}"
        assert set(Heartbeat.objects.values_list("name", flat=True)) == {f"worker:{node}"}
        worker_shutdown.send(sender=type("Worker", (), {"hostname": node})())
        assert not Heartbeat.objects.exists()

    def test_what_runs_under_one_supervisor_is_seen(self):
        """A sibling that runs; not one that has ended, nor this process, nor children of others."""
        look = f"{sys.executable} -c 'from lms.lib.neighbour_processes import command_lines; print(command_lines())'"
        script = f"sleep 30 & sleep 0 & (sleep 31; true) & {look}; kill %1 %3"
        env = {**os.environ, "PYTHONPATH": str(settings.BASE_DIR)}
        told = subprocess.run(["bash", "-c", f"set -m; {script}"], env=env, capture_output=True, text=True)
        assert told.stdout.count("'sleep', '30'") == 1
        assert not re.search("'sleep', '(0|31)'|'-c', 'from lms", told.stdout)

    def test_one_that_died_is_red_and_one_that_was_taken_away_is_forgotten(self):
        services.beat(services.worker_name("default@host-1"))
        services.beat(services.worker_name("default@host-2"))
        dead = Heartbeat.objects.filter(name="worker:default@host-2")
        dead.update(seen_at=timezone.now() - timedelta(minutes=4))
        assert levels("default@host-1") == [Level.GREEN]
        assert levels("default@host-2") == [Level.RED]
        dead.update(seen_at=timezone.now() - timedelta(days=8))
        assert levels("default@host-2") == []


def levels(node: str) -> list[Level]:
    return [finding.level for finding in examine(only="lms.accounts.doctor") if node in finding.topic]
