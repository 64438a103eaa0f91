"""Somebody is told: each kind of trouble reaches a real inbox in the first round after it stands in ``doctor`` as red.

A round is a minute; what takes time (a worker that falls silent) is moved by the rows' dates, not by waiting.
"""

import logging
import os
import runpy
import sys
from collections import namedtuple
from datetime import timedelta
from email.header import decode_header, make_header
from types import SimpleNamespace

import pytest
from django.core.exceptions import SuspiciousOperation
from django.core.mail import get_connection
from django.core.management import call_command
from django.db.utils import OperationalError
from django.test import override_settings
from django.utils import timezone

from lms.accounts import outages
from lms.accounts.models import Heartbeat
from lms.accounts.services import beat, queue_name, task_key
from lms.lib import alerts, error_files
from lms.lib.checkup import Level
from lms.lib.logs import LineFormatter
from lms.lib.models import Alert, BackupRecord, FailedRow
from tests.mail_server import mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(settings, tmp_path):
    """An installation that is well, watched, with an inbox that is not on its own mail server."""
    settings.BASE_URL = "https://passerelle.example"
    settings.DATA_DIR = tmp_path
    settings.LANGUAGE_CODE = "en"
    for queue in settings.CELERY_TASK_QUEUES:
        beat(queue_name(queue.name))
    beat("beat")
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        beat(task_key(entry["task"]))
    with mail_server() as running:
        connection = {"backend": "lms.lib.smtp.EmailBackend", "host": "127.0.0.1", "port": running.port}
        with override_settings(ADMIN_EMAILS=["ops@example.org"], ALERT_EMAIL=connection):
            call_command("watch", once=True)
            running.letters.clear()
            yield running


def told(inbox) -> list[str]:
    """Subjects of what arrived in one more round."""
    inbox.letters.clear()
    call_command("watch", once=True)
    return subjects(inbox)


def subjects(inbox) -> list[str]:
    return [str(make_header(decode_header(letter["Subject"]))).strip() for letter in inbox.letters]


def silent(name: str) -> None:
    Heartbeat.objects.filter(name=name).update(seen_at=timezone.now() - timedelta(minutes=4))


def dead_worker(monkeypatch) -> None:
    silent(queue_name("default"))


def dead_beat(monkeypatch) -> None:
    silent("beat")


def full_disk(monkeypatch) -> None:
    usage = namedtuple("usage", "total used free")(10**11, 10**11, 10**8)
    monkeypatch.setattr("lms.lib.doctor.machine.shutil.disk_usage", lambda path: usage)


def refused_mail(monkeypatch) -> None:
    outages.note(channel="email", error="535 5.7.8", by_us=True)


def poison_row(monkeypatch) -> None:
    FailedRow.objects.create(sweep="accounts.send", key="1", tries=8, last_error="ValueError: x")


def late_sweep(monkeypatch) -> None:
    Heartbeat.objects.filter(name=task_key("lms.accounts.tasks.sweep_messages")).update(
        seen_at=timezone.now() - timedelta(hours=3)
    )


def old_backup(monkeypatch) -> None:
    BackupRecord.objects.create(at=timezone.now() - timedelta(days=40), file="old.zip", size=1)


TROUBLE = [dead_worker, dead_beat, full_disk, refused_mail, poison_row, late_sweep, old_backup]


@pytest.mark.parametrize("trouble", TROUBLE, ids=lambda trouble: trouble.__name__)
def test_it_is_told_once_and_again_after_a_day_and_when_it_is_over(inbox, monkeypatch, trouble):
    assert told(inbox) == [], "all is well"
    with monkeypatch.context() as patched:
        trouble(patched)
        (subject,) = told(inbox)
        assert subject.startswith("Passerelle: broken: ")
        assert inbox.to[-1] == "ops@example.org"
        assert told(inbox) == [], "once"
        Alert.objects.update(told_at=timezone.now() - timedelta(hours=25))
        assert told(inbox) == [subject], "again after a day"
    outages.end("email")
    FailedRow.objects.all().delete()
    BackupRecord.objects.update(at=timezone.now())
    Heartbeat.objects.update(seen_at=timezone.now())
    (over,) = told(inbox)
    assert over.startswith("Passerelle: well again: ")
    assert told(inbox) == []
    assert not Alert.objects.exclude(severity=Level.AMBER).exists()


def test_in_french_a_space_stands_before_the_colon(inbox, monkeypatch, settings):
    settings.LANGUAGE_CODE = "fr"
    dead_beat(monkeypatch)
    (subject,) = told(inbox)
    assert subject == "Passerelle\u00a0: en panne\u00a0: Planificateur (beat)"
    first = inbox.letters[0].get_payload(decode=True).decode().splitlines()[0]
    assert first.startswith("en panne\u00a0: Planificateur (beat)\u00a0: ")


def test_amber_is_told_when_it_lasts(inbox):
    FailedRow.objects.create(sweep="accounts.send", key="1", tries=1, last_error="ValueError: x")
    assert told(inbox) == []
    Alert.objects.update(since=timezone.now() - timedelta(hours=25))
    (subject,) = told(inbox)
    assert subject.startswith("Passerelle: needs attention: ")
    assert told(inbox) == []


def test_what_could_not_be_told_is_told_in_the_next_round(inbox, monkeypatch):
    inbox.answers["RCPT"].append("451 4.7.1 Later")
    dead_worker(monkeypatch)
    assert told(inbox) == []
    assert len(told(inbox)) == 1


def test_another_mail_server_is_not_shown_the_password_of_the_first(settings, monkeypatch):
    """Nor does it refuse the alert because of a name that it never asked for."""
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://site:secret@mail.passerelle.example:587")
    monkeypatch.setenv("ALERT_EMAIL_URL", "smtp://relay.passerelle.example:25")
    read = runpy.run_path(str(settings.BASE_DIR / "lms" / "settings" / "base.py"))
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = read["EMAIL_HOST_USER"], read["EMAIL_HOST_PASSWORD"]
    settings.EMAIL_USE_TLS = True
    other = get_connection(**read["ALERT_EMAIL"])
    assert (other.host, other.username, other.password, other.use_tls) == ("relay.passerelle.example", "", "", False)


def test_another_host_that_is_telling_is_not_talked_over(inbox, monkeypatch):
    dead_worker(monkeypatch)
    with monkeypatch.context() as patched:
        patched.setattr(alerts, "send", lambda *args: told(inbox) == [])
        call_command("watch", once=True)
    assert told(inbox) == []


def test_the_disk_of_another_host_is_its_own(inbox, monkeypatch):
    full_disk(monkeypatch)
    assert len(told(inbox)) == 1
    monkeypatch.undo()
    monkeypatch.setattr(alerts, "HOST_NAME", "other-host")
    assert told(inbox) == [], "this host is well; that says nothing about the first"


def test_a_database_that_is_away_is_told_once_to_those_of_before(inbox, monkeypatch):
    watcher = alerts.Watcher(people=["ops@example.org"])
    with monkeypatch.context() as patched:
        patched.setattr(alerts, "examine", lambda: (_ for _ in ()).throw(OperationalError("away")))
        patched.setattr("django.db.connection.close", lambda: None)
        assert alerts.check_and_alert(watcher) == Level.RED
        assert alerts.check_and_alert(watcher) == Level.RED
    assert subjects(inbox) == ["Passerelle: broken: Database"]
    alerts.check_and_alert(watcher)
    assert subjects(inbox)[-1] == "Passerelle: well again: Database"


def test_without_a_setting_the_administrators_are_told(django_user_model, settings):
    settings.ADMIN_EMAILS = []
    make = django_user_model.objects.create_superuser
    make("a", password="x", email="a@example.org")
    make("b", password="x", email="b@example.org", is_active=False)
    make("c", password="x", email="")
    assert alerts.people() == ["a@example.org"]


def test_nobody_is_named_in_an_alert(inbox, monkeypatch, settings):
    """What failed stands in the line of ``doctor``; whoever it happened to is no matter of a chat room."""
    settings.ALERT_WEBHOOK = "https://chat.example/hook"
    posted = []
    monkeypatch.setattr(alerts, "post", lambda url, data: posted.append(data["text"]) or SimpleNamespace(status=200))
    FailedRow.objects.create(
        sweep="accounts.send", key="1", tries=8, last_error="OSError: 550 awa@example.org, +221 77 123 45 67"
    )
    told(inbox)
    for text in (inbox.letters[0].get_payload(decode=True).decode(), *posted):
        assert "OSError: 550 ..." in text
        assert "awa" not in text
        assert "123" not in text
    assert len(posted) == 1


def test_webhook_and_ping(inbox, monkeypatch, settings):
    settings.ALERT_WEBHOOK, settings.ALERT_PING_URL = "https://chat.example/hook", "https://ping.example/x"
    posted, pinged = [], []
    monkeypatch.setattr(alerts, "post", lambda url, data: posted.append(data["text"]) or namedtuple("A", "status")(200))
    monkeypatch.setattr(alerts, "get", pinged.append)
    told(inbox)
    assert (posted, pinged) == ([], ["https://ping.example/x"])
    dead_beat(monkeypatch)
    told(inbox)
    assert posted[0].startswith("Passerelle: broken: Scheduler")
    assert len(pinged) == 1, "silence is what the other side waits for"


def kinds_of(kind: type[Exception]) -> set[type[Exception]]:
    return {each for child in kind.__subclasses__() for each in ({child} | kinds_of(child))}


class TestErrors:
    @pytest.fixture
    def handler(self):
        handler = error_files.ErrorFiles()
        handler.setFormatter(LineFormatter())
        return handler

    def fail(self, handler, text="x") -> None:
        try:
            raise ValueError(f"invalid input syntax: {text!r}")
        except ValueError:
            handler.emit(logging.LogRecord("django.request", logging.ERROR, __file__, 1, "Internal Server Error: /fr/",
                                           (), sys.exc_info()))  # fmt: skip

    def test_they_are_grouped_told_once_an_hour_and_name_nobody(self, inbox, handler):
        for name in ("Awa Ndiaye", "Moussa Diop", "Fatou Sow"):
            self.fail(handler, name)
        (subject,) = told(inbox)
        assert subject.startswith("Passerelle: errors: 3 (")
        text = inbox.letters[0].get_payload(decode=True).decode()
        assert "3 times:" in text
        assert "ValueError" in text
        assert "test_alerts.py" in text
        for name in ("Awa", "Moussa", "Fatou"):
            assert name not in text
        self.fail(handler)
        assert told(inbox) == [], "within the hour"
        for stamp in error_files.folder().glob("*.told"):
            os.utime(stamp, (0, 0))
        assert len(told(inbox)) == 1

    def test_addresses_and_numbers_in_their_words_are_cut(self, inbox, handler, monkeypatch, settings):
        settings.ALERT_WEBHOOK = "https://chat.example/hook"
        posted = []
        monkeypatch.setattr(
            alerts, "post", lambda url, data: posted.append(data["text"]) or SimpleNamespace(status=200)
        )
        try:
            raise OSError("550 awa@example.org refused; +221 77 123 45 67, 771234567")
        except OSError:
            record = logging.LogRecord(
                "x", logging.ERROR, __file__, 1, "no mailbox awa@example.org", (), sys.exc_info()
            )
        handler.emit(record)
        (file,) = error_files.folder().glob("*.txt")
        written = file.read_text()
        told(inbox)
        sent = inbox.letters[0].get_payload(decode=True).decode() + inbox.letters[0]["Subject"]
        for text in (written, sent, *posted):
            assert "OSError: 550 ... refused" in text
            assert "awa" not in text
            assert "123" not in text.partition("OSError")[2]
        assert len(posted) == 1

    def test_a_flood_is_bounded(self, inbox, handler, monkeypatch):
        monkeypatch.setattr(error_files, "MOST_BYTES", 2000)
        for _number in range(3000):
            self.fail(handler)
        (file,) = error_files.folder().glob("*.txt")
        assert file.stat().st_size <= 2 * 2000 + 4

    def test_a_full_disk_changes_nothing(self, handler, settings):
        settings.DATA_DIR = "/proc/nowhere"
        self.fail(handler)

    def test_every_process_logs_its_errors_there(self):
        from lms.settings import base

        assert {"console", "errors"} == set(base.LOGGING["root"]["handlers"])
        assert {"console", "errors"} == set(base.LOGGING["loggers"]["django"]["handlers"])

    @pytest.mark.parametrize("kind", sorted({SuspiciousOperation, *kinds_of(SuspiciousOperation)}, key=str))
    def test_no_visitor_writes_to_those_who_look_after_the_site(self, kind):
        """Too many fields, a body that is too long, an unknown host: Django logs each as an error."""
        from lms.settings import base

        names = ["django", "security", kind.__name__]
        nearest = next(
            found for end in (3, 2, 1) if (found := base.LOGGING["loggers"].get(".".join(names[:end]))) is not None
        )
        assert "errors" not in nearest["handlers"]
        assert nearest["propagate"] is False
