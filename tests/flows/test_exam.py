"""The drill of an exam morning tells a loss, growth and cost when there is one (``bench/exam.py``)."""

import os

import pytest

from bench import exam, memory


def judged(*, kept=20, failed=0, seconds=0.02, memory=(100.0,) * 40, cpu=0.1, process=()) -> list[str]:
    """Two learners who were told that twenty answers are kept."""
    ledger = exam.Ledger(failed=failed, answers=20, handed_in=2, received=30_000)
    ledger.taken["answer"] += [seconds] * 20
    watched = exam.Watched({})
    watched.memory["web"] += memory
    if process:
        watched.processes["web, 7"] += process
    return exam.failures_of(ledger, {"answers": kept, "handed in": 2}, watched, {"web": cpu}, 2)


def test_a_good_morning():
    assert judged() == []


@pytest.mark.parametrize(("what", "word"), [
    ({"kept": 19}, "missing"), ({"failed": 1}, "not served"), ({"seconds": 1.2}, "p95"),
    ({"memory": [100.0 + number for number in range(40)]}, "grew"), ({"cpu": 2 * 1.6 * exam.planned()}, "costs"),
    ({"process": [memory.Sample(60.0 * minute, 200 + minute / 4, 100) for minute in range(60)]}, "climbs by 15.0 MB"),
])  # fmt: skip
def test_each_fault_is_told(what, word):
    (told,) = judged(**what)
    assert word in told


def test_what_is_loaded_at_the_start_is_no_growth():
    assert judged(memory=(50.0,) * 8 + (100.0,) * 32) == []


def seen(minutes: int, grows: float) -> list[memory.Sample]:
    """A process of 200 MB that grows by so much a minute, and breathes a little."""
    return [memory.Sample(60.0 * minute, 200 + grows * minute + minute % 2, 100.0) for minute in range(minutes)]


@pytest.mark.parametrize(("grows", "added"), [(0, 0), (0.5, 30), (-0.1, -6)])
def test_a_slope_is_what_an_hour_adds(grows, added):
    assert memory.slope(seen(60, grows)) == pytest.approx(added, abs=0.5)


def test_of_a_process_that_is_new_nothing_is_foretold():
    assert memory.slope(seen(5, 3)) is None
    assert not memory.climbing(seen(5, 3), 0.05)


def test_half_an_hour_is_needed_to_call_it_a_climb():
    assert judged(process=seen(20, 0.5)) == []


def test_a_process_is_seen_with_its_memory_and_its_time():
    watched = memory.Watched({"this": os.getpgid(0)})
    watched.look_once(0)
    (sample,) = watched.processes[f"this, {os.getpid()}"]
    assert sample.resident > 10
    assert watched.memory["this"] == [pytest.approx(sum(kept[0].share for kept in watched.processes.values()))]
    assert watched.cpu()["this"] > 0
