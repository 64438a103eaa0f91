"""Holds every transaction of the tests to docs/locks.md: who locks rows does so before adding any that point at one.

PostgreSQL keeps the key of what a new row points at until the transaction ends. A merge, which moves a number from one
account to the other, waits for that; if the other transaction then asks for a lock that the merge has, both are stuck.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLInsertCompiler

from lms.lib import locks

TABLES = set(locks.ORDER) - {"contenttypes.ContentType"}  # which only merges take, to wait for each other


class LockOrderError(AssertionError):
    """A service adds a row that points at a table of ``locks.ORDER``, then takes its first lock."""


def depth() -> int:
    """How many ``atomic`` blocks are open that are not the test's own."""
    return sum(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


@cache
def named_by(model: Any) -> set[str]:
    return {
        field.related_model._meta.label
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model._meta.label in locks.ORDER
    }


@contextmanager
def locks_before_rows() -> Iterator[None]:
    """From here on a transaction in the wrong order raises LockOrderError, in whatever thread."""
    enter, lock, insert = transaction.Atomic.__enter__, QuerySet.select_for_update, SQLInsertCompiler.execute_sql

    def begin(block: transaction.Atomic) -> Any:
        if not depth():
            connection.rows_added, connection.has_locked = [], False
        return enter(block)

    def take(rows: QuerySet[Any], *args: Any, **options: Any) -> Any:
        label = rows.model._meta.label
        if depth() and not connection.has_locked and label in TABLES:
            if connection.rows_added and label not in connection.rows_added:  # its own new row: nobody knows it yet
                raise LockOrderError(f"{label} is locked after {connection.rows_added} were added")
            connection.has_locked = True
        return lock(rows, *args, **options)

    def add(compiler: SQLInsertCompiler, *args: Any, **options: Any) -> Any:
        model = compiler.query.get_meta().model
        if depth() and named_by(model):
            connection.rows_added.append(model._meta.label)
        return insert(compiler, *args, **options)

    transaction.Atomic.__enter__ = begin  # type: ignore[method-assign]
    QuerySet.select_for_update = take  # type: ignore[method-assign]
    SQLInsertCompiler.execute_sql = add  # type: ignore[method-assign]
    try:
        yield
    finally:
        transaction.Atomic.__enter__ = enter  # type: ignore[method-assign]
        QuerySet.select_for_update = lock  # type: ignore[method-assign]
        SQLInsertCompiler.execute_sql = insert  # type: ignore[method-assign]
