from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.question_types import InvalidResponse, Submission, get_question_type
from assessments.question_types.numbers import parse_number
from assessments.seeds import rng_for

from .examples import SPECS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1250", "1250"),
        ("1250.5", "1250.5"),
        ("1250,5", "1250.5"),
        ("1 250,50", "1250.50"),
        ("1\u00a0250,50", "1250.50"),
        ("1\u202f250,50", "1250.50"),
        ("1'250.5", "1250.5"),
        ("1’250.5", "1250.5"),
        ("1.250,50", "1250.50"),
        ("1,250.50", "1250.50"),
        ("1.250.000", "1250000"),
        ("1 250.125", "1250.125"),
        ("0,125", "0.125"),
        ("1250,125", "1250.125"),
        ("+5", "5"),
        ("- 5", "-5"),
        ("−3,5", "-3.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-0", "0"),
        ("1250 FCFA", "1250"),
        ("1250F CFA", "1250"),
        ("fcfa 1 250", "1250"),
        ("٣٫٥", "3.5"),
        ("߁߂", "12"),
        ("\u200e12\u200f", "12"),
    ],
)
def test_numbers_are_read_as_people_type_them(text: str, value: str) -> None:
    assert parse_number(text, unit="FCFA") == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "abc",
        "1e3",
        "12 50",
        "1,2,3",
        "1,25,000",
        "--3",
        "3-4",
        "1/2",
        "1250.5.",
        "1.250,5,5",
        "5 €",
        "12 13",
        "1..5",
        "NaN",
        "inf",
        "9" * 41,
    ],
)
def test_what_is_not_a_number_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidResponse, match="Type only digits"):
        parse_number(text)


def test_another_unit_is_refused() -> None:
    with pytest.raises(InvalidResponse, match="not a number in km"):
        parse_number("5 m", unit="km")


def test_a_unit_may_contain_a_digit() -> None:
    assert parse_number("12 m²", unit="m2") == 12


@pytest.mark.parametrize("text", ["1,250", "1.250", "-1,250", "12.345", "123,456"])
def test_what_reads_in_two_ways_is_refused_with_both(text: str) -> None:
    with pytest.raises(InvalidResponse, match=r"two ways. Write \d+ or"):
        parse_number(text)


def test_both_ways_out_of_an_ambiguity_can_be_read() -> None:
    assert parse_number("1250") == 1250
    assert parse_number("1,2500") == Decimal("1.25")


@pytest.mark.parametrize(("decimals", "value"), [(0, "1250"), (3, "1.250")])
def test_the_author_can_say_how_to_read_it(decimals: int, value: str) -> None:
    assert parse_number("1,250", decimals=decimals) == Decimal(value)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_every_number_written_in_french_or_english_is_read_back(value: Decimal) -> None:
    english = f"{value:,.2f}"
    assert parse_number(english) == value
    assert parse_number(english.replace(",", "\u202f").replace(".", ",")) == value
    assert parse_number(str(value)) == value


@pytest.mark.parametrize(
    ("value", "fraction", "feedback"),
    [
        ("1250.5", "1", ("SECRET juste",)),
        ("1250", "1", ("SECRET juste",)),
        ("1251.0", "1", ("SECRET juste",)),
        ("1251.01", "0", ("SECRET recomptez",)),
        ("125.05", "0.5", ("SECRET virgule",)),
        ("-1250.5", "0", ("SECRET recomptez",)),
    ],
)
def test_a_number_is_right_up_to_the_limits_of_its_tolerance(
    value: str, fraction: str, feedback: tuple[str, ...]
) -> None:
    result = get_question_type("numeric").grade(SPECS["numeric"], {"text": value, "value": value})
    assert (result.fraction, result.feedback) == (Decimal(fraction), feedback)


def test_decimals_are_exact() -> None:
    spec = {"answer": "0.3", "tolerance": "0"}
    result = get_question_type("numeric").grade(spec, {"text": "0,3", "value": "0.3"})
    assert result.correct


def test_what_was_typed_is_kept_beside_what_was_read() -> None:
    kind, spec = get_question_type("numeric"), SPECS["numeric"]
    presentation = kind.public(spec, rng_for(1))
    response = kind.read(spec, presentation, Submission({"answer": [" 1 250,50 F CFA "]}))
    assert response == {"text": "1 250,50 F CFA", "value": "1250.50"}
    assert kind.describe(spec, response) == "1250.50 FCFA"


def test_the_review_tells_the_answer_with_its_limits() -> None:
    kind = get_question_type("numeric")
    assert kind.right_answer(SPECS["numeric"]) == "1250.5 FCFA (from 1250.0 to 1251.0)"
    assert kind.right_answer({"answer": "4"}) == "4"


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({}, "answer"),
        ({"answer": "douze"}, "answer"),
        ({"answer": 1250.5}, "answer"),
        ({"answer": True}, "answer"),
        ({"answer": "NaN"}, "answer"),
        ({"answer": "1", "tolerance": "-1"}, "tolerance"),
        ({"answer": "1", "tolerance": "large"}, "tolerance"),
        ({"answer": "1", "unit": 3}, "unit"),
        ({"answer": "1", "decimals": "two"}, "decimals"),
        ({"answer": "1", "others": [{"answer": "x"}]}, "others.0.answer"),
        ({"answer": "1", "others": [{"answer": "2", "credit": 120}]}, "others.0.credit"),
    ],
)
def test_each_fault_of_the_author_is_named_at_its_place(spec: dict[str, Any], field: str) -> None:
    assert [problem.field for problem in get_question_type("numeric").validate(spec)] == [field]


def test_course_folders_keep_the_feedback_to_other_answers_and_the_decimals() -> None:
    row = {"answer": 12.5, "decimals": 0, "otherwise": {"fr": "Recomptez.", "en": "Count again."}}
    assert get_question_type("numeric").from_folder(row, "fr") == {
        "answer": "12.5", "tolerance": "0", "decimals": 0, "otherwise": "Recomptez.",
    }  # fmt: skip
