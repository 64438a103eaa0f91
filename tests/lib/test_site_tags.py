"""The head bar: each audience sees its own ways in, and every page offers itself in the other language."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from lms.lib.templatetags.site_tags import language_links, nav_link, translate_url_to
from lms.settings import base


def context(path: str = "/fr/verify/?code=A1", **extra: object) -> Context:
    return Context({"request": RequestFactory().get(path), **extra})


def test_same_page_in_the_other_language_keeps_the_query(settings):
    with translation.override("fr"):
        assert translate_url_to(context(), "en") == "/en/verify/?code=A1"


def test_view_may_name_the_other_address():
    here = context(language_urls={"en": "/en/first-steps/"})
    assert translate_url_to(here, "en") == "/en/first-steps/"


def test_page_with_no_translation_leads_home():
    with translation.override("fr"):
        assert translate_url_to(context("/cms/"), "en") == "/en/"
        assert translate_url_to(Context({}), "en") == "/en/"


def test_answer_to_a_form_leads_home():
    posted = Context({"request": RequestFactory().post("/fr/verify/")})
    assert translate_url_to(posted, "en") == "/en/"


def test_language_links_name_each_other_language_in_its_own_words():
    with translation.override("fr"):
        links = language_links(context())
    assert links == '<a href="/en/verify/?code=A1" lang="en" hreflang="en">English</a>'


def test_language_link_escapes_the_address():
    with translation.override("fr"):
        links = language_links(context("/fr/verify/?code=%22><script>"))
    assert "<script>" not in links


def test_nav_link_marks_where_the_reader_is():
    with translation.override("fr"):
        assert 'aria-current="true"' in nav_link(context(), "verify/", "Vérifier")
        assert "aria-current" not in nav_link(context(), "courses/", "Cours")


def test_nav_link_by_name_and_by_a_name_nobody_has():
    with translation.override("fr"):
        assert nav_link(context(), "nobody:here", "?") == ""
        assert nav_link(context(), "accounts:choose_pin", "PIN") == '<a href="/fr/accounts/pin/">PIN</a>'


@pytest.mark.parametrize(
    ("person", "there", "not_there"),
    [
        ("learner", "/fr/learn/", "/cms/"),
        ("employer_user", "/fr/accounts/logout/", "/fr/learn/"),
        ("trainer", "/cms/", "/fr/learn/"),
        ("manager", "/cms/", "/fr/learn/"),
        ("", "/fr/accounts/login/", "/fr/accounts/logout/"),
    ],
)
def test_each_audience_has_its_own_menu(person, there, not_there, request):
    user = request.getfixturevalue(person) if person else None
    with translation.override("fr"):
        html = Template('{% include "includes/nav.html" %}').render(context(user=user))
    assert f'href="{there}' in html
    assert f'href="{not_there}' not in html


PLAIN = ("400.html", "403_csrf.html", "500.html", "503.html")


@pytest.fixture
def packed(settings, tmp_path) -> Path:
    """Our static files as production packs them, and nothing else in the folder."""
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    settings.WHITENOISE_KEEP_ONLY_HASHED_FILES = base.WHITENOISE_KEEP_ONLY_HASHED_FILES
    backend = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}
    call_command("collectstatic", interactive=False, verbosity=0)
    return settings.STATIC_ROOT


def test_pages_that_tell_of_a_failure_ask_for_files_that_are_there(packed):
    for name in PLAIN:
        addresses = re.findall(r'"/static/([^"]+)"', render_to_string(name))
        assert addresses, name
        assert not [address for address in addresses if not (packed / address).is_file()], name
        assert {address for address in addresses if address.endswith(".css")} != {"css/site.css"}, name


def test_they_are_shown_before_any_file_is_collected(packed, settings):
    for manifest in packed.glob("*.json"):
        manifest.unlink()
    settings.STORAGES = {**settings.STORAGES}  # as at the next start
    for name in PLAIN:
        assert "css/site.css" in render_to_string(name)
