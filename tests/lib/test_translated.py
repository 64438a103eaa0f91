"""Short texts in several languages."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from courses.models import Skill
from lms.lib.translated import TranslatedFormField, pick


def test_the_active_language_wins():
    texts = {"fr": "Saisie", "en": "Data entry"}
    with translation.override("en"):
        assert pick(texts) == "Data entry"
    assert pick(texts, "fr") == "Saisie"


def test_a_missing_language_falls_back_to_the_sites_then_to_any():
    assert pick({"fr": "Saisie"}, "en") == "Saisie"
    assert pick({"en": "Data entry"}, "wo") == "Data entry"
    assert pick({}, "fr") == ""
    assert pick(None, "fr") == ""


def test_the_form_asks_for_every_language():
    field = Skill._meta.get_field("names").formfield()
    assert isinstance(field, TranslatedFormField)
    assert field.clean(["Saisie", "Data entry"]) == {"fr": "Saisie", "en": "Data entry"}


def test_the_form_names_the_missing_language():
    field = Skill._meta.get_field("names").formfield()
    with translation.override("en"), pytest.raises(ValidationError, match="English"):
        field.clean(["Saisie", " "])


def test_an_optional_text_may_be_left_out_altogether():
    assert Skill._meta.get_field("descriptions").formfield().clean(["", ""]) == {}
