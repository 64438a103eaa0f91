"""What is written: the tables, and the rows of each transaction. Bulk work keeps these small: SQLite has one writer."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
TABLE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)


@contextmanager
def tables_written() -> Iterator[set[str]]:
    """The tables that are written inside. Cheaper than ``CaptureQueriesContext``, which on SQLite asks the database
    once more for every statement, to print it.
    """
    tables: set[str] = set()

    def note(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if match := TABLE.match(str(sql)):
            tables.add(match[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield tables


def rows_written(sql: str, told: int) -> int:
    """SQLite tells of an INSERT with RETURNING what the statement before it wrote: its rows are counted instead."""
    if connection.vendor == "sqlite" and "INSERT" in sql and "RETURNING" in sql:
        return sql.partition(" VALUES ")[2].count("), (") + 1
    return max(told, 0)


@contextmanager
def rows_by_transaction() -> Iterator[list[int]]:
    """The numbers of rows written, one for each outermost ``atomic`` block inside; a write outside of any is one of
    its own. Blocks around the ``with`` (a test's own) do not count.
    """
    counts: list[int] = []
    around = len(connection.atomic_blocks)
    real_enter = transaction.Atomic.__enter__

    def enter(block: transaction.Atomic) -> Any:
        if len(connection.atomic_blocks) == around:
            counts.append(0)
        return real_enter(block)

    def count(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        if WRITE.match(str(sql)):
            if len(connection.atomic_blocks) == around:
                counts.append(0)
            counts[-1] += rows_written(str(sql), context["cursor"].rowcount)
        return result

    transaction.Atomic.__enter__ = enter  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(count):
            yield counts
    finally:
        transaction.Atomic.__enter__ = real_enter  # type: ignore[method-assign]
