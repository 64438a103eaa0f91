"""Whatever is posted: words for the learner, or a mark from 0 to 1. `bench/submissions.py` tries 200,000 of each."""

import pytest

from assessments.question_types import QUESTION_TYPES

from .examples import SPECS
from .fuzz import check


@pytest.mark.parametrize("name", sorted(QUESTION_TYPES))
def test_random_submissions_are_refused_in_words_or_marked(name: str) -> None:
    told = check(name, SPECS[name], 400)
    assert sum(told.values()) == 400
    assert told["refused"]
    assert told["empty"]
    assert told["wrong"] + told["in part"] + told["right"]
