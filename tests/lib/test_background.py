"""Queues, time limits and leases agree with each other, whatever is set."""

import ast
import shlex
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from celery import current_app
from celery.worker.consumer.control import Control
from django.conf import settings
from kombu import Connection

from bench.installation import supervised
from lms.lib import checks, leases
from lms.lib.checkup import Level
from lms.lib.doctor import broker
from lms.settings import base
from tests.conftest import ROOT

APPS = ("lms", "cms", "courses", "assessments", "certificates", "placement")


def ids() -> set[str]:
    return {str(message.id) for message in [*checks.check_time_limits(), *checks.check_queues()]}


def test_as_shipped_they_agree():
    assert ids() == set()
    assert len(checks.limits_of_tasks()) > 15
    assert settings.CELERY_TASK_TIME_LIMIT <= 90


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("LEASE_SECONDS", 90, "house.E021"),
        ("SWEEP_MAX_SECONDS", 55, "house.E022"),
        ("RUN_SECONDS", 30, "house.E022"),
        ("EMAIL_TIMEOUT", None, "house.E022"),
        ("CELERY_TASK_ROUTES", {"lms.accounts.tasks.work_rum": {"queue": "bulk"}}, "house.E024"),
    ],
)
def test_what_disagrees__reported(settings, name, value, told):
    setattr(settings, name, value)
    assert ids() == {told}


@pytest.mark.parametrize(
    ("limit", "seconds", "told"),
    [("time_limit", 300, "house.E021"), ("soft_time_limit", 90, "house.E020"), ("soft_time_limit", 95, "house.E020")],
)
def test_a_task_with_limits_of_its_own_is_held_to_it_too(monkeypatch, limit, seconds, told):
    monkeypatch.setattr(current_app.tasks["certificates.tasks.issue_certificate"], limit, seconds)
    assert ids() == {told}


def test_a_task_sent_to_a_queue_that_nobody_serves__reported(settings, monkeypatch):
    routes = {"lms.accounts.tasks.work_run": {"queue": "bluk"}}
    monkeypatch.setattr(current_app.amqp, "router", current_app.amqp.Router(current_app.amqp.queues))
    monkeypatch.setattr(current_app.amqp.router, "routes", [lambda name, *args, **more: routes.get(name)])
    assert ids() == {"house.E023"}


def test_every_queue_has_a_worker_and_each_worker_keeps_the_limits():
    workers = [command for name, command in supervised().items() if name.startswith("worker")]
    served: list[str] = []
    for command in workers:
        assert command[command.index("--pool") + 1] == "prefork", "solo and threads ignore time limits"
        served += command[command.index("-Q") + 1].split(",")
    assert sorted(served) == sorted(queue.name for queue in settings.CELERY_TASK_QUEUES)
    urgent = [command for command in workers if "urgent" in command[command.index("-Q") + 1]]
    assert [command[command.index("-Q") + 1] for command in urgent] == ["urgent"], "codes wait for nothing else"


def test_the_queue_in_a_folder_gives_more_than_one_task_a_second():
    """A worker that takes one message at a time sleeps once for each; kombu's own pause is a whole second."""
    pause = base.CELERY_BROKER_TRANSPORT_OPTIONS["polling_interval"]
    assert pause <= 0.1
    transport = Connection("filesystem://", transport_options=base.CELERY_BROKER_TRANSPORT_OPTIONS).transport
    assert transport.polling_interval == pause


def test_whatever_commands_docs_name_serve_known_queues():
    text = "".join(path.read_text() for path in (ROOT / "docs").rglob("operations*/*.md"))
    text += (ROOT / "docs" / "operations.md").read_text()
    named = [shlex.split(piece) for piece in text.split("`") if piece.startswith("celery -A lms.celery worker")]
    served = [queue for words in named for queue in words[words.index("-Q") + 1].split(",")]
    assert set(served) == {queue.name for queue in settings.CELERY_TASK_QUEUES}


def calls(name: str) -> list[tuple[Path, ast.Call]]:
    files = (file for app in APPS for file in (ROOT / app).rglob("*.py"))
    return [
        (file, node)
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name
    ]


def test_no_task_is_published_with_limits_or_a_queue_of_its_own():
    """The checks above know what stands on tasks and in settings; a limit or a name in a call would escape them."""
    for name in ("apply_async", "delay", "shared_task", "wake_on_commit"):
        for file, call in calls(name):
            for keyword in call.keywords:
                assert keyword.arg not in {"time_limit", "soft_time_limit"}, (file, call.lineno)
                assert keyword.arg != "queue" or not isinstance(keyword.value, ast.Constant), (file, call.lineno)


def test_leases_have_one_length():
    """``LEASE_SECONDS``, which the checks hold against the limits: nobody writes ``lease_until`` by another measure."""
    inside = {"leases.py", "runs.py"}
    wrong = [
        (file.name, call.lineno)
        for file, call in calls("update")
        for keyword in call.keywords
        if keyword.arg == "lease_until" and ast.unparse(keyword.value) != "None" and file.name not in inside
    ]
    assert wrong == []
    assert leases.claim.__annotations__.keys() == {"queryset", "return"}


class TestRabbitMQ:
    """What it refuses and Redis takes; ``python -m bench.machines --broker rabbitmq`` asks a real one."""

    def test_doctor_declares_a_queue_as_the_workers_do(self, monkeypatch):
        asked: list[dict[str, Any]] = []
        channel = MagicMock()
        channel.queue_declare.side_effect = lambda **how: asked.append(how)
        monkeypatch.setattr(current_app, "connection_for_write", MagicMock())
        current_app.connection_for_write().__enter__().default_channel = channel
        assert broker.broker_server("Broker").level == Level.GREEN
        (how,) = asked
        assert (how["queue"], how["durable"], how["exclusive"], how["auto_delete"]) == ("default", True, False, False)

    def test_no_worker_has_a_queue_that_outlives_its_host(self):
        consumer = MagicMock(app=current_app)
        assert not Control(consumer).include_if(consumer)
