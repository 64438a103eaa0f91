"""``/metrics``: closed by default, the same from any process, a bounded number of queries, and nobody in it."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core import checks
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from lms.accounts import outages
from lms.accounts.enums import Channel
from lms.accounts.messages import queue_message
from lms.accounts.models import Heartbeat, OutboundMessage
from lms.accounts.services import beat, queue_name, task_key, worker_name
from lms.lib import metrics
from lms.lib.leases import Leased, from_now
from lms.lib.models import BackupRecord, FailedRow
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db

TOKEN = "t0ken-of-the-tests-29_chars-x"


@pytest.fixture
def ask(client, settings):
    settings.METRICS_TOKEN = TOKEN

    def ask(token: str = TOKEN) -> dict[tuple[str, ...], float]:
        """Each figure by its name and the values of its labels."""
        answer = client.get("/metrics", headers={"authorization": f"Bearer {token}", "host": "10.0.0.7:8000"})
        assert answer.status_code == 200, answer.content
        text = answer.content.decode()
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    return ask


class TestWhoMayAsk:
    @pytest.mark.parametrize("token", ["", TOKEN])
    def test_nobody_without_a_token_in_the_settings(self, client, settings, token):
        settings.METRICS_TOKEN = ""
        assert client.get("/metrics", headers={"authorization": f"Bearer {token}"}).status_code == 404

    @pytest.mark.parametrize("sent", ["", TOKEN, "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer é"])
    def test_nobody_with_another_one(self, client, settings, sent):
        settings.METRICS_TOKEN = TOKEN
        assert client.get("/metrics").status_code == 404
        assert client.get("/metrics", headers={"authorization": sent}).status_code == 404
        assert client.post("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).status_code != 200

    def test_a_monitor_asks_by_address_and_gets_no_cookie(self, client, settings):
        settings.METRICS_TOKEN, settings.SECURE_SSL_REDIRECT = TOKEN, True
        settings.ALLOWED_HOSTS = ["passerelle.example"]
        answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}", "host": "10.0.0.7:8000"})
        assert (answer.status_code, answer.headers["Cache-Control"], bool(answer.cookies)) == (200, "no-store", False)
        assert answer.headers["Content-Type"].startswith("text/plain; version=")

    def test_a_token_that_can_be_guessed_is_told_at_the_start(self, settings):
        for token, told in (("", []), ("short", ["house.E035"]), (TOKEN, [])):
            settings.METRICS_TOKEN = token
            assert [message.id for message in checks.run_checks() if message.id == "house.E035"] == told


def test_messages_that_wait(ask):
    user = make_user("awa", email="awa@example.org")
    for number in range(3):
        queue_message(key=f"x{number}", user=user, channel=Channel.EMAIL, kind="news", body="x")
    OutboundMessage.objects.filter(key="x0").update(due_at=from_now(-timedelta(minutes=10)))
    OutboundMessage.objects.filter(key="x1").update(tries=OutboundMessage.max_tries)
    OutboundMessage.objects.filter(key="x2").update(lease_until=from_now(timedelta(minutes=1)))
    outages.note(channel="email", error="535", by_us=True)
    found = ask()
    assert found["passerelle_messages_waiting", "email"] == 2
    assert found["passerelle_messages_oldest_seconds", "email"] == pytest.approx(600, abs=60)
    assert found["passerelle_messages_given_up", "email"] == 1
    assert found["passerelle_leases", "accounts.OutboundMessage"] == 1
    assert found["passerelle_sending_fails", "email"] == 1
    assert found["passerelle_messages_waiting", "sms"] == 0, "a figure that is nought is said, or no rule could read it"


def test_signs_of_life_by_host_and_queue(ask, settings):
    beat(worker_name("default@host-2"))
    beat(queue_name("bulk"))
    beat(task_key("cms.tasks.clear_sessions"))
    Heartbeat.objects.create(name=worker_name("default@gone"), seen_at=timezone.now() - timedelta(days=30))
    Heartbeat.objects.filter(name=queue_name("bulk")).update(seen_at=from_now(-timedelta(minutes=5)))
    found = ask()
    assert found["passerelle_worker_seen_seconds", "default@host-2"] < 60
    assert ("passerelle_worker_seen_seconds", "default@gone") not in found, "labels do not grow for ever"
    assert found["passerelle_queue_seen_seconds", "bulk"] == pytest.approx(300, abs=60)
    assert found["passerelle_queue_seen_seconds", "urgent"] == float("inf"), "never"
    assert found["passerelle_beat_seen_seconds",] == float("inf")
    assert found["passerelle_task_done_seconds", "sessions"] < 60
    assert found["passerelle_task_period_seconds", "sessions"] == 24 * 3600
    entries = {name for name in settings.CELERY_BEAT_SCHEDULE if not name.startswith("heartbeat-")}
    assert {key[1] for key in found if key[0] == "passerelle_task_done_seconds"} == entries


def test_rows_that_fail_and_backups(ask):
    assert ask()["passerelle_backup_age_seconds",] == float("inf")
    FailedRow.objects.create(sweep="accounts.send", key="1", tries=1, last_error="x")
    FailedRow.objects.create(sweep="accounts.send", key="2", tries=1, last_error="x")
    FailedRow.objects.create(sweep="of-an-older-version", key="2", tries=1, last_error="x")
    BackupRecord.objects.create(at=timezone.now() - timedelta(hours=2), file="a.zip", size=7)
    BackupRecord.objects.create(at=timezone.now(), error="disk full")
    found = ask()
    assert found["passerelle_failed_rows", "accounts.send"] == 2
    assert found["passerelle_failed_rows", "other"] == 1
    assert found["passerelle_backup_age_seconds",] == pytest.approx(7200, abs=60)
    assert found["passerelle_backup_bytes",] == 7
    assert found["passerelle_backup_failed",] == 1


def test_every_table_that_leases_is_counted(ask):
    tables = {model._meta.label for model in apps.get_models() if issubclass(model, Leased)}
    assert {key[1] for key in ask() if key[0] == "passerelle_leases"} == tables


def test_attempts_certificates_referrals(ask):
    found = ask()
    for name in (
        "attempts_open",
        "attempts_overdue",
        "certificates_without_pdf",
        "certificates_not_issued",
        "referrals_waiting",
    ):
        assert found[f"passerelle_{name}",] == 0


def test_one_group_of_figures_that_fails_keeps_no_other_from_being_told(ask, monkeypatch):
    def breaks():
        raise ValueError("x")
        yield

    monkeypatch.setattr(metrics, "_sources", [*metrics._sources, breaks])
    found = ask()
    assert found["passerelle_figures_failed",] == 1
    assert ("passerelle_attempts_open",) in found


def test_a_database_that_is_away_is_no_error_of_ours(client, settings, monkeypatch):
    settings.METRICS_TOKEN = TOKEN

    def away():
        raise OperationalError("gone")
        yield

    monkeypatch.setattr(metrics, "_sources", [away])
    assert client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 503


MOST_QUERIES = 23


def test_the_number_of_queries_is_bounded(ask):
    ask()
    with CaptureQueriesContext(connection) as few:
        ask()
    user = make_user("awa", email="awa@example.org")
    for number in range(20):
        queue_message(key=f"x{number}", user=user, channel=Channel.EMAIL, kind="news", body="x")
        FailedRow.objects.create(sweep="accounts.send", key=str(number), tries=1, last_error="x")
        Heartbeat.objects.create(name=worker_name(f"default@host-{number}"), seen_at=Now())
    with CaptureQueriesContext(connection) as many:
        ask()
    assert len(few) == len(many) <= MOST_QUERIES


def test_nobody_is_in_it(ask, client):
    user = make_user("seynabou", full_name="Seynabou Ndiaye", email="seynabou@example.org", phone="+221771234567")
    queue_message(key="x", user=user, channel=Channel.EMAIL, kind="news", body="Seynabou")
    OutboundMessage.objects.update(last_error="550 seynabou@example.org")
    FailedRow.objects.create(sweep="accounts.send", key="seynabou", tries=1, last_error="seynabou@example.org")
    FailedRow.objects.create(sweep="seynabou", key="1", tries=1, last_error="x")
    text = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).content.decode().lower()
    assert "passerelle_failed_rows" in text
    assert "seynabou" not in text
    assert "1234567" not in text
