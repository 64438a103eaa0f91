"""The form of a mission: what it refuses, and what can be changed once some of its lines are open."""

import pytest
from django.urls import reverse

from placement.models import Mission
from tests.placement.test_missions import employer, portal, typed

__all__ = ["employer", "portal"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["level", "window", "connectivity", "language_level"])
def test_what_a_line_does_not_say_is_named(portal, name):
    form = typed()
    del form[f"{name}_1"]
    response = portal.post(reverse("placement:new_mission"), form)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [f"{name}_1"]
    assert not Mission.objects.exists()
