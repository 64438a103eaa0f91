"""Saving a row that others may have changed since it was read: only what was changed here is written."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any, Self

from django.db import models


class SavesChangedColumns(models.Model):
    """Mix-in, right of a ``ClusterableModel``: ``save()`` without ``update_fields`` leaves other columns to whoever
    changed them between reading and saving: a merge of accounts, a new PIN, a service beside a form.

    ``update_fields`` given by the caller is written as given.
    """

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        forced = kwargs.get("force_insert") or kwargs.get("force_update")
        if kwargs.get("update_fields") is None and not (args or forced or self._state.adding) and self._columns_read():
            kwargs["update_fields"] = self.changed_columns()
        super().save(*args, **kwargs)
        self.record_columns(kwargs.get("update_fields"))

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **kwargs: Any) -> Self:
        row = super().from_db(db, field_names, values, **kwargs)
        row.record_columns(field_names)
        return row

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        fields = None if fields is None else list(fields)
        super().refresh_from_db(using, fields, from_queryset)
        self.record_columns(fields)

    def changed_columns(self) -> list[str]:
        """Names of the fields that differ from what was read, and of those that write themselves (``auto_now``)."""
        read = self._columns_read()
        return [
            field.name
            for field in self._meta.concrete_fields
            if not field.primary_key
            and field.attname in self.__dict__
            and (
                getattr(field, "auto_now", False)
                or field.attname not in read
                or read[field.attname] != self.__dict__[field.attname]
            )
        ]

    def _columns_read(self) -> dict[str, Any]:
        found: dict[str, Any] = self.__dict__.get("_read", {})
        return found

    def record_columns(self, names: Iterable[str] | None) -> None:
        """What the database holds now, as far as this row knows. ``names`` of fields or columns; None for all."""
        wanted = None if names is None else set(names)
        read = self.__dict__.setdefault("_read", {})
        for field in self._meta.concrete_fields:
            if (wanted is None or wanted & {field.name, field.attname}) and field.attname in self.__dict__:
                value = self.__dict__[field.attname]
                read[field.attname] = deepcopy(value) if isinstance(value, list | dict) else value
