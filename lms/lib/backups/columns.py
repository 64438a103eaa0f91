"""What a value of SQLite becomes in PostgreSQL, and a hash of rows that is the same on both.

SQLite takes any value in any column: each is judged against the type that the column has in PostgreSQL.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, InvalidOperation
from typing import Any
from uuid import UUID

RANGES = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}
_TYPE = re.compile(r"([a-z ]+)(?:\((\d+)(?:, *(\d+))?\))?")
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
_FLOAT = Context(prec=15)  # so many digits of a float are the number that was written (Django's own reading)
_NUL_IN_JSON = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
LEAVE_OUT = "--without-nul"
NUL = "holds a NUL character, which PostgreSQL has in no text"


class UnfitError(ValueError):
    """Why PostgreSQL would refuse a value; and what to type, where ``{}`` stands for its column."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.remedy = remedy


@dataclass(frozen=True)
class Column:
    """``kind``: the type in PostgreSQL without its size; ``size``: the numbers in its brackets."""

    name: str
    kind: str
    size: tuple[int, ...] = ()
    is_null: bool = False

    @property
    def is_known(self) -> bool:
        return self.kind in READERS


@dataclass(frozen=True)
class Broken:
    """A text of SQLite whose bytes are no UTF-8."""

    raw: bytes


def column(name: str, type_: str, *, is_null: bool) -> Column:
    match = _TYPE.fullmatch(type_)
    if match is None:
        return Column(name, type_, (), is_null)
    return Column(name, match[1], tuple(int(one) for one in match.groups()[1:] if one is not None), is_null)


def text_of(raw: bytes) -> str | Broken:
    """For ``sqlite3.Connection.text_factory``."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return Broken(raw)


# --- one value


def convert(value: Any, one: Column, *, without_nul: bool = False) -> Any:
    """The value as PostgreSQL is given it. Raises UnfitError."""
    if value is None:
        if not one.is_null:
            raise UnfitError("is empty, and must not be")
        return None
    if isinstance(value, Broken):
        raise UnfitError("is no text: its bytes are no UTF-8")
    if without_nul and isinstance(value, str):
        value = _NUL_IN_JSON.sub(r"\1", value) if one.kind == "jsonb" else value.replace("\0", "")
    try:
        return READERS[one.kind](value, one.size)
    except UnfitError:
        raise
    except (ValueError, TypeError, InvalidOperation, OverflowError, RecursionError) as error:
        raise UnfitError(f"is no {one.kind}: {value!r:.60}") from error


def integer(value: Any, _size: tuple[int, ...], *, limit: int) -> int:
    if type(value) is not int:
        raise TypeError
    if not -limit <= value < limit:
        raise UnfitError(f"is too large a number: {value}")
    return value


def boolean(value: Any, _size: tuple[int, ...]) -> bool:
    if type(value) is not int or value not in {0, 1}:
        raise TypeError
    return bool(value)


def text(value: Any, size: tuple[int, ...]) -> str:
    if not isinstance(value, str):
        raise TypeError
    if "\0" in value:
        raise UnfitError(NUL, LEAVE_OUT)
    if size and len(value) > size[0]:
        raise UnfitError(f"has {len(value)} characters, and {size[0]} fit", f"substr({{}}, 1, {size[0]})")
    return value


def moment(value: Any, _size: tuple[int, ...]) -> datetime:
    read = datetime.fromisoformat(value)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def number(value: Any, size: tuple[int, ...]) -> Decimal:
    read = _FLOAT.create_decimal_from_float(value) if isinstance(value, float) else Decimal(value)
    if not read.is_finite():
        raise TypeError
    read = read.quantize(Decimal(1).scaleb(-size[1]), context=_EXACT)
    if len(read.as_tuple().digits) > size[0]:
        raise UnfitError(f"is too large a number: {read}")
    return read


def floating(value: Any, _size: tuple[int, ...]) -> float:
    if type(value) not in {int, float}:
        raise TypeError
    return float(value)


def octets(value: Any, _size: tuple[int, ...]) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError
    return value


def json_text(value: Any, _size: tuple[int, ...]) -> "Json":
    if not isinstance(value, str):
        raise TypeError
    read = Json(value)
    for string in read.strings():
        if "\0" in string:
            raise UnfitError(NUL, LEAVE_OUT)
        if not string.isascii() and any(0xD800 <= ord(letter) <= 0xDFFF for letter in string):
            raise UnfitError("holds half a character, which PostgreSQL has in no text")
    return read


class Json(str):
    """JSON as it was written: PostgreSQL reads it itself, without what Python would make of its numbers."""

    def read(self) -> Any:
        return json.loads(self, parse_float=Decimal, parse_int=Decimal, parse_constant=refuse_constant)

    def strings(self) -> Iterator[str]:
        """Every key and every text in it."""
        left = [self.read()]
        while left:
            one = left.pop()
            if isinstance(one, str):
                yield one
            elif isinstance(one, dict):
                yield from one
                left += one.values()
            elif isinstance(one, list):
                left += one


def refuse_constant(name: str) -> Any:
    raise UnfitError(f"holds {name}, which is no JSON")


READERS: dict[str, Callable[[Any, tuple[int, ...]], Any]] = {
    **{
        kind: lambda value, size, limit=limit: integer(value, size, limit=limit)  # type: ignore[misc]
        for kind, limit in RANGES.items()
    },
    "boolean": boolean,
    "varchar": text,
    "text": text,
    "timestamp with time zone": moment,
    "date": lambda value, size: date.fromisoformat(value),
    "time": lambda value, size: time.fromisoformat(value),
    "uuid": lambda value, size: UUID(value),
    "jsonb": json_text,
    "numeric": number,
    "double precision": floating,
    "interval": lambda value, size: timedelta(microseconds=integer(value, size, limit=2**63)),
    "bytea": octets,
}
"""Type of PostgreSQL -> a function that reads what SQLite keeps for it. Each raises what ``convert`` translates."""


# --- the same on both


def canonical_text(value: Any) -> str:
    """A value as text, the same whichever database it was read from."""
    if isinstance(value, Json):
        return f"j{json.dumps(without_forms(value.read()), sort_keys=True)}"
    if isinstance(value, Decimal):
        return f"d{digits(value)}"
    if isinstance(value, datetime):
        return f"t{value.astimezone(UTC).isoformat()}"
    if isinstance(value, bytes | memoryview):
        return f"b{bytes(value).hex()}"
    return f"{type(value).__name__}{value!r}"


def without_forms(value: Any) -> Any:
    """JSON whose numbers are written in one way: PostgreSQL keeps 1e2 as 100."""
    if isinstance(value, Decimal):
        return {"\0": digits(value)}  # no key of the text itself can be this
    if isinstance(value, dict):
        return {key: without_forms(one) for key, one in value.items()}
    return [without_forms(one) for one in value] if isinstance(value, list) else value


def digits(value: Decimal) -> str:
    return "0" if value == 0 else str(value.normalize(_EXACT))


class Sum:
    """Rows and a hash of them, in whatever order they come."""

    def __init__(self) -> None:
        self.rows = self.total = 0

    def add(self, row: Iterable[Any]) -> None:
        self.rows += 1
        self.total += int.from_bytes(
            hashlib.sha256(repr([canonical_text(value) for value in row]).encode()).digest()[:16]
        )

    def result(self) -> list[Any]:
        return [self.rows, f"{self.total % 2**128:x}"]
