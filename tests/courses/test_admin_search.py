"""Searching the lists of courses and skills in the admin."""

import re

import pytest
from django.urls import reverse

from courses.models import Course
from tests.factories.courses import make_course


@pytest.mark.parametrize("model", ["course", "skill"])
def test_a_list_is_searched_by_its_names(site, trainer, sign_in, model):
    make_course(titles={"fr": "Clavier", "en": "Keyboard"}, skills=(("dw.clavier", 1),))
    response = sign_in(trainer).get(reverse(f"wagtailsnippets_courses_{model}:list"), {"q": "clavier"})
    assert response.status_code == 200
    assert "clavier" in response.content.decode().partition("<main")[2].lower()
    empty = sign_in(trainer).get(reverse(f"wagtailsnippets_courses_{model}:list_results"), {"q": "zzz"})
    assert "clavier" not in empty.content.decode().lower()


@pytest.mark.parametrize("place", ["{snippet}:list_results", "{chooser}:choose_results"])
@pytest.mark.parametrize(("asked", "is_found"), [("QUALITÉ", True), ("données qualité", True), ("qualité zzz", False)])
def test_a_course_is_found_by_words_with_accents(site, trainer, sign_in, place, asked, is_found):
    make_course(titles={"fr": "Saisie et qualité des données", "en": "Data"})
    name = place.format(snippet="wagtailsnippets_courses_course", chooser=Course.snippet_viewset.chooser_viewset.name)
    answer = sign_in(trainer).get(reverse(name), {"q": asked}).content.decode()
    assert ("Saisie et qualité" in answer) is is_found


def test_a_text_pasted_into_the_search_is_no_failure(site, trainer, sign_in):
    text = " ".join(f"mot{number}" for number in range(1200))
    for name in ("wagtailsnippets_courses_course:list", f"{Course.snippet_viewset.chooser_viewset.name}:choose"):
        assert sign_in(trainer).get(reverse(name), {"q": text}).status_code == 200


def test_what_the_search_of_pages_found_has_a_name(site, trainer, sign_in):
    make_course()
    page = sign_in(trainer).get("/cms/pages/search/", {"q": ""}).content.decode()
    assert re.search(r"sur \d+\s+pages", page), "Wagtail says “None”"
