"""Short texts in several languages."""

import pytest
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.utils import translation

from courses.models import Skill
from lms.lib.translated import TranslatedFormField, pick, untranslated


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


def test_the_form_takes_one_language_or_several():
    field = Skill._meta.get_field("names").formfield()
    assert isinstance(field, TranslatedFormField)
    assert field.clean(["Saisie", "Data entry"]) == {"fr": "Saisie", "en": "Data entry"}
    assert field.clean(["Saisie", " "]) == {"fr": "Saisie"}


def test_the_form_refuses_a_text_in_no_language():
    field = Skill._meta.get_field("names").formfield()
    with translation.override("en"), pytest.raises(ValidationError, match="at least one language"):
        field.clean(["", " "])


@pytest.mark.parametrize(
    ("texts", "notes"), [({"fr": "Saisie"}, 1), ({"fr": "Saisie", "en": "Data entry"}, 0), ({}, 0)]
)
def test_the_form_says_what_is_not_written_yet_and_lets_a_browser_send_it(texts, notes):
    class SkillForm(ModelForm):
        class Meta:
            model = Skill
            fields = ("names",)

    with translation.override("en"):
        html = str(SkillForm(instance=Skill(names=texts))["names"])
    assert html.count("not written yet") == notes
    assert "required" not in html


def test_a_row_names_the_languages_it_lacks():
    with translation.override("en"):
        assert untranslated(Skill(names={"fr": "Saisie"})) == "English"
        assert untranslated(Skill(names={"fr": "Saisie", "en": "Entry"}, descriptions={"en": "Type"})) == "French"
        assert untranslated(Skill(names={"fr": "Saisie", "en": "Entry"}, descriptions={})) == "—"


def test_an_optional_text_may_be_left_out_altogether():
    assert Skill._meta.get_field("descriptions").formfield().clean(["", ""]) == {}
