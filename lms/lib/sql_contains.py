"""Searching columns of text without regard to case and accents, on every database, with nothing to install in it.

People have keys of their own (``lms/accounts/identity.py``); this is for the short lists: employers, skills, courses.
"""

import json
from contextlib import suppress
from typing import Any

from django.db.backends.signals import connection_created
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Cast
from django.db.models.lookups import Contains, Exact

from lms.lib.comparison import comparable

FUNCTION = "comparable_text"
ACCENTED = "àáâãäåāăąçćčďèéêëēĕėęěğìíîïīĭįıłñńňòóôõöøōŏőŕřśşšșţťțùúûüūŭůűųýÿźżž’‘ʼ`´‐‑‒–—"
SPACES = "\t\n\u00a0\u2009\u202f"
PLAIN = "".join(map(comparable, ACCENTED)) + " " * len(SPACES)  # one letter for each
INVISIBLE = "\u200b\u200e\u200f\u2060\ufeff\u00ad"


class Comparable(Func):
    """A column as ``comparable`` would write it: exactly on SQLite, for the letters above on PostgreSQL."""

    output_field = TextField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function=FUNCTION, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        accented, plain = ACCENTED + SPACES + INVISIBLE, PLAIN.replace("'", "''")  # what has no counterpart goes
        lowered = f"translate(lower(%(expressions)s), '{accented}', '{plain}')"
        spelled = f"replace(replace({lowered}, 'œ', 'oe'), 'æ', 'ae')"
        template = f"btrim(regexp_replace({spelled}, ' +', ' ', 'g'))"
        return self.as_sql(compiler, connection, template=template, **context)


def equals(field: str, text: str) -> Q:
    """Rows whose field is this text, however it is spelled: in any case and accents, with any apostrophe and spaces."""
    return Q(Exact(Comparable(F(field)), Value(comparable(text))))


def holds(field: str, word: str) -> Q:
    """Rows whose field, a text or texts by language, holds the word."""
    text = Comparable(Cast(F(field), TextField()))
    return Q(Contains(text, Value(comparable(word))))


def _of_column(text: Any) -> str | None:
    """SQLite keeps the letters of a JSON text as ``\\u00e9``."""
    if text is None:
        return None
    if isinstance(text, str) and text.startswith(("{", "[")):
        with suppress(ValueError):
            text = json.dumps(json.loads(text), ensure_ascii=False)
    return comparable(str(text))


def register_sqlite_functions(connection: Any, **_rest: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function(FUNCTION, 1, _of_column, deterministic=True)


connection_created.connect(register_sqlite_functions, dispatch_uid="matching-text")
