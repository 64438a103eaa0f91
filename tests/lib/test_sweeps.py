"""One helper for all repeated work: no row stops another, whatever it raises."""

from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import DataError, IntegrityError, connection
from django.utils import timezone, translation

from lms.accounts.models import Heartbeat
from lms.lib import sweeps
from lms.lib.checkup import Level, examine
from lms.lib.models import FailedRow
from lms.lib.sweeps import Sweep

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=9)


def fail_in_the_database(key):
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")


def raising(error):
    def fail(key):
        raise error

    return fail


POISONS = [
    raising(DataError("value too long for type character varying(200)\nDETAIL: Awa")),
    raising(IntegrityError("duplicate")),
    raising(RecursionError()),
    raising(MemoryError()),
    raising(AssertionError("\x00")),
    raising(UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")),
    fail_in_the_database,
]


@pytest.fixture
def rows(db):
    for name in "abcde":
        Heartbeat.objects.create(name=name, seen_at=LONG_AGO)


def sweep_of(poison=None, bad="b", **more):
    """Rows that have not been seen today; the one called ``bad`` does what ``poison`` does."""

    def work(key, now):
        Heartbeat.objects.filter(pk=key).update(seen_at=now)
        if key == bad and poison:
            poison(key)
        return True

    fields = {
        "name": "test.beats", "label": "Heartbeats", "remedy": "Delete it.", "work": work,
        "rows": lambda now: Heartbeat.objects.filter(seen_at__lt=now - timedelta(days=1)).order_by("name"),
    }  # fmt: skip
    return Sweep(**{**fields, **more})


def waiting():
    return list(Heartbeat.objects.filter(seen_at=LONG_AGO).order_by("name").values_list("name", flat=True))


@pytest.mark.parametrize("poison", POISONS)
@pytest.mark.parametrize("bad", "ae")
def test_a_poisoned_row_stops_no_other_and_leaves_nothing_half_done(rows, poison, bad):
    assert sweeps.run(sweep_of(poison, bad)) == 4
    assert waiting() == [bad]
    failed = FailedRow.objects.get()
    assert (failed.sweep, failed.key, failed.tries) == ("test.beats", bad, 1)
    assert "Awa" not in failed.last_error


def test_it_comes_again_later_and_later_and_never_holds_up_the_rest(rows):
    sweep, waits = sweep_of(POISONS[0]), []
    for _round in range(12):
        sweeps.run(sweep)
        failed = FailedRow.objects.get(key="b")
        waits.append(round((failed.due_at - timezone.now()).total_seconds() / 60))
        assert sweeps.run(sweep) == 0  # not before its time
        FailedRow.objects.update(due_at=timezone.now())
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]


def test_what_goes_well_at_last_is_forgotten(rows):
    sweeps.run(sweep_of(POISONS[0]))
    FailedRow.objects.update(due_at=timezone.now())
    assert sweeps.run(sweep_of()) == 1
    assert not FailedRow.objects.exists()


def test_what_was_repaired_otherwise_is_forgotten(rows):
    sweeps.run(sweep_of(POISONS[0]))
    Heartbeat.objects.all().delete()
    sweeps.run(sweep_of())
    assert not FailedRow.objects.exists()


def test_more_failures_than_a_batch_do_not_starve_the_others(rows):
    for name in "ABC":  # before the others in the order
        Heartbeat.objects.create(name=name, seen_at=LONG_AGO - timedelta(1))

    def work(key, now):
        if key in "ABC":
            raise ValueError(key)
        return Heartbeat.objects.filter(pk=key).update(seen_at=now)

    order = lambda now: Heartbeat.objects.filter(seen_at__lt=now - timedelta(days=1)).order_by("seen_at", "name")  # noqa: E731
    sweep = sweep_of(work=work, rows=order, batch=2)
    assert [sweeps.run(sweep) for _round in range(5)] == [0, 1, 2, 2, 0]
    assert FailedRow.objects.count() == 3


def test_one_sweep_that_cannot_even_begin_stops_no_other(rows):
    def no_rows(now):
        raise RuntimeError("no table")

    assert sweeps.run(sweep_of(rows=no_rows, name="test.broken"), sweep_of()) == 5
    assert FailedRow.objects.get().sweep == "test.broken"


def test_a_row_that_eats_all_the_time_ends_the_round_and_comes_later(rows):
    sweep = sweep_of(raising(SoftTimeLimitExceeded()), bad="a")
    assert sweeps.run(sweep) == 0
    assert sweeps.run(sweep) == 4


def test_a_round_ends_when_its_time_is_over(rows, settings):
    settings.SWEEP_MAX_SECONDS = 0
    assert [sweeps.run(sweep_of()) for _round in range(6)] == [1, 1, 1, 1, 1, 0]


class Killed(BaseException):
    """The process is gone: nothing behind it runs."""


def test_a_row_that_kills_the_worker_is_found_out(rows):
    def work(key, now):
        if key == "b":
            raise Killed
        return Heartbeat.objects.filter(pk=key).update(seen_at=now)

    sweep = sweep_of(work=work, leased=True)
    for _life in range(2):  # the first time nobody knows which row it was; the second time it was written down before
        with pytest.raises(Killed):
            sweeps.run(sweep)
    assert sweeps.run(sweep) == 3
    assert waiting() == ["b"]
    failed = FailedRow.objects.get()
    assert (failed.key, failed.last_error) == ("b", sweeps.DIED)


def test_work_in_one_piece_fails_alone_too(db):
    sweep = sweep_of(rows=None, work=lambda key, now: POISONS[0](key))
    assert sweeps.run(sweep) == 0
    assert FailedRow.objects.get().key == ""
    FailedRow.objects.update(due_at=timezone.now())
    assert sweeps.run(sweep_of(rows=None, work=lambda key, now: 3)) == 1
    assert not FailedRow.objects.exists()


@pytest.mark.parametrize(("tries", "level"), [(1, Level.AMBER), (8, Level.RED)])
def test_doctor_and_the_status_page_name_the_kind_the_row_and_the_remedy(
    rows, monkeypatch, manager, sign_in, tries, level
):
    monkeypatch.setitem(sweeps.SWEEPS, "test.beats", sweep_of(POISONS[0]))
    sweeps.run(sweeps.SWEEPS["test.beats"])
    FailedRow.objects.update(tries=tries)
    with translation.override("en"):
        (finding,) = [finding for finding in examine() if finding.topic == "Heartbeats"]
    assert finding.level == level
    assert "(no. b)" in finding.text
    assert "character varying(200)" in finding.text
    assert finding.remedy.startswith("Delete it.")
    page = sign_in(manager).get("/cms/status/").content.decode()
    assert "Heartbeats" in page
    assert "Delete it." in page


def test_doctor_tries_again_at_once(rows):
    sweeps.run(sweep_of(POISONS[0]))
    assert sweeps.retry() == 1
    assert sweeps.run(sweep_of()) == 1
