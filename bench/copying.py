"""Rows by COPY, a million at a time: what is the same in every row is the column's default for as long as it takes."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def copy(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]], **same: Any) -> int:
    """Write rows of ``model`` past its services: ``names`` differ from row to row, ``same`` do not, and every other
    column is what the model says. How many.
    """
    fields = {field.name: field for field in model._meta.concrete_fields}
    told = [fields[name] for name in names]
    rest = [
        field for field in fields.values() if field not in told and not (field.primary_key or field.has_db_default())
    ]
    blank = model(**same)
    count = 0
    with connection.cursor() as cursor, defaults(model, [(field, getattr(blank, field.attname)) for field in rest]):
        columns = ", ".join(f'"{field.column}"' for field in told)
        with cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as sink:
            writers = [writer_of(field) for field in told]
            for row in rows:
                sink.write_row([write(value) for write, value in zip(writers, row, strict=True)])
                count += 1
    return count


def writer_of(field: models.Field[Any, Any]) -> Any:
    plain = (models.CharField, models.IntegerField, models.BooleanField, models.DateTimeField, models.ForeignKey)
    if isinstance(field, plain) and field.get_internal_type() != "TranslatedField":
        return lambda value: value
    return lambda value: field.get_db_prep_save(value, connection)


class defaults:  # noqa: N801  (reads as a word of the with statement)
    """What each column is when COPY does not name it."""

    def __init__(self, model: type[models.Model], values: list[tuple[models.Field[Any, Any], Any]]) -> None:
        self.table, self.values = model._meta.db_table, values

    def __enter__(self) -> None:
        self.alter(lambda field, value: f'ALTER "{field.column}" SET DEFAULT {self.literal(field, value)}')

    def __exit__(self, *error: object) -> None:
        self.alter(lambda field, value: f'ALTER "{field.column}" DROP DEFAULT')

    def alter(self, each: Any) -> None:
        if self.values:
            with connection.cursor() as cursor:
                parts = ", ".join(each(field, value) for field, value in self.values)
                cursor.execute(f'ALTER TABLE "{self.table}" {parts}'.replace("%", "%%"))

    def literal(self, field: models.Field[Any, Any], value: Any) -> str:
        from psycopg import sql

        value = field.get_db_prep_save(value, connection)
        return sql.Literal(value).as_string(connection.connection) if value is not None else "NULL"


def first_key(model: type[models.Model]) -> int:
    """The first of the keys that nobody has: rows that name each other are written without asking for them."""
    return (model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1


def counters_on(*copied: type[models.Model]) -> None:
    """The next key that the database gives comes after those that were written."""
    with connection.cursor() as cursor:
        for model in copied:
            place = [model._meta.db_table, first_key(model)]
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)", place)
