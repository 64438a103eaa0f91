"""The drill of an exam morning tells a loss, growth and cost when there is one (``bench/exam.py``)."""

import pytest

from bench import exam


def judged(*, kept=20, failed=0, seconds=0.02, memory=(100.0,) * 40, cpu=0.1) -> list[str]:
    """Two learners who were told that twenty answers are kept."""
    ledger = exam.Ledger(failed=failed, answers=20, handed_in=2, received=30_000)
    ledger.taken["answer"] += [seconds] * 20
    watched = exam.Watched({})
    watched.memory["web"] += memory
    return exam.judge(ledger, {"answers": kept, "handed in": 2}, watched, {"web": cpu}, 2)


def test_a_good_morning():
    assert judged() == []


@pytest.mark.parametrize(("what", "word"), [
    ({"kept": 19}, "missing"), ({"failed": 1}, "not served"), ({"seconds": 1.2}, "p95"),
    ({"memory": [100.0 + number for number in range(40)]}, "grew"), ({"cpu": 2 * 1.6 * exam.planned()}, "costs"),
])  # fmt: skip
def test_each_fault_is_told(what, word):
    (told,) = judged(**what)
    assert word in told


def test_what_is_loaded_at_the_start_is_no_growth():
    assert judged(memory=(50.0,) * 8 + (100.0,) * 32) == []
