"""The scheduler starts after any end of the one before it, and lets every sweep run at once."""

from typing import Any
from unittest.mock import MagicMock

from celery import current_app
from celery.utils.imports import symbol_by_name
from django.conf import settings


def scheduler_of_a_start():
    return symbol_by_name(current_app.conf.beat_scheduler)(app=current_app._get_current_object())


def test_every_sweep_is_due_at_the_start_and_then_at_its_time():
    scheduler = scheduler_of_a_start()
    assert set(settings.CELERY_BEAT_SCHEDULE) <= set(scheduler.schedule)
    for entry in scheduler.schedule.values():
        assert entry.is_due()[0], entry.name
        assert not next(entry).is_due()[0], entry.name


def test_a_broken_connection_is_replaced(monkeypatch):
    """RabbitMQ was restarted: what is due next goes out by another connection."""
    scheduler = scheduler_of_a_start()
    first, second = MagicMock(name="first"), MagicMock(name="second")
    connections = [first, second]
    monkeypatch.setattr(scheduler.app, "connection_for_write", lambda: connections.pop(0))
    monkeypatch.setattr(scheduler, "Producer", lambda channel, **how: channel)
    entry = scheduler.schedule["messages"]
    published: list[Any] = []

    def publish(*args: Any, producer: Any, **how: Any) -> None:
        if producer is first.ensure_connection():
            raise ConnectionError("Server unexpectedly closed connection")
        published.append(producer)

    monkeypatch.setattr(scheduler.app.tasks[entry.task], "apply_async", publish)
    for _time in range(3):
        scheduler.apply_entry(entry, producer=scheduler.producer)
    assert published == [second.ensure_connection()] * 2
    first.collect.assert_called_once_with()


def test_nothing_is_kept_that_a_power_cut_could_damage(tmp_path, monkeypatch, db):
    monkeypatch.chdir(tmp_path)
    scheduler = scheduler_of_a_start()
    scheduler.sync()
    scheduler.close()
    assert list(tmp_path.iterdir()) == []
