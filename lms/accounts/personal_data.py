"""What the site knows of one person: each app says how a row of its tables leads to them, and what they are given.

``tests/flows/test_personal_data.py`` fails for a table of docs/privacy-data-map.md of which nobody said anything, and
for a column that is neither given nor kept back.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q

from lms.accounts.models import User

Extra = Callable[[Any], object]
Files = Callable[[User], Iterable[tuple[str, bytes]]]


@dataclass(frozen=True)
class Table:
    """``path``: the lookup from a row to its person, several where either may be meant."""

    label: str
    title: Any  # lazy
    path: tuple[str, ...]
    columns: tuple[str, ...]
    kept_back: tuple[str, ...] = ()  # columns that are of others, of machines, or open something
    only: Q = field(default_factory=Q)
    extras: dict[str, Extra] = field(default_factory=dict)  # further columns, made of the row

    @property
    def model(self) -> type[models.Model]:
        found: type[models.Model] = apps.get_model(self.label)
        return found

    def rows(self, user: User) -> "models.QuerySet[Any]":
        mine = Q()
        for path in self.path:
            mine |= Q(**{path: user.pk})
        return self.model._base_manager.filter(mine & self.only).order_by("pk").distinct()


TABLES: dict[str, Table] = {}
NOT_GIVEN: dict[str, str] = {}
FILES: list[Files] = []


def register(
    label: str, title: Any, path: str, columns: str, *, kept_back: str = "", only: Q | None = None,
    extras: dict[str, Extra] | None = None,
) -> None:  # fmt: skip
    """A table with rows of people. ``columns`` and ``kept_back``: names with spaces between them."""
    TABLES[label] = Table(
        label, title, tuple(path.split()), tuple(columns.split()), tuple(kept_back.split()), only or Q(), extras or {}
    )


def register_not_given(reason: str, *labels: str) -> None:
    """Tables that hold something about people which they are not given, and why."""
    NOT_GIVEN.update(dict.fromkeys(labels, reason))


def register_files(make: Files) -> Files:
    """Files of a person: name and content of each."""
    FILES.append(make)
    return make


def rows_of(table: Table, user: User) -> Iterator[dict[str, Any]]:
    """Each row as plain values: what JSON holds."""
    relations = [name for name in table.columns if table.model._meta.get_field(name).is_relation]
    for row in table.rows(user).select_related(*relations).iterator(chunk_size=500):
        values = {name: json_value(getattr(row, name)) for name in table.columns}
        yield values | {name: json_value(make(row)) for name, make in table.extras.items()}


def json_value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal | models.Model):
        return str(value)
    if isinstance(value, dict):
        return {str(key): json_value(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set):
        return [json_value(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
