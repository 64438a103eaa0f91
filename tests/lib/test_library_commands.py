"""What libraries expect somebody to do regularly is done by the beat schedule, or said not to be needed."""

import pytest
from celery.utils.imports import symbol_by_name
from django.conf import settings
from django.core.management import get_commands

from lms.accounts import services
from lms.accounts.models import Heartbeat
from lms.accounts.receivers import on_task_done
from lms.accounts.services import task_key
from lms.lib.library_commands import BY_HAND, NOT_USED, SCHEDULED

OWN = {"lms.lib", "lms.accounts", "cms", "courses", "assessments", "certificates", "placement"}
DEVELOPERS = {"django.core", "django.contrib.staticfiles"}  # migrate, check, collectstatic: what start and make call


def test_every_command_of_a_library_is_scheduled_or_known_not_to_be_needed():
    """Think: does it have to run now and then? Then give it an entry of CELERY_BEAT_SCHEDULE, else say why not."""
    commands = {name for name, app in get_commands().items() if str(app) not in OWN | DEVELOPERS}
    known = SCHEDULED.keys() | BY_HAND.keys() | NOT_USED.keys()
    assert commands - known == set()
    assert not SCHEDULED.keys() & (BY_HAND.keys() | NOT_USED.keys())


def test_what_is_scheduled_is_in_the_schedule():
    assert set(SCHEDULED.values()) <= set(settings.CELERY_BEAT_SCHEDULE)
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert symbol_by_name(entry["task"].replace(".tasks.", ".tasks:")).name == entry["task"]


def test_keys_of_scheduled_tasks_are_unique():
    schedule = settings.CELERY_BEAT_SCHEDULE
    names = [task_key(entry["task"]) for key, entry in schedule.items() if not key.startswith("heartbeat-")]
    assert len(names) == len(set(names))


@pytest.mark.django_db
def test_what_was_done_is_noted_and_what_failed_is_not(monkeypatch):
    monkeypatch.setattr(services, "_noted", {})
    task = symbol_by_name("cms.tasks:clear_sessions")
    name = task_key(task.name)
    on_task_done(sender=task, state="FAILURE")
    assert not Heartbeat.objects.filter(name=name).exists()
    on_task_done(sender=task, state="SUCCESS")
    assert Heartbeat.objects.filter(name=name).exists()
    Heartbeat.objects.all().delete()
    on_task_done(sender=task, state="SUCCESS")
    assert not Heartbeat.objects.exists()  # once a minute is enough
