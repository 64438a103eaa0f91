"""Writing a row under a name that was free when one looked, and that somebody else may take before it is written."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, transaction

T = TypeVar("T")
TRIES = 5


def retry_on_conflict(write: Callable[[], T], *, is_futile: Callable[[], bool] = lambda: False) -> T:
    """What ``write`` returns: it looks for a free name and writes. Tried again when the database says that it is taken.

    Raises IntegrityError after ``TRIES``, or at once when ``is_futile`` says that another name would not help.
    """
    for left in range(TRIES - 1, -1, -1):
        try:
            with transaction.atomic():
                return write()
        except IntegrityError:
            if not left or is_futile():
                raise
    raise AssertionError("unreachable: the last try returns or raises")
