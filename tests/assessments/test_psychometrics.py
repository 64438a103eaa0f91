"""Figures of questions against published ones, and against the textbooks' own way of computing them."""

import csv
import json
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.psychometrics import analyse
from tests.conftest import SHARED_DATA

FOLDER = SHARED_DATA / "psychometrics"


@pytest.fixture(scope="module")
def lsat():
    """LSAT6: 1,000 answers to five questions (Bock & Lieberman 1970), and its published figures."""
    if not FOLDER.exists():
        pytest.skip("no reference data beside this project")
    rows = list(csv.DictReader((FOLDER / "LSAT6.csv").open()))
    marks = [[float(row[f"Item_{n}"]) for n in range(1, 6)] for row in rows for _ in range(int(row["Freq"]))]
    return np.array(marks), json.loads((FOLDER / "reference_values.json").read_text())["LSAT6"]


def test_the_figures_are_the_published_ones(lsat):
    marks, reference = lsat
    found = analyse(marks, np.ones(5))
    questions = found.questions
    assert [one.difficulty for one in questions] == pytest.approx(reference["p"], abs=5e-4)
    assert [one.item_total for one in questions] == pytest.approx(reference["point_biserial_item_total"], abs=5e-4)
    assert [one.discrimination for one in questions] == pytest.approx(reference["point_biserial_item_rest"], abs=5e-4)
    assert [one.alpha_without for one in questions] == pytest.approx(reference["alpha_if_deleted"], abs=5e-4)
    assert found.alpha == pytest.approx(reference["alpha_kr20"], abs=5e-4)
    assert found.mean == pytest.approx(100 * reference["mean"] / 5, abs=0.01)
    assert found.deviation == pytest.approx(100 * reference["sd_ddof1"] / 5, abs=0.01)
    assert found.error == pytest.approx(100 * reference["sem"] / 5, abs=0.01)


def test_questions_that_were_drawn_give_nearly_the_same(lsat):
    """Each attempt shows three of the five: what each figure estimates is the same."""
    marks, _reference = lsat
    rng = np.random.default_rng(7)
    drawn = marks.copy()
    for row in drawn:
        row[rng.choice(5, 2, replace=False)] = np.nan
    whole, part = analyse(marks, np.ones(5)), analyse(drawn, np.ones(5))
    assert [one.difficulty for one in part.questions] == pytest.approx(
        [one.difficulty for one in whole.questions], abs=0.03
    )
    assert part.alpha == pytest.approx(3 * whole.alpha / 5 / (1 - 2 * whole.alpha / 5), abs=0.1)  # Spearman-Brown


TABLES = st.integers(2, 6).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=width, max_size=width), min_size=12, max_size=40
    )
)


@given(marks=TABLES, data=st.data())
def test_alpha_is_that_of_the_textbooks(marks, data):
    points = data.draw(st.lists(st.integers(1, 5), min_size=len(marks[0]), max_size=len(marks[0])))
    earned = [[mark * point for mark, point in zip(row, points, strict=True)] for row in marks]
    width, whole = len(points), statistics.variance(map(sum, earned))
    found = analyse(marks, points).alpha
    if whole < 1e-9:
        assert found is None
        return
    items = sum(statistics.variance(column) for column in zip(*earned, strict=True))
    assert found == pytest.approx(width / (width - 1) * (1 - items / whole), abs=1e-6)


@given(marks=TABLES, order=st.randoms())
def test_figures_do_not_depend_on_the_order_of_attempts(marks, order):
    shuffled = list(marks)
    order.shuffle(shuffled)
    one, two = analyse(marks, [1] * len(marks[0])), analyse(shuffled, [1] * len(marks[0]))
    for before, after in zip(one.questions, two.questions, strict=True):
        assert before.difficulty == pytest.approx(after.difficulty)
        assert before.discrimination == pytest.approx(after.discrimination, abs=1e-9)


HOLED = st.lists(
    st.lists(st.sampled_from([0.0, 0.5, 1.0, float("nan")]), min_size=4, max_size=4), min_size=0, max_size=25
)


@given(marks=HOLED)
def test_every_figure_stays_within_its_bounds(marks):
    found = analyse(marks, [1, 2, 3, 4])
    assert found.alpha is None or found.alpha <= 1 + 1e-9
    assert found.error is None or found.error >= 0
    for question in found.questions:
        assert question.difficulty is None or 0 <= question.difficulty <= 1
        assert question.discrimination is None or -1 <= question.discrimination <= 1


@pytest.mark.parametrize("marks", [[], [[1.0, 0.0]], [[1.0]] * 20, [[1.0, 1.0]] * 20, [[float("nan")] * 2] * 5])
def test_where_nothing_can_be_known_nothing_is_claimed(marks):
    found = analyse(marks, [1] * len(marks[0]) if marks else [])
    assert (found.alpha, found.error) == (None, None)
    assert all(question.discrimination is None for question in found.questions)
