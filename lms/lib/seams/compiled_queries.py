"""Querysets compiled once for each process: the few that every lesson page and every saved answer runs.

Building and compiling a queryset costs Django several times what the database takes to answer it. The rows, their
converters and their model instances stay Django's own. Nothing personal is kept: only the SQL is.
"""

import copy
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.sql.compiler import SQLCompiler

T = TypeVar("T")

MARKS: dict[type, list[Any]] = {
    int: [32_701 + number for number in range(8)],  # within every integer column
    str: [f"\x02{number}" for number in range(8)],
    UUID: [UUID(int=(2**128 - 1) - number) for number in range(8)],
}
"""Values that no constant of ours has, to find each parameter again in the compiled SQL."""


class CompiledQuery(Generic[T]):
    """``CompiledQuery(lambda user, code: Enrolment.objects.filter(...), user=int, code=str)``; run it with ``all``.

    The queryset may join, select related rows, annotate, lock and take values; it may not prefetch, slice by a
    parameter, or look different for different values (``None`` makes another SQL).
    """

    def __init__(self, build: Callable[..., Any], **types: type) -> None:
        self.build, self.types = build, types
        self.ready: dict[str, tuple[Any, SQLCompiler, str, list[tuple[str | None, Any]], Any]] = {}

    def all(self, **values: Any) -> list[T]:
        queryset, compiler, sql, params, converters = self.compiled()
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(sql, [kept if name is None else adapted(kept, values[name]) for name, kept in params])
            rows = cursor.fetchall()
        run = copy.copy(compiler)
        run.connection = connections[DEFAULT_DB_ALIAS]
        run.execute_sql = lambda *args, **kwargs: [rows]  # type: ignore[method-assign,assignment]
        run.get_converters = lambda expressions: converters  # type: ignore[method-assign]
        return list(queryset._iterable_class(Fixed(queryset, run)))

    def first(self, **values: Any) -> T | None:
        return next(iter(self.all(**values)), None)

    def compiled(self) -> tuple[Any, SQLCompiler, str, list[tuple[str | None, Any]], Any]:
        vendor = connections[DEFAULT_DB_ALIAS].vendor
        if vendor not in self.ready:
            marks = {name: MARKS[kind][place] for place, (name, kind) in enumerate(self.types.items())}
            queryset = self.build(**marks)
            compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
            sql, found = compiler.as_sql()
            params = [(self.name_of(param, marks), param) for param in found]
            if {name for name, _param in params} - {None} != set(marks):
                raise ValueError("a parameter was not found in the SQL")
            converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
            compiler.connection = None  # each thread has its own
            self.ready[vendor] = queryset, compiler, sql, params, converters
        return self.ready[vendor]

    @staticmethod
    def name_of(param: Any, marks: dict[str, Any]) -> str | None:
        for name, mark in marks.items():
            if isinstance(param, type(mark) | str) and param in (mark, getattr(mark, "hex", mark)):
                return name
        return None


def adapted(kept: Any, value: Any) -> Any:
    """The value in the form that the compiled parameter has: SQLite keeps a UUID as its 32 digits, PostgreSQL's
    driver gives small integers a type of their own.
    """
    if isinstance(value, UUID) and isinstance(kept, str):
        return value.hex
    return value if type(kept) is type(value) else type(kept)(value)


class Fixed:
    """What Django's row iterators read of a queryset, with the compiler that already knows its rows."""

    def __init__(self, queryset: models.QuerySet[Any], compiler: SQLCompiler) -> None:
        self.queryset, self.compiler, self.query = queryset, compiler, self
        self.db = DEFAULT_DB_ALIAS

    def get_compiler(self, *args: Any, **kwargs: Any) -> SQLCompiler:
        return self.compiler

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.queryset, name, self)
        return getattr(self.queryset.query, name) if found is self else found
