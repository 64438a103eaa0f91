"""The scheduler starts after any end of the one before it, and lets every sweep run at once."""

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


def test_nothing_is_kept_that_a_power_cut_could_damage(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scheduler = scheduler_of_a_start()
    scheduler.sync()
    scheduler.close()
    assert list(tmp_path.iterdir()) == []
