"""Names as people type them, and as a certificate prints them."""

import sys
import unicodedata
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.person_names import UNSEEN, clean_name


def test_a_name_has_no_kind_of_number():
    """½, ², ①, Ⅷ: a letter that was read wrong, or no name."""
    taken = []
    numbers = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)).startswith("N")]
    for sign in [*numbers, ","]:
        with suppress(ValidationError):
            taken.append(clean_name(f"C{sign}ur Diop"))
    assert not taken


@pytest.mark.parametrize("text", ["Diop, Awa", " Diop ,Awa ", "DIOP,  Awa"])
def test_the_family_name_before_a_comma_goes_last(text):
    assert clean_name(text).casefold() == "awa diop"


@pytest.mark.parametrize("text", ["Diop, Awa, 3e", "Awa Diop,", ",Awa Diop", "Diop,,Awa", "A, Diop", "Diop, A"])
def test_any_other_comma_parts_two_columns(text):
    with pytest.raises(ValidationError):
        clean_name(text)


@pytest.mark.parametrize(
    "name", ["Cœur N’Diaye", "Jean-Marie d'Almeida", "Šárka Žák", "Ÿ Æ", "Mme. Awa Sow", "أمينة ديالو"]
)
def test_names_as_they_are(name):
    assert clean_name(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\uff21\uff57\uff41 \uff24\uff49\uff4f\uff50", "Awa Diop"),  # full width
        ("\U0001d400\U0001d430\U0001d41a Diop", "Awa Diop"),  # bold, as some phones offer it
        ("N\u00b4Diaye", "N\u2019Diaye"), ("N`Diaye", "N\u2019Diaye"),
        ("Aw\u3164a Di\ufe0fop", "Awa Diop"),
        ("\ufb01nda", "finda"),
        ("Awa\tDiop\n", "Awa Diop"),
    ],
)  # fmt: skip
def test_other_ways_to_write_the_same_letters(text, name):
    assert clean_name(text) == name


@pytest.mark.parametrize(
    "text", ["\u3164\u3164 \u3164", "\u115f\u1160", "Awa\U0001f600 Diop", "Awa \u2640", "\u24b6wa", "Awa \u2713"]
)
def test_neither_invisible_nor_a_picture(text):
    with pytest.raises(ValidationError):
        clean_name(text)


@given(st.text(max_size=40))
def test_what_is_taken_is_seen_and_stays(text):
    """Cleaned once more it is the same, on every page and in every list."""
    with suppress(ValidationError):
        name = clean_name(text)
        assert clean_name(name) == name
        assert not UNSEEN.search(name)
        assert all(unicodedata.category(c)[0] not in "NSC" or c in "\u200c\u200d" for c in name)
        assert name == " ".join(name.split())
