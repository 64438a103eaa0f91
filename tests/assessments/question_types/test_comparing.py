"""How typed answers are compared: exactly, by patterns, with letters that may be wrong."""

import re
import warnings
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.question_types import get_question_type
from assessments.question_types.patterns import BadPattern, compiled
from assessments.question_types.slips import distance
from assessments.seeds import rng_for
from tests.steps import steps

SHORT = get_question_type("short_text")


def spec(*texts: str, **rules: Any) -> dict[str, Any]:
    return {"accepted": [{"text": text} for text in texts], **rules}


def mark(given_text: str, *texts: str, **rules: Any) -> Decimal:
    found = spec(*texts, **rules)
    assert SHORT.validate(found) == []
    return SHORT.grade(found, {"text": given_text}).fraction


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("SO-1070", True),
        ("  SO-1070 ", True),
        ("so-1070", False),
        ("SO-1070.", False),
        ("SO 1070", False),
        ("SO -1070", False),
        ("S\u200bO-1070", True),
    ],
)
def test_where_exactness_is_the_skill_capitals_and_spaces_count(answer: str, right: bool) -> None:
    assert mark(answer, "SO-1070", exact=True) == int(right)


@pytest.mark.parametrize(
    ("answer", "right"),
    [("Été à l’école", True), ("E\u0301te\u0301 à l'école", True), ("Été\u00a0à l'école", True),
     ("ete a l'ecole", False), ("Été à  l'école", False)],
)  # fmt: skip
def test_accents_count_but_nothing_that_cannot_be_seen(answer: str, right: bool) -> None:
    assert mark(answer, "Été à l'école", exact=True) == int(right)


def test_what_is_forgiving_stays_so() -> None:
    assert mark("so-1070", "SO-1070") == 1


def test_stars_in_exact_mode() -> None:
    assert [mark(text, "SO-*", exact=True, wildcards=True) for text in ("SO-12", "so-12")] == [1, 0]


@pytest.mark.parametrize(
    ("pattern", "rules", "yes", "no"),
    [
        (r"SO-\d{4}", {"shown": "SO-1070"}, ["so-1070", "SO-0001"], ["SO-107", "SO-10700", "xSO-1070"]),
        (r"SO-\d{4}", {"shown": "SO-1070", "exact": True}, ["SO-1070"], ["so-1070"]),
        (r"colou?r(ed)?", {"shown": "color"}, ["Colour", "colored"], ["colouur"]),
        (r"[A-C]+é", {"shown": "AÉ"}, ["abcE", "AÉ"], ["dé"]),
        (r"(un|une) œuf", {"shown": "un œuf"}, ["Un oeuf", "une œuf"], ["oeuf"]),
    ],
)
def test_an_answer_may_be_a_pattern(pattern: str, rules: dict[str, Any], yes: list[str], no: list[str]) -> None:
    assert [mark(text, pattern, regex=True, **rules) for text in yes] == [1] * len(yes)
    assert [mark(text, pattern, regex=True, **rules) for text in no] == [0] * len(no)


def test_learners_never_read_a_pattern() -> None:
    found = spec(r"SO-\d{4}", regex=True, shown="SO-1070")
    assert SHORT.right_answer(found) == "SO-1070"
    assert SHORT.explain(found, {"text": "x"})["lines"][0]["expected"] == "SO-1070"


@pytest.mark.parametrize(
    ("answer", "fraction", "words"),
    [
        ("clavier", "1", ()),
        ("clavir", "0.5", ("Relisez",)),
        ("calvier", "0.5", ("Relisez",)),
        ("clavvier", "0.5", ("Relisez",)),
        ("clvir", "0", ("Non",)),
    ],
)
def test_a_letter_may_be_wrong(answer: str, fraction: str, words: tuple[str, ...]) -> None:
    found = spec("clavier", slips=1, slip_credit=50, near="Relisez", otherwise="Non")
    result = SHORT.grade(found, {"text": answer})
    assert (result.fraction, result.feedback) == (Decimal(fraction), words)


def test_a_digit_is_never_a_slip() -> None:
    assert [mark(text, "facture 2024", slips=1) for text in ("factur 2024", "facture 2025")] == [1, 0]


def test_the_nearest_answer_counts() -> None:
    found = {"accepted": [{"text": "affectation"}, {"text": "affection", "credit": 0}], "slips": 2}
    assert [SHORT.grade(found, {"text": text}).fraction for text in ("affectaton", "afection")] == [1, 0]


@pytest.mark.parametrize(
    ("found", "field"),
    [
        (spec("a", exact="yes"), "exact"),
        (spec("(a", regex=True, shown="a"), "accepted.0.text"),
        (spec(r"(a)\1", regex=True, shown="aa"), "accepted.0.text"),
        (spec("(?=a)", regex=True, shown="a"), "accepted.0.text"),
        (spec("(a{99}){99}", regex=True, shown="a"), "accepted.0.text"),
        (spec("a+", regex=True), "shown"),
        (spec("a+", regex=True, shown="b"), "shown"),
        (spec("a*", regex=True, wildcards=True, shown="a"), "regex"),
        (spec("clavier", slips=1, exact=True), "slips"),
        (spec("clavier", slips=9), "slips"),
        (spec("clavier", slips=True), "slips"),
        (spec("sel", slips=1), "accepted.0.text"),
        (spec("clavier", slips=1, slip_credit=101), "slip_credit"),
    ],
)
def test_rules_that_cannot_hold_are_named(found: dict[str, Any], field: str) -> None:
    assert [problem.field for problem in SHORT.validate(found)] == [field]


@pytest.mark.parametrize(
    ("rules", "rule"),
    [({}, "forgiving"), ({"exact": True}, "exact"), ({"slips": 1}, "slips"), ({"regex": True}, "patterns")],
)
def test_the_learner_is_told_the_rule(rules: dict[str, Any], rule: str) -> None:
    assert SHORT.public(spec("clavier", **rules), rng_for(1))["rule"] == rule


# -- patterns: the same as Python's, never in more steps than text times pattern

PATTERNS = st.text(alphabet="ab1 ().|?*+[]^{}2,\\dwsS-$", max_size=9)


@settings(max_examples=400, deadline=None)
@given(PATTERNS, st.lists(st.text(alphabet="ab1 2-.", max_size=6), max_size=4))
def test_a_pattern_fits_what_pythons_fits(pattern: str, texts: list[str]) -> None:
    with suppress(BadPattern), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mine = compiled(pattern)
        with suppress(re.error):
            other = re.compile(pattern, re.DOTALL)
            assert [mine.fits(text) for text in texts] == [bool(other.fullmatch(text)) for text in texts]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(a*)*b", "((a?){5}){5}b", "(.*)(.*)(.*)(.*)x"])
def test_no_pattern_is_catastrophic(pattern: str) -> None:
    known = compiled(pattern)
    short, long = (steps(known.fits, "a" * n + "!") for n in (100, 400))
    assert long < 6 * short


@given(st.text(max_size=12))
def test_any_pattern_is_read_or_refused_in_words(pattern: str) -> None:
    words = "read"
    try:
        compiled(pattern).fits("abc")
    except BadPattern as bad:
        words = str(bad)
    assert words


# -- letters


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("kitten", "sitting", 3), ("ca", "abc", 3), ("DIALLO", "DIALO", 1), ("abcd", "abdc", 1), ("", "ab", 2)],
)
def test_distances_are_those_of_the_literature(one: str, other: str, apart: int) -> None:
    assert distance(one, other, most=9) == distance(other, one, most=9) == apart
    assert distance(one, other, most=apart - 1) == apart


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_a_distance_is_none_for_the_same_and_never_above_the_longer(one: str, other: str) -> None:
    apart = distance(one, other, most=20)
    assert (apart == 0) == (one == other)
    assert abs(len(one) - len(other)) <= apart <= max(len(one), len(other))
    assert distance(one, other, most=1) == min(apart, 2)
