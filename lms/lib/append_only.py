"""Rows that are written once: a history, an audit trail, a log."""

from typing import Any, ClassVar, NoReturn

from django.db import models


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows are read and added. ``_base_manager`` goes past it: Django for who leaves, the demo content for its days."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise refusal(self.model)

    update = bulk_update = update_or_create = delete = _refuse


class AppendOnly(models.Model):
    """Mix-in: changing or deleting a row is refused, one by one or many at once. What changed later is another row."""

    objects: ClassVar[models.Manager[Any]] = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise refusal(type(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise refusal(type(self))


def refusal(model: type[models.Model]) -> TypeError:
    return TypeError(f"{model.__name__} rows are append-only")
