"""Rows that are written once: a history, an audit trail, a log."""

from typing import Any

from django.db import models


class AppendOnly(models.Model):
    """Mix-in: saving a row a second time is refused. What changed later is another row."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} rows are append-only")
        super().save(*args, **kwargs)
