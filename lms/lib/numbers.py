"""Whole numbers that came with a request."""

import re
from collections.abc import Iterable

LARGEST = 2**31 - 1


def read_number(text: str) -> int | None:
    """The number that is written there in digits, from 0 to ``LARGEST``; None when there is none.

    ``str.isdecimal`` bounds nothing: ``int`` fails at 4,301 digits, and a database at 20.
    """
    if not re.fullmatch("[0-9]{1,10}", text):
        return None
    number = int(text)
    return number if number <= LARGEST else None


def read_numbers(texts: Iterable[str]) -> list[int]:
    """Those of the texts that are numbers: rows that were ticked, or keys in a list with commas."""
    return [number for text in texts if (number := read_number(text)) is not None]
