"""Wagtail's words that we say otherwise in French."""

import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
import wagtail
import wagtailmedia
from django.conf import settings
from django.utils import translation

from cms.wagtail_words import WORDS

pytestmark = pytest.mark.pages

NUMBERS = {"usage_count": 2, "count": 2, "model_name": "M", "descendant_count": 2, "number": 2}
CATALOGUES = [
    path
    for package in (wagtail, wagtailmedia)
    for path in Path(package.__file__).parent.glob("**/locale/fr/LC_MESSAGES/django.mo")
]


def singular(word) -> str:
    with translation.override("en"):
        return word if isinstance(word, str) else str(word % NUMBERS)


def test_each_is_still_a_word_of_wagtail():
    """One that Wagtail has changed would be said in Wagtail's French again."""
    theirs = set()
    for path in CATALOGUES:
        with path.open("rb") as file:
            theirs |= {key[0] if isinstance(key, tuple) else key for key in GNUTranslations(file)._catalog}
    plain = [word for word in WORDS if isinstance(word, str)]
    assert [word for word in plain if word not in theirs and word != "media items"] == []


@pytest.mark.parametrize("word", WORDS)
def test_its_french_fits_both_genders(word):
    with translation.override("fr"):
        expected = translation.gettext(word) if isinstance(word, str) else str(word % NUMBERS)
    assert expected != singular(word)
    assert not re.search(r"\((e|la|le|elle|tte)\)", expected)


def test_ours_stand_before_theirs(site, sign_in, trainer):
    assert settings.LANGUAGE_CODE == "fr"
    page = sign_in(trainer).get("/cms/snippets/courses/course/add/").content.decode()
    assert "Création\u00a0: Cours" in page
    assert "(le)" not in page
