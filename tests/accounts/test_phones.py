"""Numbers as people type them, countries as people name them."""

import pytest
from django.utils import translation

from lms.accounts import phones


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [("77 123 45 67", "", "+221771234567"), ("+33 6 12 34 56 78", "SN", "+33612345678"),
     ("06.12.34.56.78", "FR", "+33612345678"),
     ("221771234567", "", "+221771234567"), ("٧٧١٢٣٤٥٦٧", "", "+221771234567"),
     ("12", "", ""), ("", "", ""), ("abc", "", ""),
     ("+999999999999", "", "")],
)  # fmt: skip
def test_to_e164(text, country, number):
    assert phones.to_e164(text, country) == number


def test_every_country_has_a_name_in_each_language():
    for language in ("fr", "en"):
        with translation.override(language):
            names = dict(phones.country_choices())
        assert not [code for code, name in names.items() if name.startswith((code + " ", "*"))]
    assert phones.country_name("SN", "fr") == "Sénégal"
    assert phones.country_name("SN", "en") == "Senegal"
    assert phones.country_name("CI", "en").startswith("C")


def test_the_sites_own_country_comes_first(settings):
    settings.DEFAULT_COUNTRY = "FR"
    assert phones.countries()[0] == "FR"
    assert phones.countries().count("FR") == 1


def test_for_people():
    assert phones.for_people("+221771234567") == "+221 77 123 45 67"
    assert phones.for_people(None) == ""
    assert phones.for_people("nonsense") == "nonsense"
