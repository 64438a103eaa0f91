"""The libraries of pictures, sound and documents ask one policy by collection: it learns of rows."""

from collections.abc import Callable, Iterable
from typing import Any, Literal

from django.db.models import Model, Q, QuerySet
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy
from wagtail.search import index

Allowed = Callable[[Any, Literal["view", "change"], type[Model]], QuerySet[Any]]


def narrow_file_permissions(allowed: Allowed, models: Iterable[type[Model]]) -> None:
    """Of what collections allow, only rows that ``allowed`` gives the person; ``models`` may be searched by row."""
    instances = CollectionOwnershipPermissionPolicy.instances_user_has_any_permission_for
    places = CollectionOwnershipPermissionPolicy.collections_user_has_any_permission_for
    one = CollectionOwnershipPermissionPolicy.user_has_any_permission_for_instance

    def rows_of(self: Any, user: Any, actions: Any) -> QuerySet[Any]:
        return allowed(user, "view" if {"choose", "view"} & set(actions) else "change", self.model)

    def narrowed(self: Any, user: Any, actions: Any) -> Any:
        return instances(self, user, actions).filter(pk__in=rows_of(self, user, actions).values("pk"))

    def narrowed_too(self: Any, user: Any, actions: Any, instance: Any) -> bool:
        return one(self, user, actions, instance) and rows_of(self, user, actions).filter(pk=instance.pk).exists()

    def narrowed_places(self: Any, user: Any, actions: Any) -> Any:
        """The first one, where new files go, and those that hold a file of theirs: their names tell of courses."""
        found = places(self, user, actions)
        return found.filter(Q(depth=1) | Q(pk__in=rows_of(self, user, ["view"]).values("collection")))

    for model in models:
        fields: Any = getattr(model, "search_fields", ())
        if not any(isinstance(field, index.FilterField) and field.field_name == "id" for field in fields):
            model.search_fields = [*fields, index.FilterField("id")]  # type: ignore[attr-defined]
    CollectionOwnershipPermissionPolicy.instances_user_has_any_permission_for = narrowed
    CollectionOwnershipPermissionPolicy.collections_user_has_any_permission_for = narrowed_places
    CollectionOwnershipPermissionPolicy.user_has_any_permission_for_instance = narrowed_too
