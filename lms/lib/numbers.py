"""Whole numbers that came with a request."""

import re

LARGEST = 2**31 - 1


def read_number(text: str) -> int | None:
    """The number that is written there in digits, from 0 to ``LARGEST``; None when there is none.

    ``str.isdecimal`` bounds nothing: ``int`` fails at 4,301 digits, and a database at 20.
    """
    if not re.fullmatch("[0-9]{1,10}", text):
        return None
    number = int(text)
    return number if number <= LARGEST else None
