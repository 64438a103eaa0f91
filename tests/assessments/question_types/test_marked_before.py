"""Answers that grader 3 marked, as they lie in databases, are worth today what they were worth then."""

import json
from pathlib import Path
from typing import Any

import pytest

from assessments.question_types import get_question_type

from .examples import SPECS

ROWS = json.loads((Path(__file__).parent / "marked_by_3.json").read_text())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['type']}-{row['fraction']}")
def test_an_answer_is_worth_what_it_was_worth(row: dict[str, Any]) -> None:
    result = get_question_type(row["type"]).grade(SPECS[row["type"]], row["response"])
    assert (str(result.fraction), list(result.feedback)) == (row["fraction"], row["feedback"])


def test_each_type_of_then_was_recorded_right_wrong_and_between() -> None:
    marks: dict[str, set[str]] = {}
    for row in ROWS:
        marks.setdefault(row["type"], set()).add(row["fraction"])
    assert set(marks) == {"single", "multiple", "true_false", "numeric", "short_text", "matching", "ordering"}
    assert all({"0", "1"} <= found for found in marks.values()), marks
