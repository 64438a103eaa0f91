"""The admin's own pages in the site's words."""

import re

import pytest
from django.utils.html import strip_tags
from wagtail import hooks
from wagtail.contrib.simple_translation import wagtail_hooks as simple_translation

from cms.wagtail_hooks import LISTING_BUTTONS, translate_button
from lms.lib.seams.removed_hooks import remove_hook


def test_a_lost_trainer_is_led_back_in_our_words(site, sign_in, trainer):
    answer = sign_in(trainer).get("/cms/nowhere/")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "Cette page n’existe pas" in page
    assert 'href="/cms/"' in page
    assert "Wagtail" not in page.partition("<main")[2]


def test_the_search_of_pages_says_pages(site, sign_in, trainer):
    """Wagtail's own says “2 None”. A new version of it that names them itself, or another way, is seen here."""
    from wagtail.admin.views.pages.search import SearchView

    answer = sign_in(trainer).get("/cms/pages/search/", HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 200
    assert isinstance(answer.context["view"], SearchView)
    assert str(answer.context["verbose_name_plural"]) == "pages"
    assert not re.search(r"\bNone\b", strip_tags(answer.content.decode().partition("<main")[2]))


def test_wagtails_own_button_to_translate_is_gone_and_ours_is_there():
    assert simple_translation.register_snippet_listing_buttons not in hooks.get_hooks(LISTING_BUTTONS)
    assert translate_button in hooks.get_hooks(LISTING_BUTTONS)


def test_a_hook_that_is_not_there_is_not_taken_away_in_silence():
    with pytest.raises(LookupError, match="construct_main_menu"):
        remove_hook("construct_main_menu", translate_button)


def test_one_of_two_hooks_is_taken_away():
    def one(request, items):
        """Registered by a library."""

    def other(request, items):
        """Stays."""

    hooks.register("test_hook", one)
    hooks.register("test_hook", other)
    remove_hook("test_hook", one)
    assert hooks.get_hooks("test_hook") == [other]
    remove_hook("test_hook", other)
