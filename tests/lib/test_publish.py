"""A wake-up call never delays or fails the request that makes it."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from lms.lib import publish
from lms.lib.publish import wake_on_commit
from tests.conftest import ROOT


@shared_task
def nothing(number: int) -> None:
    """Stands for any task."""


@pytest.fixture(autouse=True)
def rested(monkeypatch) -> None:
    monkeypatch.setattr(publish, "_rests_until", 0.0)


@pytest.fixture
def published(monkeypatch) -> list[tuple]:
    calls: list[tuple] = []
    monkeypatch.setattr(nothing, "apply_async", lambda args, retry: calls.append(args))
    return calls


def test_it_is_published_once_the_transaction_stands(published, db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        wake_on_commit(nothing, 7)
        assert published == []
    assert published == [(7,)]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_says_nothing(published):
    with transaction.atomic():
        wake_on_commit(nothing, 7)
        transaction.set_rollback(True)
    assert published == []


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_is_not_the_learners_trouble_and_then_left_alone(monkeypatch):
    tried = []

    def dead(args, retry):
        tried.append(args)
        raise OperationalError("connection refused")

    monkeypatch.setattr(nothing, "apply_async", dead)
    with transaction.atomic():
        wake_on_commit(nothing, 7)
        wake_on_commit(nothing, 8)
    assert tried == [(7,)]
    monkeypatch.setattr(publish, "_rests_until", 0.0)  # some seconds later
    wake_on_commit(nothing, 9)
    assert tried == [(7,), (9,)]


@pytest.fixture
def silent_broker() -> Iterator[tuple[int, list[socket.socket]]]:
    """A port that takes every connection and never says a word; and the connections that came."""
    came: list[socket.socket] = []

    def take(listener: socket.socket) -> None:
        while True:
            try:
                came.append(listener.accept()[0])
            except OSError:  # closed: the test is over
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=take, args=[listener], daemon=True).start()
        yield listener.getsockname()[1], came
        listener.shutdown(socket.SHUT_RDWR)
    for connection in came:
        connection.close()


PUBLISH_TWICE = """
import django
django.setup()
from lms.accounts.tasks import heartbeat
from lms.lib import publish
for number in range(2):
    publish.wake_on_commit(heartbeat, "default")
    print("gave up", publish._rests_until > 0)
    publish._rests_until = 0.0
"""


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_one_short_try_at_a_broker_that_hangs(silent_broker, scheme, tmp_path):
    """Without our transport options each call would wait for ever: that it ends at all is the proof."""
    port, came = silent_broker
    env = {
        **os.environ,
        "CELERY_BROKER_URL": f"{scheme}://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "lms.settings.local",
        "DATA_DIR": str(tmp_path),
        "LOG_LEVEL": "ERROR",
    }
    done = subprocess.run(
        [sys.executable, "-c", "import lms\n" + PUBLISH_TWICE],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout == "gave up True\ngave up True\n", done.stderr
    assert len(came) == 2
