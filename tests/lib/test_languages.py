"""A language that Django has no words about is a language like any other."""

import gettext
import subprocess

import pytest
from django.conf.locale import LANG_INFO
from django.test import override_settings
from django.utils.translation import get_language_info

from lms.accounts.forms import language_field
from lms.lib.languages import introduce_languages, names_of_languages
from lms.lib.management.commands.collect_messages import with_header

# what makemessages writes for a language whose plural Django does not know
BLANK = """# SOME DESCRIPTIVE TITLE.
# FIRST AUTHOR <EMAIL@ADDRESS>, YEAR.
#
#, fuzzy
msgid ""
msgstr ""
"Project-Id-Version: PACKAGE VERSION\\n"
"Report-Msgid-Bugs-To: \\n"
"Last-Translator: FULL NAME <EMAIL@ADDRESS>\\n"
"Language-Team: LANGUAGE <LL@li.org>\\n"
"Language: \\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=INTEGER; plural=EXPRESSION;\\n"

#: cms/blocks.py
msgid "Tip"
msgstr ""

#: cms/blocks.py
msgid "%(count)s page"
msgid_plural "%(count)s pages"
msgstr[0] ""
msgstr[1] ""
"""


@pytest.fixture
def wolof():
    with override_settings(LANGUAGES=[("fr", "French"), ("en", "English"), ("wo", "Wolof")]):
        introduce_languages()
        yield
    LANG_INFO.pop("wo", None)


def test_django_learns_its_name(wolof):
    assert get_language_info("wo")["name_local"] == "Wolof"
    assert LANG_INFO["fr"]["name_local"] == "français"


def test_it_can_be_chosen_under_its_name(wolof):
    assert language_field().choices == [("fr", "Français"), ("en", "English"), ("wo", "Wolof")]


def test_lists_name_languages_in_each_language(wolof):
    assert {"français": "fr", "french": "fr", "anglais": "en", "english": "en", "wolof": "wo"}.items() <= (
        names_of_languages().items()
    )


@pytest.mark.django_db
def test_the_pages_of_the_others_lead_to_it(wolof, client):
    page = client.get("/fr/accounts/login/")
    assert page.status_code == 200
    assert 'hreflang="wo">Wolof</a>' in page.content.decode()


def test_its_new_catalogue_can_be_read(tmp_path):
    catalogue, compiled = tmp_path / "django.po", tmp_path / "django.mo"
    catalogue.write_text(with_header(BLANK, "wo"))
    done = subprocess.run(["msgfmt", "--check", "-o", compiled, catalogue], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with compiled.open("rb") as file:
        assert gettext.GNUTranslations(file).ngettext("one", "many", 1) == "one"
    assert "fuzzy" not in catalogue.read_text()


def test_the_plural_that_django_knows_is_kept():
    polish = BLANK.replace("nplurals=INTEGER; plural=EXPRESSION;", "nplurals=3; plural=(n == 1 ? 0 : 2);")
    assert "nplurals=3; plural=(n == 1 ? 0 : 2);" in with_header(polish, "pl")
