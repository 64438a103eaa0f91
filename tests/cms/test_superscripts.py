"""Powers in plain words look like those of rich texts, wherever learners read them."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from cms import foreign
from cms.superscripts import superscripts


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("10³ m", "10<sup>3</sup> m"),
        ("H₂O", "H<sub>2</sub>O"),
        ("10⁻²", "10<sup>−2</sup>"),
        ("x₁²", "x<sub>1</sub><sup>2</sup>"),
        ("<b>²</b>", "&lt;b&gt;<sup>2</sup>&lt;/b&gt;"),
        ("A1^(1/2)", "A1^(1/2)"),
        ("", ""),
    ],
)
def test_raised_letters_become_raised_text(text, html):
    assert superscripts(text) == html


@given(st.text(alphabet="a1 <&³₂⁻⁽ⁿ⁾ₓᵉʳ", max_size=12))
def test_nothing_is_lost_on_the_way(text):
    assert foreign.plain_text(superscripts(text)) == re.sub(" +", " ", text).strip(" ")


def test_learners_see_every_plain_text_of_a_question_that_way():
    """A template of a question type that shows a text says ``|superscripts``; an ``<option>`` can hold no marks."""
    places = [*Path(settings.BASE_DIR, "templates/assessments/types").glob("*.html")]
    assert places
    for place in places:
        shown = re.sub(r"\{\{ (item|option|category)\.text \}\}</option>", "", place.read_text())
        assert ".text }}" not in shown, place
        assert "=presentation.unit %" not in shown, place
