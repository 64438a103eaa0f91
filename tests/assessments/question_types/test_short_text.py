import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.question_types import InvalidResponse, Submission, get_question_type
from assessments.question_types.normalisation import comparable_answer
from assessments.seeds import rng_for

from .examples import SPECS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Clavier", "clavier"),
        ("été", "ete"),
        ("ÉTÉ", "e\u0301te\u0301"),
        ("cœur", "Coeur"),
        ("Æsir", "aesir"),
        ("l’écran", "l'ecran"),
        ("l ' écran", "l`écran"),
        ("aujourd´hui", "aujourd’hui"),
        ("mot\u00a0de\u202fpasse", "  mot de  passe "),
        ("mot-clé", "mot clé"),
        ("rendez\u2011vous", "rendez-vous"),
        ("« oui » !", "oui"),
        ("Non.", "non"),
        ("(b)", "B"),
        ("straße", "STRASSE"),
        ("İstanbul", "istanbul"),
        ("soft\u00adware", "software"),
        ("\u200fنعم\u200f", "نعم"),
        ("كِتَاب", "كتاب"),
        ("كـتاب", "كتاب"),
        ("１２", "12"),
        ("10³", "10^3"),
        ("10<sup>3</sup> kg", "10 ^ 3 kg"),
        ("2⁻³", "2^-3"),
        ("25 m²", "25 m2"),
        ("25 m^2", "25 m<sup>2</sup>"),
        ("1ᵉʳ", "1er"),
        ("H₂O", "H2O"),
        ("H<sub>2</sub>O", "h2o"),
    ],
)
def test_spellings_of_one_answer_are_equal(one: str, other: str) -> None:
    assert comparable_answer(one) == comparable_answer(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C", "C++"),
        ("10³", "103"),
        ("10<sup>3</sup>", "103"),
        ("10^3", "103"),
        ("(a+b)²", "(a+b)2"),
        ("C#", "C"),
        ("%", "&"),
        ("!", "?"),
        ("=", "+"),
        ("-5", "5"),
        ("=SOMME(A1:A3)", "=SOMME(A1:A3"),
        ("سأل", "سال"),
        ("ߒߞߏ", "ߒߞߊ"),
        ("ߓߊ߬", "ߓߊ߫"),
        ("ⴰⵣⵓⵍ", "ⴰⵣⵍ"),
        ("की", "का"),
        ("ɓe", "be"),
        ("ɛ", "e"),
    ],
)
def test_different_answers_stay_different(one: str, other: str) -> None:
    assert comparable_answer(one) != comparable_answer(other)


@pytest.mark.parametrize("text", ["ߒߞߏ", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "العربية", "हिन्दी", "Ελλάδα", "中文", "!?", "«»"])
def test_no_script_is_folded_away(text: str) -> None:
    assert comparable_answer(text)


@given(st.text(max_size=20))
def test_folding_twice_changes_nothing_and_forms_of_unicode_are_equal(text: str) -> None:
    assert comparable_answer(comparable_answer(text)) == comparable_answer(text)
    for form in ("NFC", "NFD"):
        assert comparable_answer(unicodedata.normalize(form, text)) == comparable_answer(text)


@pytest.mark.parametrize(
    ("text", "fraction", "feedback"),
    [
        ("CŒUR", "1", ("SECRET bravo",)),
        ("le coeur.", "1", ()),
        ("cœurs", "0.5", ("SECRET au singulier",)),
        ("poumon", "0", ("SECRET relisez",)),
    ],
)
def test_each_accepted_answer_has_its_credit_and_word(text: str, fraction: str, feedback: tuple[str, ...]) -> None:
    result = get_question_type("short_text").grade(SPECS["short_text"], {"text": text})
    assert (result.fraction, result.feedback) == (Decimal(fraction), feedback)


def test_only_fully_right_answers_are_told_as_the_key() -> None:
    assert get_question_type("short_text").right_answer(SPECS["short_text"]) == "cœur / le cœur"


def test_an_endless_answer_is_refused() -> None:
    kind, spec = get_question_type("short_text"), SPECS["short_text"]
    with pytest.raises(InvalidResponse, match="at most 500"):
        kind.read(spec, kind.public(spec, rng_for(1)), Submission({"answer": ["a" * 501]}))


@pytest.mark.parametrize(
    ("accepted", "field"),
    [
        (None, "accepted"),
        ([], "accepted"),
        ([{"text": "a", "credit": 50}], "accepted"),
        ([{"text": "a"}, {"text": " "}], "accepted.1.text"),
        ([{"text": "a"}, {"text": "b", "credit": -1}], "accepted.1.credit"),
        ([{"text": "a"}, {"text": "b", "feedback": []}], "accepted.1.feedback"),
        ([{"text": "été"}, {"text": "ETE", "credit": 0}], "accepted.1.text"),
    ],
)
def test_each_fault_of_the_author_is_named_at_its_place(accepted: Any, field: str) -> None:
    problems = get_question_type("short_text").validate({"accepted": accepted})
    assert [problem.field for problem in problems] == [field]


def test_course_folders_keep_the_feedback_to_other_answers() -> None:
    row = {"accepted": {"fr": ["clavier"], "en": ["keyboard"]}, "otherwise": "?"}
    assert get_question_type("short_text").from_folder(row, "en") == {
        "accepted": [{"text": "keyboard", "credit": 100}], "otherwise": "?",
    }  # fmt: skip
