"""The order of the alphabet, on every database: É stands between E and F, and capitals do not come first.

The order is that of the Unicode collation algorithm's root, which French and English follow: spaces, then marks, then
digits, then letters; accents count only between words that are otherwise alike, and case after them. PostgreSQL has it
by itself (ICU); SQLite compares bytes, so it is given the same order as a function.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.backends.signals import connection_created
from django.db.models import CharField, F, Func, Model, QuerySet, TextField
from django.db.models.expressions import Combinable

from lms.lib.comparison import without_invisible

LONGEST = 1000  # bytes of a key: an index row of PostgreSQL holds 2,700
FUNCTION = "alphabet_key"
_MARKS = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"  # in the order of the root
_SPELLED = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})
_AFTER = {  # letters of their own, each behind its plain neighbour
    "ɓ": b"b\x7f", "ɗ": b"d\x7f", "ɛ": b"e\x7f", "ƙ": b"k\x7f", "ɲ": b"n\x7e", "ŋ": b"n\x7f", "ɔ": b"o\x7f",
    "ƴ": b"y\x7f",
}  # fmt: skip
_WEIGHTS = {" ": b"\x02"} | {mark: bytes([3 + place]) for place, mark in enumerate(_MARKS)} | _AFTER
_CURLY = str.maketrans("’‘ʼ‐‑–—“”«»", '\'\'\'----""""')


def sort_key(text: str) -> bytes:
    """Bytes that compare as the texts stand in a list; different for different texts up to ``LONGEST``."""
    spelled = " ".join(without_invisible(text).translate(_CURLY).split())
    letters, accents = bytearray(), bytearray()
    for character in unicodedata.normalize("NFKD", spelled.casefold().translate(_SPELLED)):
        if unicodedata.combining(character):
            accents += character.encode()
        else:
            letters += _WEIGHTS.get(character) or character.encode("utf-8", "replace")
            accents += b"\x01"
    case = spelled.swapcase().encode("utf-8", "replace")
    return bytes(letters + b"\x00" + accents + b"\x00" + case)[:LONGEST]


def by_label(choices: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Choices of a form, or other pairs, in the order of what they are called in the active language."""
    return sorted(choices, key=lambda pair: sort_key(str(pair[1])))


class Alphabetical(Func):
    """``order_by(Alphabetical("name"))``: a text column in the order of the alphabet, by the database."""

    output_field = TextField()
    arity = 1

    def __init__(self, expression: str | Combinable, **extra: Any) -> None:
        super().__init__(F(expression) if isinstance(expression, str) else expression, **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function=FUNCTION, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = '%(expressions)s COLLATE "und-x-icu"'
        return self.as_sql(compiler, connection, template=template, **context)


def alphabetically(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same rows, where the order is by texts in that of the alphabet."""
    asked = rows.query.order_by or (rows.model._meta.ordering if rows.query.default_ordering else ())
    return rows.order_by(*(_in_alphabet(rows.model, name) for name in asked)) if asked else rows


def _in_alphabet(model: type[Model], name: Any) -> Any:
    if not isinstance(name, str):
        return name
    path: str = name.lstrip("-")
    field: Any = None
    for part in path.split("__"):
        try:
            holder: Any = model if field is None else field.related_model
            field = holder._meta.get_field(part)
        except (FieldDoesNotExist, AttributeError):
            return name  # an annotation, or a key of a JSON text
    if not isinstance(field, CharField | TextField) or field.choices:
        return name
    return Alphabetical(path).desc() if name.startswith("-") else Alphabetical(path).asc()


@lru_cache(maxsize=10_000)
def _key_of(text: str | None) -> bytes | None:
    return None if text is None else sort_key(text)


def register_sqlite_functions(connection: Any, **_rest: Any) -> None:
    """Give each new connection to SQLite the order of the alphabet."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(FUNCTION, 1, _key_of, deterministic=True)


connection_created.connect(register_sqlite_functions, dispatch_uid="sort_order")
