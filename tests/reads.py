"""Counts what a request reads: how many questions it asks the database, and how many rows come back for each."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper


@dataclass
class Reads:
    queries: int = 0
    by_sql: Counter[str] = field(default_factory=Counter)  # statement -> rows

    @property
    def rows(self) -> int:
        return sum(self.by_sql.values())

    def note(self, cursor: Any, rows: int) -> None:
        self.by_sql[getattr(cursor, "statement", "")] += rows

    def largest(self) -> str:
        """The statement that brought most, short: its tables and conditions."""
        sql, rows = self.by_sql.most_common(1)[0] if self.by_sql else ("", 0)
        return f"{rows} rows by {re.sub(r'^SELECT .*? FROM', 'SELECT ... FROM', sql)[:300]}"


@contextmanager
def counted_reads() -> Iterator[Reads]:
    """What is read inside, by this thread's connection; a row counts when it is fetched from the driver."""
    counts = Reads()
    real_getattr, real_iter = CursorWrapper.__getattr__, CursorWrapper.__iter__

    def getattr_(cursor: CursorWrapper, name: str) -> Any:
        value = real_getattr(cursor, name)
        if name not in {"fetchone", "fetchmany", "fetchall"}:
            return value

        def fetch(*args: Any, **kwargs: Any) -> Any:
            found = value(*args, **kwargs)
            counts.note(cursor, len(found) if isinstance(found, list) else found is not None)
            return found

        return fetch

    def iter_(cursor: CursorWrapper) -> Iterator[Any]:
        for row in real_iter(cursor):
            counts.note(cursor, 1)
            yield row

    def count(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        counts.queries += 1
        context["cursor"].__dict__["statement"] = str(sql)
        return execute(sql, params, many, context)

    CursorWrapper.__getattr__, CursorWrapper.__iter__ = getattr_, iter_  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(count):
            yield counts
    finally:
        CursorWrapper.__getattr__, CursorWrapper.__iter__ = real_getattr, real_iter  # type: ignore[method-assign]
