"""Wagtail sorts its lists and choosers by title as the database compares bytes: É behind Z, on SQLite."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.views.generic.chooser import BaseChooseView


def sort_lists(sort: Callable[[QuerySet[Any]], QuerySet[Any]]) -> None:
    """Have every list and chooser of the admin go through ``sort``, but for results of the search index, which takes
    names of columns only.
    """
    listed, chosen = BaseListingView.order_queryset, BaseChooseView.apply_object_list_ordering

    def order_queryset(self: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = listed(self, queryset)
        is_indexed = getattr(self, "is_searching", False) and getattr(self, "search_backend_name", None)
        return rows if is_indexed else sort(rows)

    def apply_object_list_ordering(self: Any, objects: QuerySet[Any]) -> QuerySet[Any]:
        rows = chosen(self, objects)
        return rows if self.request.GET.get("q") else sort(rows)

    BaseListingView.order_queryset = order_queryset
    BaseChooseView.apply_object_list_ordering = apply_object_list_ordering
