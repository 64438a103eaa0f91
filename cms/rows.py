"""Whose rows of the admin are whose. Each app registers a rule for its models; lists, choosers, bulk actions and every
address that holds an object's id (``cms.guard``) go through ``rows_for``.

A rule answers *which rows*; Wagtail's permissions go on answering *which actions* a person has at all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.db import DEFAULT_DB_ALIAS
from django.db.models import PROTECT, Model, ProtectedError, QuerySet, RestrictedError
from django.db.models.deletion import Collector
from wagtail.models import Page

from cms.version_references import drafts, used_in_versions

Action = Literal["view", "change", "publish", "delete"]
Rule = Callable[[Any, Action, type[Model]], QuerySet[Any]]
Kept = Callable[[QuerySet[Any]], QuerySet[Any]]
SITE_RIGHT = "courses.all_courses"
"""Held by those who look after the whole site: programme managers, and the trainers a manager gave it to."""


@dataclass(frozen=True, slots=True)
class Registered:
    rule: Rule
    kept: Kept | None


REGISTRY: dict[type[Model], Registered] = {}


def register(model: type[Model], rule: Rule, *, kept: Kept | None = None) -> None:
    """``rule`` says which rows a person has; ``kept`` which of some rows are never deleted, whoever asks."""
    REGISTRY[model] = Registered(rule, kept)


def registered(model: type[Model]) -> Registered:
    """The rules of a model, or of the model it extends. Raises LookupError when nobody thought of it."""
    for base in model.__mro__:
        if base in REGISTRY:
            return REGISTRY[base]
    raise LookupError(f"no rule says whose rows of {model._meta.label} are whose: see cms.rows")


def is_registered(model: type[Model]) -> bool:
    """Whether its rows belong to somebody."""
    return any(base in REGISTRY for base in model.__mro__)


def has_site_right(user: Any) -> bool:
    return bool(user.is_active and getattr(user, "is_team", False) and user.has_perm(SITE_RIGHT))


def rows_for(user: Any, action: Action, model: type[Model]) -> QuerySet[Any]:
    """The rows with which this person may do that. Nobody but the team has any."""
    rule = registered(model).rule
    if not user.is_active or not getattr(user, "is_team", False):
        return model._default_manager.none()
    return rule(user, action, model)


def may(user: Any, action: Action, row: Model) -> bool:
    return row.pk is None or rows_for(user, action, type(row)).filter(pk=row.pk).exists()


def kept_rows(model: type[Model], pks: Iterable[Any]) -> list[Any]:
    """Those of the rows that stay whatever happens, because learners have met them or something needs them."""
    kept = registered(model).kept
    rows = model._default_manager.filter(pk__in=list(pks))
    return (list(kept(rows)) if kept else []) or protected(rows) or in_drafts(rows)


def in_drafts(rows: QuerySet[Any]) -> list[Any]:
    """Those that the newest version of a row or a page points to: publishing it would find them gone. Links to pages
    may break, as everywhere.
    """
    return [] if issubclass(rows.model, Page) else list(rows.filter(pk__in=used_in_versions(rows, drafts())))


def protected(rows: QuerySet[Any]) -> list[Any]:
    """Those that the database refuses to delete, because others that stay point to them."""
    needed: list[Any] = []
    rest: list[Any] = []
    for row in rows:
        (needed if is_needed(row) else rest).append(row)
    return needed if can_be_deleted(rest) else [*needed, *(row for row in rest if not can_be_deleted([row]))]


def is_needed(row: Model) -> bool:
    """Whether another row names this one and protects it: asked without reading all that hangs on the row."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: row}).exists()
        for relation in row._meta.related_objects
        if relation.on_delete is PROTECT
    )


def can_be_deleted(rows: list[Any]) -> bool:
    collector = Collector(using=DEFAULT_DB_ALIAS)
    try:
        collector.collect(rows)
    except (ProtectedError, RestrictedError):
        return False
    return True


def everything(user: Any, action: Action, model: type[Model]) -> QuerySet[Any]:
    """A rule for what belongs to nobody: skills."""
    return model._default_manager.all()


def by_permission(user: Any, action: Action, model: type[Model]) -> QuerySet[Any]:
    """A rule for what only some roles see at all: all of it, or nothing."""
    options = model._meta
    allowed = user.has_perm(f"{options.app_label}.view_{options.model_name}")
    return model._default_manager.all() if allowed else model._default_manager.none()
