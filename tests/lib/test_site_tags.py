"""The head bar: each audience sees its own ways in, and every page offers itself in the other language."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from lms.lib.templatetags.site_tags import language_links, nav_link, translate_url_to


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
