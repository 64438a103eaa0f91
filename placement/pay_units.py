"""Pay by unit, brought to an hour and to a week of work, so that two amounts can be compared. Nothing is rounded before
the last step: what an amount comes to in another unit, in whole units of money.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from placement.offer_enums import PayUnit

WEEKS_A_MONTH = Fraction(52, 12)


class PayVerdict(StrEnum):
    SAME = "same"
    MORE = "more"
    LESS = "less"
    UNKNOWN = "unknown"  # another currency, or time against pieces


@dataclass(frozen=True)
class Pay:
    """An amount for a unit of work, and the hours that belong to it. ``day_hours``: of a day that is paid as one."""

    amount: int
    currency: str
    unit: str
    hours_per_week: int
    day_hours: int | None = None

    @property
    def unit_hours(self) -> Fraction | None:
        """Hours of work for one amount; None for a piece, and for a day whose hours nobody says."""
        if self.unit == PayUnit.HOUR:
            return Fraction(1)
        if self.unit == PayUnit.MONTH:
            return self.hours_per_week * WEEKS_A_MONTH
        return Fraction(self.day_hours) if self.unit == PayUnit.DAY and self.day_hours else None

    @property
    def an_hour(self) -> Fraction | None:
        return self.amount / self.unit_hours if self.unit_hours else None


def least_as_announced(announced: Pay, offered: Pay) -> Fraction | None:
    """What the announced pay comes to in the unit and hours of the offer: by the hour, and by the week in sum,
    whichever is more. None where the two cannot be compared.
    """
    if announced.currency != offered.currency:
        return None
    if announced.unit == offered.unit == PayUnit.TASK:
        return Fraction(announced.amount)
    rate, hours = announced.an_hour, offered.unit_hours
    if rate is None or hours is None:
        return None
    by_the_week = rate * announced.hours_per_week / offered.hours_per_week * hours
    return max(rate * hours, by_the_week)


def compare(announced: Pay, offered: Pay) -> PayVerdict:
    """A fraction of a unit of money is no difference: it comes from the conversion."""
    least = least_as_announced(announced, offered)
    if least is None:
        return PayVerdict.UNKNOWN
    if offered.amount < math.floor(least):
        return PayVerdict.LESS
    return PayVerdict.MORE if offered.amount > math.ceil(least) else PayVerdict.SAME
