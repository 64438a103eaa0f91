"""What finds words of the other language finds them all, and takes nobody's name for one."""

import pytest

from placement.code_name_words import NAMES
from tests.flows.leaks import leaks, pattern

pytestmark = pytest.mark.pages

LANGUAGES = ("fr", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_name_of_a_person_is_a_word(language):
    """``From %s`` once took the tree in « Fromager-8265 » for English."""
    assert leaks([(language, f"{name}-{number}") for name in NAMES for number in (1000, 8265)], language) == []


def test_a_blank_beside_a_space_keeps_its_distance():
    assert pattern("From %(place)s") == r"From\s+.+?"
    assert pattern("\n  %(name)s: {count}\u202f! ") == r".+?:\s+.+?\s+!"


def test_a_text_of_the_other_language_is_found():
    assert leaks([("fr", "From Dakar"), ("en", "From Dakar")], "fr") == ["From Dakar"]
