"""The site's languages, also those that Django has no words about: Wolof, Bambara, Fula, Ewondo..."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language_info

from lms.lib.seams.languages import add_language


def introduce_languages() -> None:
    """Tell Django about languages of ours that it does not know, or every page that names them would break.

    Their name is the one in ``LANGUAGES``, written there in the language itself.
    """
    for code, name in settings.LANGUAGES:
        add_language(code, str(name), is_bidi=code in settings.LANGUAGES_BIDI)


def names_of_languages() -> dict[str, str]:
    """``{"wolof": "wo", "anglais": "en", ...}``: what each language is called in each of them, in small letters."""
    codes = [code for code, _name in settings.LANGUAGES]
    words: dict[str, str] = {}
    for spoken in codes:
        with translation.override(spoken):
            for code in codes:
                info = get_language_info(code)
                words |= dict.fromkeys((info["name_translated"].lower(), info["name_local"].lower()), code)
    return words
