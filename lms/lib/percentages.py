"""A percentage as its reader writes it: ``80%`` in English, ``80 %`` with a space that does not break in French."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import pgettext


def percent(number: int | float | Decimal | str) -> str:
    """``number`` is out of 100; a text is a number that was formatted already."""
    text = number if isinstance(number, str) else number_format(number)
    return pgettext("a percentage", "%(number)s%%") % {"number": text}
