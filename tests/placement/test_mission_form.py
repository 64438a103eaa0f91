"""The form of a mission: what it refuses, and what can be changed once some of its lines are open."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.translation import override

from placement.mission_pay import sum_words
from placement.missions.money import UnitPrice
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


@pytest.mark.parametrize(
    "changes",
    [
        {"price_1": "0.01", "currency": "EUR"},
        {"price_1": "999999999", "units_1": "999999"},
    ],
)
def test_a_sum_that_no_pay_can_hold_is_refused_in_words(portal, changes):
    response = portal.post(reverse("placement:new_mission"), typed(**changes))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["price_1"]
    assert not Mission.objects.exists()


@pytest.mark.parametrize(
    ("price", "units", "currency", "gets"),
    [
        ("0.04", "60", "EUR", "1,68 €"), ("0.5", "60", "USD", "21,00 $"), ("25", "60", "XOF", "1 050 FCFA"),
        ("25", "61", "XOF", "1 067,5 FCFA"), ("0.043", "61", "EUR", "1,8361 €"), ("1", "100000", "XOF", "70 000 FCFA"),
    ],
)  # fmt: skip
def test_the_sum_is_true(price, units, currency, gets):
    with override("fr"):
        text = sum_words(UnitPrice(Decimal(price), Decimal(units), 70), currency)
    assert f"= {gets}" in text.replace("\xa0", " ").replace("\u202f", " ")
