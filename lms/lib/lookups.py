"""Numbers that no column holds: Django knows that none equals them, yet asks the database which are ``in`` them."""

from typing import Any

from django.db.models import IntegerField
from django.db.models.lookups import In

LIMIT = 2**63


class InRange(In):
    """``pk__in=[10**30]`` finds nothing; forms with a choice of many rows send it on as typed."""

    def get_prep_lookup(self) -> Any:
        values = super().get_prep_lookup()
        if hasattr(values, "resolve_expression"):  # a query of its own
            return values
        return [value for value in values if not isinstance(value, int) or -LIMIT <= value < LIMIT]


def register_number_limits() -> None:
    IntegerField.register_lookup(InRange)
