"""A percentage as its reader writes it."""

from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from lms.lib.percentages import percent


@pytest.mark.parametrize(
    ("number", "fr", "en"),
    [(80, "80\u00a0%", "80%"), (Decimal("72.50"), "72,50\u00a0%", "72.50%"), ("7", "7\u00a0%", "7%")],
)
def test_a_percentage(number, fr, en):
    with translation.override("fr"):
        assert percent(number) == fr
    with translation.override("en"):
        assert percent(number) == en
        assert Template("{% load percentages %}{{ n|percent }}").render(Context({"n": number})) == en


def test_no_number_is_a_dash():
    assert Template("{% load percentages %}{{ nothing|percent }}").render(Context({"nothing": None})) == "–"
