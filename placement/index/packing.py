"""How a row of the index is written: numbers in a row of bytes, the same on every database."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import numpy as np

NUMBER = np.dtype("<u4")
PROOF = np.dtype([("skill", "<u4"), ("level", "<u2"), ("at", "<i8")])  # ``at``: microseconds since 1970
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NEVER = -(2**31)  # a day before all days: somebody who named none


def microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def day_number(day: date | None) -> int:
    return day.toordinal() if day else NEVER


def pack_numbers(numbers: Iterable[int]) -> bytes:
    return np.array(sorted(numbers), dtype=NUMBER).tobytes()


def unpack_numbers(packed: bytes) -> np.ndarray:
    return np.frombuffer(packed, dtype=NUMBER)


def pack_proofs(proofs: Iterable[tuple[int, int, datetime]]) -> bytes:
    """(skill, level, issued on) of each."""
    return np.array([(skill, level, microseconds(on)) for skill, level, on in proofs], dtype=PROOF).tobytes()


def unpack_proofs(packed: bytes) -> np.ndarray:
    return np.frombuffer(packed, dtype=PROOF)
