import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.blueprint import Part, enough, hangs_on_one, needed, passes_by_guessing, sure


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([], {}),
        ([Part(named=("a", "a", "b"))], {"a": 2, "b": 1}),
        ([Part(draw=3, pool={"a": 9})], {"a": 3}),
        ([Part(draw=3, pool={"a": 2})], {"a": 2}),
        ([Part(draw=5, pool={"a": 4, "b": 3})], {"a": 2, "b": 1}),
        ([Part(draw=3, pool={"a": 9, "b": 3})], {"a": 0, "b": 0}),
        ([Part(named=("a",)), Part(draw=1, pool={"a": 5})], {"a": 2}),
    ],
)
def test_what_every_attempt_has(parts, expected):
    assert sure(parts) == expected


@given(st.dictionaries(st.sampled_from("abc"), st.integers(1, 6), min_size=1), st.integers(0, 12), st.integers())
def test_no_draw_has_fewer(pool, draw, seed):
    """Against draws by chance, which know nothing of the bound."""
    questions = [skill for skill, count in pool.items() for _n in range(count)]
    drawn = random.Random(seed).sample(questions, min(draw, len(questions)))
    least = sure([Part(draw=min(draw, len(questions)), pool=pool)])
    assert all(drawn.count(skill) >= count for skill, count in least.items())


@pytest.mark.parametrize(
    ("questions", "mark", "expected"),
    [(0, 50, False), (1, 50, True), (2, 50, True), (3, 50, False), (3, 70, True), (4, 70, False), (3, 30, True),
     (4, 30, False), (10, 100, True)],
)  # fmt: skip
def test_whether_one_question_decides(questions, mark, expected):
    assert hangs_on_one(questions, mark) is expected


@pytest.mark.parametrize(("mark", "expected"), [(50, 3), (60, 3), (70, 4), (80, 5), (90, 10), (30, 4), (100, 3)])
def test_how_many_are_enough(mark, expected):
    assert enough(mark) == expected


@pytest.mark.parametrize(
    ("questions", "mark", "share"),
    [(1, 50, 0.25), (2, 50, 0.4375), (3, 50, 0.15625), (4, 50, 0.26171875), (5, 50, 0.103515625), (10, 70, 0.0035)],
)
def test_how_many_pass_by_guessing(questions, mark, share):
    """Values of the binomial table, p = 0.25."""
    assert passes_by_guessing(questions, mark) == pytest.approx(share, abs=5e-5)


@given(st.integers(1, 30), st.integers(1, 100))
def test_guessing_passes_as_often_as_counting_says(questions, mark):
    assert 0 <= passes_by_guessing(questions, mark) <= 1
    assert passes_by_guessing(questions, mark, 1.0) == 1
    assert 1 <= needed(questions, mark) <= questions
