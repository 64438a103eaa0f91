"""Countries and languages that forms offer. A host adds its own here; rows keep the plain codes."""

from typing import Any

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from lms.lib.sort_order import by_label

Choices = list[tuple[str, Any]]
BLANK: Choices = [("", "—")]

COUNTRIES: Choices = [
    ("DZ", _("Algeria")), ("BE", _("Belgium")), ("BJ", _("Benin")), ("BF", _("Burkina Faso")), ("BI", _("Burundi")),
    ("CM", _("Cameroon")), ("CA", _("Canada")), ("CF", _("Central African Republic")), ("TD", _("Chad")),
    ("KM", _("Comoros")), ("CG", _("Congo")), ("CI", _("Côte d’Ivoire")), ("CD", _("DR Congo")),
    ("DJ", _("Djibouti")), ("FR", _("France")), ("GA", _("Gabon")), ("DE", _("Germany")), ("GH", _("Ghana")),
    ("GN", _("Guinea")), ("HT", _("Haiti")), ("IT", _("Italy")), ("KE", _("Kenya")), ("LU", _("Luxembourg")),
    ("MG", _("Madagascar")), ("ML", _("Mali")), ("MR", _("Mauritania")), ("MU", _("Mauritius")), ("MA", _("Morocco")),
    ("NE", _("Niger")), ("NG", _("Nigeria")), ("PT", _("Portugal")), ("RO", _("Romania")), ("RW", _("Rwanda")),
    ("SN", _("Senegal")), ("ES", _("Spain")), ("CH", _("Switzerland")), ("TG", _("Togo")), ("TN", _("Tunisia")),
    ("GB", _("United Kingdom")),
]  # fmt: skip
LANGUAGES: Choices = [
    ("fr", _("French")), ("en", _("English")), ("ar", _("Arabic")), ("bm", _("Bambara")), ("dyu", _("Dyula")),
    ("ewo", _("Ewondo")), ("ff", _("Fula")), ("fon", _("Fon")), ("de", _("German")), ("ha", _("Hausa")),
    ("it", _("Italian")), ("ln", _("Lingala")), ("mg", _("Malagasy")), ("pt", _("Portuguese")), ("ro", _("Romanian")),
    ("srr", _("Serer")), ("es", _("Spanish")), ("sw", _("Swahili")), ("wo", _("Wolof")), ("yo", _("Yoruba")),
]  # fmt: skip
CURRENCIES = [("XOF", "FCFA (XOF)"), ("XAF", "FCFA (XAF)"), ("EUR", "€"), ("MGA", "Ar"), ("USD", "$"), ("GHS", "GH₵")]
CURRENCY_SIGNS = {"XOF": "FCFA", "XAF": "FCFA", "EUR": "€", "MGA": "Ar", "USD": "$", "GHS": "GH₵"}


_COUNTRY_NAMES, _LANGUAGE_NAMES = dict(COUNTRIES), dict(LANGUAGES)


def country_name(code: str) -> str:
    return str(_COUNTRY_NAMES.get(code, code))


def country_choices() -> Choices:
    """None, then the countries by their names in the active language."""
    return BLANK + by_label(COUNTRIES)


def language_choices() -> Choices:
    """The site's languages, then the others by their names in the active language."""
    own = [code for code, _name in settings.LANGUAGES if code in _LANGUAGE_NAMES]
    return [(code, _LANGUAGE_NAMES[code]) for code in own] + by_label(pair for pair in LANGUAGES if pair[0] not in own)


def countries_with(code: str) -> Choices:
    """``country_choices``, with the country that a row already has, were it outside the list."""
    return country_choices() + ([] if not code or code in _COUNTRY_NAMES else [(code, code)])


def language_name(code: str) -> str:
    return capfirst(str(_LANGUAGE_NAMES.get(code, code)))
