"""All rows of a query, some at a time: what is in memory does not grow with the table."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet


def by_key(rows: QuerySet[Any], at_once: int, key: Callable[[Any], Any]) -> Iterator[list[Any]]:
    """In the order of the primary key, which ``key`` finds in a row. Rows that come meanwhile may be among them."""
    ordered = rows.order_by("pk")
    found = list(ordered[:at_once])
    while found:
        yield found
        found = list(ordered.filter(pk__gt=key(found[-1]))[:at_once])
