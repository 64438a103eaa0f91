"""Wagtail's bulk actions: on which of the ticked rows one is done, and which are offered at all."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase, QueryDict
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.models import Page

from cms.requested_rows import not_found, refuse_others_rows, valid_keys
from cms.rows import Action, is_registered, rows_for
from lms.lib.numbers import read_number

BULK_ACTIONS: dict[str, Action] = {
    "delete": "delete", "publish": "publish", "unpublish": "publish", "move": "change",
    "add_tags": "change", "add_to_collection": "change",
}  # fmt: skip


def bulk(request: HttpRequest, app_label: str, model_name: str, action: str) -> HttpResponseBase | None:
    """Each row that is named must be theirs to see: Wagtail asks whether to go on, and names those that stay.
    Done it is with those alone that they may do it with. “All” means all of these, written out before Wagtail reads it.
    """
    found = bulk_action_registry.get_bulk_action_class(app_label, model_name, action)
    wanted = BULK_ACTIONS.get(action)
    if found is None or wanted is None:
        return not_found(request)
    model = apps.get_model(app_label, model_name)
    ids: list[Any] = request.GET.getlist("id")
    if "all" in ids:
        parent = request.GET.get("childOf")
        if parent is not None and (read_number(parent) is None or not is_parent(request, model, parent)):
            return not_found(request)
        listed = found(request, model).get_all_objects_in_listing_query(parent)
        try:
            allowed = rows_for(request.user, wanted, model).filter(pk__in=list(listed))
        except LookupError:
            return not_found(request)
        ids = [str(pk) for pk in allowed.values_list("pk", flat=True)]
        name_rows(request, ids)
    if not ids or refuse_others_rows(request, model, ids, "view") is not None:
        return not_found(request)
    theirs = rows_for(request.user, wanted, model).filter(pk__in=valid_keys(model, ids) or ())
    keys = [str(pk) for pk in theirs.values_list("pk", flat=True)]
    if request.method == "POST" and len(keys) < len(set(ids)):
        name_rows(request, keys)
    if not keys:
        return not_found(request) if request.method == "POST" else None
    return refuse_others_rows(request, model, keys, wanted)


def is_parent(request: HttpRequest, model: type[Model], pk: str) -> bool:
    """Wagtail asks for a page by that number without looking whether there is one."""
    return not issubclass(model, Page) or rows_for(request.user, "view", Page).filter(pk=pk).exists()


def name_rows(request: HttpRequest, ids: list[str]) -> None:
    """As if the address had named these."""
    given = QueryDict(request.META.get("QUERY_STRING", ""), mutable=True)
    given.setlist("id", ids)
    request.GET = given  # type: ignore[assignment]
    request.META["QUERY_STRING"] = given.urlencode()


def bulk_actions_for(request: HttpRequest, model: type[Model], rows: Iterable[Any]) -> set[str]:
    """What a person may do with at least one of the rows."""
    listed, offered = list(rows), set()
    for action in bulk_action_registry.get_bulk_actions_for_model(model._meta.app_label, model._meta.model_name):
        wanted = BULK_ACTIONS.get(action.action_type)
        if wanted is None or not is_registered(model):
            continue
        theirs = set(
            rows_for(request.user, wanted, model).filter(pk__in=[row.pk for row in listed]).values_list("pk", flat=True)
        )
        asked = action(request, model)
        if any(asked.check_perm(row) for row in listed if row.pk in theirs):
            offered.add(action.action_type)
    return offered
