"""What holds for every type of question, whatever is thrown at it."""

import copy
import json
import random
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.question_types import (
    QUESTION_TYPES,
    InvalidResponse,
    Submission,
    UnknownQuestionType,
    get_question_type,
    own_fields,
)
from assessments.seeds import new_seed, rng_for

from .examples import ANY, BEST, IS_RIGHT, SPECS

NAMES = sorted(QUESTION_TYPES)
every_type = pytest.mark.parametrize("name", NAMES)
some_types = st.sampled_from(NAMES)
seeds = st.integers(min_value=0, max_value=2**63 - 1)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=8,
)
KEYS = [
    "choice",
    "choices",
    "text",
    "value",
    "pairs",
    "places",
    "options",
    "accepted",
    "items",
    "answer",
    "gaps",
    "sorted",
    "fields",
]
AS_ON_PAPER = {"data_entry"}
"""Types whose lines stand in the order of a document, which says nothing of the key."""
near_misses = st.dictionaries(st.sampled_from(KEYS), json_values, max_size=4)


@every_type
def test_a_good_spec_has_no_problems(name: str) -> None:
    assert get_question_type(name).validate(SPECS[name]) == []


@every_type
def test_the_best_answer_earns_everything(name: str) -> None:
    result = get_question_type(name).grade(SPECS[name], BEST[name])
    assert (result.fraction, result.correct, result.answered, result.reason) == (Decimal(1), True, True, "")


@every_type
def test_no_answer_is_worth_nothing_and_is_not_an_error(name: str) -> None:
    kind = get_question_type(name)
    result = kind.grade(SPECS[name], {})
    assert (result.fraction, result.answered, result.reason) == (Decimal(0), False, "")
    assert kind.describe(SPECS[name], {}) == ""
    assert kind.read(SPECS[name], kind.public(SPECS[name], rng_for(1)), Submission({})) == {}
    assert kind.explain(SPECS[name], {})["answered"] is False


@every_type
def test_the_public_face_says_nothing_of_the_key(name: str) -> None:
    presentation = json.dumps(get_question_type(name).public(SPECS[name], rng_for(new_seed(), name)))
    for secret in ("SECRET", "correct", "feedback", "tolerance", "1250", "accepted", "credit"):
        assert secret not in presentation


@every_type
def test_the_public_face_carries_no_stored_id(name: str) -> None:
    spec = SPECS[name]
    presentation = get_question_type(name).public(spec, rng_for(7, name))
    ids = stored_ids(spec)
    shown = [item for items in presentation.values() if isinstance(items, list) for item in items]
    assert not ids & {item["token"] for item in shown if isinstance(item, dict)}


@every_type
def test_a_face_is_the_same_for_a_seed_and_forgets_the_order_of_the_spec(name: str) -> None:
    kind = get_question_type(name)
    assert kind.public(SPECS[name], rng_for(5)) == kind.public(SPECS[name], rng_for(5))
    texts = {json.dumps(without_tokens(kind.public(SPECS[name], rng_for(seed)))) for seed in range(40)}
    assert len(texts) > 1 or not stored_ids(SPECS[name]) or name in AS_ON_PAPER


def stored_ids(spec: dict[str, Any]) -> set[str]:
    return {row["id"] for rows in spec.values() if isinstance(rows, list) for row in rows if "id" in row}


def without_tokens(presentation: dict[str, Any]) -> list[str]:
    return [
        item["text"]
        for items in presentation.values()
        if isinstance(items, list)
        for item in items
        if isinstance(item, dict)
    ]


@given(some_types, seeds, st.data())
def test_a_form_filled_in_again_reads_as_the_same_answer(name: str, seed: int, data: Any) -> None:
    kind, spec = get_question_type(name), SPECS[name]
    response = data.draw(ANY[name])
    presentation = kind.public(spec, rng_for(seed))
    read = kind.read(spec, presentation, Submission(kind.refill(spec, presentation, response)))
    assert kind.describe(spec, read) == kind.describe(spec, response)
    assert kind.grade(spec, read) == kind.grade(spec, response)
    assert json.loads(json.dumps(read)) == read


@given(some_types, st.data())
def test_a_mark_lies_between_nothing_and_everything(name: str, data: Any) -> None:
    result = get_question_type(name).grade(SPECS[name], data.draw(ANY[name]))
    assert 0 <= result.fraction <= 1
    assert result.correct == (result.fraction == 1)
    assert result.reason == ""


@given(some_types, st.data())
def test_everything_is_earned_only_by_the_right_answer(name: str, data: Any) -> None:
    response = data.draw(ANY[name])
    assert get_question_type(name).grade(SPECS[name], response).correct == IS_RIGHT[name](response)


@given(st.sampled_from(["single", "multiple", "matching", "short_text", "categorise", "grid"]), st.randoms(), st.data())
def test_a_mark_does_not_depend_on_the_order_of_the_spec(name: str, rng: random.Random, data: Any) -> None:
    response = data.draw(ANY[name])
    spec = copy.deepcopy(SPECS[name])
    for rows in spec.values():
        if isinstance(rows, list):
            rng.shuffle(rows)
    kind = get_question_type(name)
    assert kind.grade(spec, response).fraction == kind.grade(SPECS[name], response).fraction


@given(some_types, json_values | near_misses)
def test_a_damaged_response_is_worth_nothing_and_never_raises(name: str, response: Any) -> None:
    kind, spec = get_question_type(name), SPECS[name]
    result = kind.grade(spec, response)
    assert 0 <= result.fraction <= 1
    assert isinstance(kind.describe(spec, response), str)
    assert kind.explain(spec, response)["reason"] == result.reason
    assert isinstance(kind.refill(spec, kind.public(spec, rng_for(1)), response), dict)


@every_type
@pytest.mark.parametrize("response", [None, "x", [], ["a"], {"choice": "zz"}, {"value": "NaN"}, {"value": "1e999"}])
def test_a_damaged_response_says_why(name: str, response: Any) -> None:
    result = get_question_type(name).grade(SPECS[name], response)
    assert result.fraction == 0
    assert result.reason or not response or not result.answered or name == "short_text"


@given(some_types, json_values | near_misses)
def test_any_spec_at_all_can_be_checked(name: str, spec: Any) -> None:
    for problem in get_question_type(name).validate(spec):
        assert problem.field
        assert problem.what
        assert problem.remedy


@given(some_types, st.text(max_size=12), seeds)
def test_posted_rubbish_is_refused_in_words_or_read(name: str, text: str, seed: int) -> None:
    kind, spec = get_question_type(name), SPECS[name]
    presentation = kind.public(spec, rng_for(seed))
    for field in all_fields(presentation):
        with suppress(InvalidResponse):
            response = kind.read(spec, presentation, Submission({field: [text]}))
            assert kind.grade(spec, response).reason == ""


def all_fields(presentation: dict[str, Any]) -> list[str]:
    items = [item for items in presentation.values() if isinstance(items, list) for item in items]
    return (
        [presentation["field"]]
        if "field" in presentation
        else [c["field"] for c in items if isinstance(c, dict) and "field" in c]
    )


@pytest.mark.parametrize("name", ["single", "multiple", "matching"])
def test_a_token_of_another_attempt_is_refused(name: str) -> None:
    kind, spec = get_question_type(name), SPECS[name]
    mine, other = kind.public(spec, rng_for(1)), kind.public(spec, rng_for(2))
    tokens = other.get("options") or other["rights"]
    with pytest.raises(InvalidResponse, match="does not belong"):
        kind.read(spec, mine, Submission({all_fields(mine)[0]: [tokens[0]["token"]]}))


@pytest.mark.parametrize("name", ["matching", "ordering", "categorise", "grid"])
def test_a_form_of_another_attempt_is_refused_rather_than_read_as_empty(name: str) -> None:
    kind, spec = get_question_type(name), SPECS[name]
    posted = kind.refill(spec, kind.public(spec, rng_for(2)), BEST[name])
    with pytest.raises(InvalidResponse, match="does not belong"):
        kind.read(spec, kind.public(spec, rng_for(1)), Submission(posted))


@pytest.mark.parametrize("name", ["single", "true_false", "numeric", "short_text"])
def test_two_answers_where_one_is_asked_are_refused(name: str) -> None:
    kind, spec = get_question_type(name), SPECS[name]
    presentation = kind.public(spec, rng_for(1))
    with pytest.raises(InvalidResponse, match="Only one answer"):
        kind.read(spec, presentation, Submission({presentation["field"]: ["1", "2"]}))


def test_an_unknown_type_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownQuestionType, match=r"essay.*single"):
        get_question_type("essay")


def test_one_question_takes_only_its_own_fields() -> None:
    posted = {"q1-choice": ["a"], "q11-choice": ["b"], "csrf": ["x"]}
    assert own_fields(posted.items(), "q1-") == {"choice": ["a"]}
