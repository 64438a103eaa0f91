"""Is a pay below the lowest of its country? Months and hours are brought to one another; other currencies are not."""

import math
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from placement.choices import CURRENCY_SIGNS, country_name
from placement.enums import OpportunityKind
from placement.models import PayFloor

WEEKS_A_MONTH = Decimal(52) / 12
LEARNING = frozenset({OpportunityKind.INTERNSHIP, OpportunityKind.APPRENTICESHIP})
"""Kinds for which most laws know other amounts: never refused by the floor of a wage."""


def lowest(floor: PayFloor, *, period: str, hours_per_week: int, day_hours: int | None = None) -> Decimal | None:
    """The floor for so many hours a week, in the given period; None where nothing can be said (a task, a day whose
    hours nobody says).
    """
    full_month = Decimal(floor.week_hours) * WEEKS_A_MONTH
    an_hour = floor.amount if floor.period == "hour" else floor.amount / full_month
    if period == "hour":
        return an_hour
    if period == "day":
        return an_hour * day_hours if day_hours else None
    return an_hour * min(hours_per_week, floor.week_hours) * WEEKS_A_MONTH if period == "month" else None


def check_pay(
    *,
    country: str,
    kind: str,
    pay_min: int | None,
    pay_max: int | None,
    currency: str,
    period: str,
    hours_per_week: int,
    day_hours: int | None = None,
) -> None:
    """Raises ValidationError beside ``pay_min`` with the sum; a rounding of one unit is no offence."""
    offered = pay_min if pay_min is not None else pay_max
    floor = PayFloor.objects.filter(country=country, currency=currency).first()
    if floor is None or offered is None or kind in LEARNING:
        return
    least = lowest(floor, period=period, hours_per_week=hours_per_week, day_hours=day_hours)
    if least is None or offered + 1 > least:
        return
    text = _(
        "This is below the lowest pay in %(country)s: for %(hours)d h a week, %(least)s %(currency)s at least. "
        "(%(source)s, since %(since)s)"
    )
    words = {
        "country": country_name(country), "hours": hours_per_week,
        "least": number_format(math.ceil(least), force_grouping=True),
        "currency": CURRENCY_SIGNS.get(currency, currency), "source": floor.source,
        "since": date_format(floor.since, "j F Y"),
    }  # fmt: skip
    raise ValidationError({"pay_min": text % words})
