"""Sizes and times in plain words, in the reader’s writing of numbers."""

from django.utils.formats import number_format
from django.utils.translation import gettext


def kilobytes(value: float | None) -> str:
    """1.4 -> "1.4 kB", 1250 -> "1.3 MB", in the reader's writing of numbers. The unit never wraps."""
    amount = float(value or 0)
    if amount >= 1000:
        return gettext("%s MB").replace(" ", "\u00a0") % decimal(amount / 1000)
    return gettext("%s kB").replace(" ", "\u00a0") % decimal(amount)


def file_size(value: int | None) -> str:
    """Bytes in kB or MB."""
    return kilobytes((value or 0) / 1000)


def decimal(amount: float) -> str:
    """One decimal below ten, none above."""
    places = 1 if amount < 10 and round(amount, 1) % 1 else 0
    return str(number_format(round(amount, places), places))


def minutes(value: int | None) -> str:
    """7 -> "7 min", 95 -> "1 h 35"."""
    hours, rest = divmod(int(value or 0), 60)
    if not hours:
        return gettext("%s min").replace(" ", "\u00a0") % rest
    return f"{hours}\u00a0h\u00a0{rest:02d}" if rest else f"{hours}\u00a0h"


def duration(seconds: float | None) -> str:
    """80.2 -> "1 min 20 s"; empty when unknown."""
    total = round(seconds or 0)
    if not total:
        return ""
    whole, rest = divmod(total, 60)
    parts = [f"{whole}\u00a0min"] if whole else []
    return "\u00a0".join([*parts, f"{rest}\u00a0s"] if rest or not whole else parts)
