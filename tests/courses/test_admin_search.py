"""Searching the lists of courses and skills in the admin."""

import pytest
from django.urls import reverse

from tests.factories.courses import make_course


@pytest.mark.parametrize("model", ["course", "skill"])
def test_a_list_is_searched_by_its_names(site, trainer, sign_in, model):
    make_course(titles={"fr": "Clavier", "en": "Keyboard"}, skills=(("dw.clavier", 1),))
    response = sign_in(trainer).get(reverse(f"wagtailsnippets_courses_{model}:list"), {"q": "clavier"})
    assert response.status_code == 200
    assert "clavier" in response.content.decode().partition("<main")[2].lower()
    empty = sign_in(trainer).get(reverse(f"wagtailsnippets_courses_{model}:list_results"), {"q": "zzz"})
    assert "clavier" not in empty.content.decode().lower()
