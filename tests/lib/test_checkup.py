"""``manage.py doctor`` finds what is wrong, says how to fix it, and never dies of one bad check."""

import os
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone, translation

from lms.accounts.models import Heartbeat, OutboundMessage
from lms.accounts.services import beat, queue_name, task_key
from lms.lib import checkup
from lms.lib.checkup import Finding, Level, examine, format_age, worst
from lms.lib.doctor import machine
from lms.lib.doctor.database import sync_speed

pytestmark = pytest.mark.django_db


@pytest.fixture
def well(settings) -> None:
    """An installation with nothing red: both processes have just been seen."""
    settings.BASE_URL = "https://passerelle.example"
    for queue in settings.CELERY_TASK_QUEUES:
        beat(queue_name(queue.name))
    beat("beat")
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        beat(task_key(entry["task"]))


def levels(topic: str) -> list[Level]:
    with translation.override("en"):
        return [finding.level for finding in examine() if finding.topic == topic]


def run_doctor(**options) -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("doctor", stdout=out, no_color=True, **options)
    except SystemExit as stop:
        return out.getvalue(), int(stop.code or 0)
    return out.getvalue(), 0


@pytest.fixture(autouse=True)
def messages(monkeypatch, tmp_path) -> Path:
    """The source of the French texts, compiled: a developer's own may be a minute younger than its .mo."""
    po = tmp_path / "django.po"
    monkeypatch.setattr(machine, "sources_of", lambda code: po)
    po.with_suffix(".mo").write_bytes(b"")
    return po


@pytest.mark.parametrize(("level", "code"), [("green", 0), ("amber", 0), ("red", 1)])
def test_the_exit_code_and_the_last_line_say_how_bad_it_is(level, code, monkeypatch):
    """What needs attention stops no script that goes on only while the site works."""
    finding = checkup.Finding(checkup.Level(level), "Topic", "Text.", "Remedy.")
    monkeypatch.setattr("lms.lib.management.commands.doctor.examine", lambda **options: [finding])
    monkeypatch.setattr("lms.lib.management.commands.doctor.no_site", lambda: None)
    out, found = StringIO(), 0
    try:
        call_command("doctor", language="en", stdout=out)
    except SystemExit as stop:
        found = stop.code
    assert found == code
    words = {"green": "OK", "amber": "needs attention", "red": "broken"}
    counts = ", ".join(f"{int(each == level)} {word}" for each, word in words.items())
    assert out.getvalue().splitlines()[-1] == f"In all: {counts}"


def test_a_well_installation_is_not_red(well):
    text, code = run_doctor(language="en")
    assert code == 0, text
    assert "0 broken" in text


def test_exit_code_1_and_a_remedy_when_the_worker_was_never_seen():
    text, code = run_doctor(language="en")
    assert code == 1
    assert "broken      Worker (urgent): It has never reported." in text
    assert "celery -A lms.celery worker" in text


def test_the_report_follows_the_language_of_the_terminal(well, monkeypatch):
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "fr_SN.UTF-8")
    assert "Base de données" in run_doctor()[0]
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert "Database" in run_doctor()[0]


@pytest.mark.parametrize(("minutes", "level"), [(0, Level.GREEN), (3, Level.AMBER), (4, Level.RED)])
def test_heartbeats_age(well, minutes, level):
    Heartbeat.objects.filter(name="beat").update(seen_at=timezone.now() - timedelta(minutes=minutes))
    assert levels("Scheduler") == [level]
    for queue in ("urgent", "default", "bulk"):
        assert levels(f"Worker ({queue})") == [Level.GREEN]


def test_a_queue_without_a_worker_or_far_behind_is_told_with_its_command(well):
    """The others are well: a worker that serves two queues of three is no whole worker."""
    row = Heartbeat.objects.filter(name=queue_name("urgent"))
    for minutes, level in ((1, Level.GREEN), (3, Level.AMBER), (4, Level.RED)):
        row.update(seen_at=timezone.now() - timedelta(minutes=minutes))
        assert levels("Worker (urgent)") == [level]
        assert levels("Worker (bulk)") == [Level.GREEN]
    row.delete()
    assert levels("Worker (urgent)") == [Level.RED]
    assert "-Q urgent" in run_doctor(language="en")[0]


def test_a_message_that_waits_is_seen(learner):
    old = timezone.now() - timedelta(minutes=20)
    OutboundMessage.objects.create(key="a", user=learner, channel="email", address="a@b.example", kind="k", due_at=old)
    assert levels("Messages") == [Level.AMBER]


def test_a_message_given_up_is_seen_and_tried_again(well, learner):
    row = OutboundMessage.objects.create(
        key="a", user=learner, channel="email", address="a@b.example", kind="k", tries=OutboundMessage.max_tries
    )
    assert Level.AMBER in levels("Messages")
    run_doctor(language="en", retry=True)
    row.refresh_from_db()
    assert row.tries == 0


def test_demo_accounts_are_to_watch_here_and_red_in_production(learner, settings):
    assert levels("Demo accounts") == [Level.GREEN]
    learner.is_demo = True
    learner.save()
    assert levels("Demo accounts") == [Level.AMBER]
    settings.IS_PRODUCTION = True
    assert levels("Demo accounts") == [Level.RED]


def test_a_weak_key_is_red(settings):
    settings.SECRET_KEY = "secret"
    assert levels("Secret key") == [Level.RED]


def test_a_printed_address_must_be_public_in_production(settings):
    settings.BASE_URL = "http://127.0.0.1:8000"
    assert levels("Address") == [Level.AMBER]
    settings.IS_PRODUCTION = True
    assert levels("Address") == [Level.RED]
    settings.BASE_URL = "http://passerelle.example"
    assert levels("Address") == [Level.RED]


def test_mail_that_stays_here_and_a_server_that_is_away(settings, closed_port):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert levels("E-mail") == [Level.AMBER]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed_port
    assert levels("E-mail") == [Level.RED]


def test_folders_that_cannot_be_written(settings, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(blocked)}},
    }
    assert levels("Files") == [Level.GREEN, Level.RED]


def test_a_queue_folder_that_is_gone_is_only_to_watch(settings, tmp_path):
    settings.CELERY_BROKER_URL = "filesystem://"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": str(tmp_path / "none")}
    assert levels("Broker") == [Level.AMBER]
    (tmp_path / "none").mkdir()
    assert levels("Broker") == [Level.GREEN]


def test_static_files_that_are_not_collected(settings, tmp_path):
    manifest = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": manifest}}
    assert levels("Static files") == [Level.RED]


def test_languages_not_compiled_or_older_than_their_sources(messages):
    messages.write_text("")
    made = messages.with_suffix(".mo").stat().st_mtime
    os.utime(messages, (made + 5, made + 5))  # as a wheel leaves them
    assert levels("Languages") == [Level.GREEN]
    os.utime(messages.with_suffix(".mo"), (0, 0))
    assert levels("Languages") == [Level.AMBER]
    messages.with_suffix(".mo").unlink()
    assert levels("Languages") == [Level.RED]


def test_a_year_out_of_reason(monkeypatch):
    monkeypatch.setattr(machine.timezone, "now", lambda: timezone.make_aware(timezone.datetime(1970, 1, 1)))
    with translation.override("en"):
        assert [finding.level for finding in machine.clock()] == [Level.RED]


def test_a_slow_disk_is_to_watch():
    assert sync_speed("Database", slow_ms=0).level == Level.AMBER
    assert sync_speed("Database", slow_ms=1e9).level == Level.GREEN


def test_a_check_that_fails_is_a_red_line_and_the_others_still_run(monkeypatch):
    def unlucky() -> Iterator[Finding]:
        raise RuntimeError("out of luck")
        yield

    monkeypatch.setattr(checkup, "_checks", [unlucky, *checkup._checks])
    found = examine()
    assert found[0].level == Level.RED
    assert "out of luck" in found[0].text
    assert len(found) > 5


def test_worst_of_findings():
    green, amber = Finding(Level.GREEN, "a", "b"), Finding(Level.AMBER, "a", "b", "c")
    assert worst([]) == Level.GREEN
    assert worst([green, amber, green]) == Level.AMBER


def test_every_finding_that_is_not_green_says_how_to_fix_it():
    assert [finding for finding in examine() if finding.level != Level.GREEN and not finding.remedy] == []


@pytest.mark.parametrize(("seconds", "text"), [(3, "3 s"), (600, "10 min"), (9000, "2 h"), (400_000, "4 days")])
def test_durations_in_words(seconds, text):
    with translation.override("en"):
        assert format_age(timedelta(seconds=seconds)) == text


def test_a_scheduled_task_that_is_late_is_reported_with_its_age(well):
    row = Heartbeat.objects.filter(name=task_key("cms.tasks.publish_scheduled"))
    for age, level in ((1, Level.GREEN), (30, Level.AMBER), (60 * 24, Level.RED)):
        row.update(seen_at=timezone.now() - timedelta(minutes=age))
        assert levels("Scheduled task “publishing and unpublishing at the scheduled time”") == [level]
    row.delete()
    assert "It has not been done yet." in run_doctor(language="en")[0]


def test_an_empty_folder_is_not_examined_as_a_site(tmp_path, monkeypatch):
    """``doctor`` without the service's environment: the folder it falls back to holds nothing."""
    monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "empty" / "passerelle.sqlite3"))
    monkeypatch.setattr(MigrationRecorder, "has_table", lambda self: False)
    text, code = run_doctor(language="en")
    assert code == 1
    assert "No site was ever started here" in text
    assert "DJANGO_SETTINGS_MODULE, DATA_DIR, DATABASE_URL" in text
    assert "Secret key" in text  # its settings are still judged
    assert not [topic for topic in ("Worker", "Disk", "Static files", "Broker") if topic in text]
    assert not (tmp_path / "empty").exists()


def test_a_database_of_a_newer_version_is_red():
    MigrationRecorder.Migration.objects.create(app="courses", name="9999_of_tomorrow")
    text, code = run_doctor(language="en")
    assert code == 1
    assert "courses.9999_of_tomorrow" in text
