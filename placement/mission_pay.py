"""Does a price for a unit leave the person at least the lowest pay of the country? Told with the whole sum."""

import math
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from lms.lib.percentages import percent
from placement.choices import CURRENCY_SIGNS, country_name
from placement.missions.money import WHOLE, UnitPrice
from placement.models import PayFloor
from placement.pay_floors import lowest

WITH_CENTS = frozenset({"EUR", "USD", "GHS"})
MOST_AN_HOUR = 2_147_483_647  # what the column of a pay holds


def amount(number: Decimal | int) -> str:
    """As people write it: no zeros behind the comma, a space between thousands."""
    exact = Decimal(number).quantize(Decimal("0.001")).normalize()
    return number_format(f"{exact:f}", force_grouping=True)


def exact_amount(number: Decimal, currency: str) -> str:
    """Nothing rounded: what stands behind the sign of equality is equal. Cents as people write them."""
    places = max(-int(number.normalize().as_tuple().exponent), 2 if currency in WITH_CENTS else 0)
    return number_format(f"{number:.{places}f}", force_grouping=True)


def sum_words(money: UnitPrice, currency: str) -> str:
    """``25 FCFA × 60 an hour × 70 % = 1 050 FCFA an hour``, in the active language."""
    sign = CURRENCY_SIGNS.get(currency, currency)
    words = {
        "price": amount(money.price), "currency": sign, "units": amount(money.units_per_hour),
        "share": percent(money.worker_share), "gets": exact_amount(money.an_hour, currency),
    }  # fmt: skip
    return _("%(price)s %(currency)s × %(units)s an hour × %(share)s = %(gets)s %(currency)s an hour") % words


def check_shares(*, worker_share: int | None, local_share: int | None) -> None:
    if worker_share and local_share and worker_share + local_share > WHOLE:
        raise ValidationError({"local_share": _("The two shares together are more than the whole price.")})


def check_unit_price(*, country: str, currency: str, money: UnitPrice, hours_per_week: int) -> None:
    """Raises ValidationError beside ``price``. A country whose lowest pay nobody wrote down asks for one whole unit of
    the currency an hour: pay is kept in these.
    """
    check_bounds(currency, money)
    floor = PayFloor.objects.filter(country=country).first()
    if floor is None:
        return
    sign = CURRENCY_SIGNS.get(floor.currency, floor.currency)
    if floor.currency != currency:
        text = _("Give the price in %(currency)s: only so can it be compared with the lowest pay in %(country)s.")
        raise ValidationError({"price": text % {"currency": sign, "country": country_name(country)}})
    least = lowest(floor, period="hour", hours_per_week=hours_per_week)
    if least is None or money.an_hour >= least:
        return
    words = {
        "sum": sum_words(money, currency), "country": country_name(country), "least": amount(math.ceil(least)),
        "currency": sign, "source": floor.source, "since": date_format(floor.since, "j F Y"),
        "price": amount(money.price_for(least)), "share": percent(money.share_for(least)),
    }  # fmt: skip
    text = _(
        "The person would have %(sum)s. The lowest pay in %(country)s is %(least)s %(currency)s an hour (%(source)s, "
        "since %(since)s)."
    )
    better = (
        _("Pay at least %(price)s %(currency)s a unit, or raise their share to %(share)s.")
        if money.share_for(least) <= WHOLE
        else _("Pay at least %(price)s %(currency)s a unit.")
    )
    raise ValidationError({"price": f"{text % words} {better % words}"})


def check_bounds(currency: str, money: UnitPrice) -> None:
    words = {"sum": sum_words(money, currency), "currency": CURRENCY_SIGNS.get(currency, currency)}
    if money.whole_hour < 1:
        text = _(
            "The person would have %(sum)s: that is less than 1 %(currency)s. Raise the price, the number an hour or "
            "their share."
        )
        raise ValidationError({"price": text % words})
    if money.whole_hour > MOST_AN_HOUR:
        text = _("The person would have %(sum)s: that cannot be right. Lower the price or the number an hour.")
        raise ValidationError({"price": text % words})
