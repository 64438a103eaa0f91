from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.question_types import InvalidResponse, Submission, get_question_type
from assessments.question_types.numbers import parse_number
from assessments.question_types.numeric import significant_figures
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


# -- the unit typed, and significant figures

LENGTH = {
    "answer": "1.25", "tolerance": "0", "unit": "m", "ask_unit": True, "unit_credit": 40, "feedback": "Bien",
    "units": [{"unit": "cm", "factor": "0.01"}], "figures": 3, "figures_credit": 50,
}  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "fraction", "words"),
    [
        ("1,25 m", "1", "Bien"),
        ("1.25m", "1", "Bien"),
        ("m 1,25", "1", "Bien"),
        ("125 cm", "1", "Bien"),
        ("1,250 m", "0.5", "The number is right, but not its significant figures."),
        ("125,0 cm", "0.5", "The number is right, but not its significant figures."),
        ("1,25", "0.4", "The number is right, its unit is not."),
        ("1,25 kg", "0.4", "The number is right, its unit is not."),
        ("1,25 cm", "0", None),
        ("125 m", "0", None),
        ("1,26 m", "0", None),
    ],
)
def test_a_number_with_its_unit(typed: str, fraction: str, words: str | None) -> None:
    kind = get_question_type("numeric")
    spec = {**LENGTH, "decimals": 3}
    assert kind.validate(spec) == []
    public = kind.public(spec, rng_for(1))
    assert (public["unit"], public["ask_unit"], public["figures"]) == ("", True, 3)
    response = kind.read(spec, public, Submission({"answer": [typed]}))
    result = kind.grade(spec, response)
    assert (result.fraction, result.feedback) == (Decimal(fraction), (words,) if words else ())
    assert kind.refill(spec, public, response) == {"answer": [typed]}


@pytest.mark.parametrize(
    ("number", "counts"),
    [("0.050", [2]), ("12.50", [4]), ("1200", [2, 3, 4]), ("7", [1]), ("10", [1, 2]), ("-3.0", [2]), ("0", [1])],
)
def test_zeros_at_the_end_of_a_whole_number_may_count(number: str, counts: list[int]) -> None:
    assert list(significant_figures(Decimal(number))) == counts


def test_without_a_unit_nothing_is_a_fault_of_the_number() -> None:
    kind = get_question_type("numeric")
    with pytest.raises(InvalidResponse, match="not a number"):
        kind.read(LENGTH, {}, Submission({"answer": ["m"]}))
    with pytest.raises(InvalidResponse, match="not a number"):
        kind.read(LENGTH, {}, Submission({"answer": ["m 1,5 cm"]}))
    assert kind.right_answer(LENGTH) == "1.25 m"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"unit": ""}, "unit"),
        ({"ask_unit": 1}, "ask_unit"),
        ({"unit_credit": 101}, "unit_credit"),
        ({"figures": 0}, "figures"),
        ({"figures": True}, "figures"),
        ({"figures_credit": "a"}, "figures_credit"),
        ({"units": [{"unit": "cm", "factor": "0"}]}, "units.0"),
        ({"units": [{"unit": "", "factor": "1"}]}, "units.0"),
    ],
)
def test_faults_of_units_and_figures_are_named(change: dict[str, Any], field: str) -> None:
    assert [problem.field for problem in get_question_type("numeric").validate({**LENGTH, **change})] == [field]


def test_units_survive_the_editor_and_course_folders() -> None:
    kind = get_question_type("numeric")
    assert kind.from_editor(kind.to_editor(LENGTH)) == LENGTH
    row = kind.to_folder({"fr": LENGTH, "en": LENGTH})
    assert kind.from_folder(row, "fr") == {name: part for name, part in LENGTH.items() if name != "feedback"}


@given(st.decimals(min_value=-999, max_value=999, places=2), st.sampled_from(["m", "cm", "", "kg"]))
def test_any_number_with_any_unit_is_marked_between_nothing_and_everything(number: Decimal, unit: str) -> None:
    kind = get_question_type("numeric")
    response = kind.read(LENGTH, {}, Submission({"answer": [f"{number} {unit}"]}))
    result = kind.grade(LENGTH, response)
    assert 0 <= result.fraction <= 1
    inside = number * Decimal("0.01") if unit == "cm" else number
    assert (result.fraction > 0) == (inside == Decimal("1.25"))


def test_a_stored_number_of_five_thousand_digits_is_marked() -> None:
    """Python reads no whole number of more than 4,300."""
    response = {"text": "1", "value": "1." + "1" * 5000, "unit": "m"}
    assert get_question_type("numeric").grade({**LENGTH, "tolerance": "1"}, response).fraction == Decimal("0.5")
