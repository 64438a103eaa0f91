"""``{{ attempt.percent|percent }}``: see ``lms/lib/percentages.py``."""

from decimal import Decimal

from django import template

from lms.lib import percentages

register = template.Library()


@register.filter
def percent(number: int | float | Decimal | str | None) -> str:
    return "–" if number is None else percentages.percent(number)
