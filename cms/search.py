"""Searching rows in the admin's lists and choosers by parts of the words they show, whatever the case.

Wagtail's index is kept for pages and files: of rows it knows codes only.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.forms.choosers import BaseFilterForm, LocaleFilterMixin
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column
from wagtail.snippets.views.chooser import ChooseResultsView, ChooseView, SnippetChooserViewSet
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from cms.edit_links import ForReader
from cms.forms import RowsForm
from cms.rows import REGISTRY, Action, rows_for
from lms.accounts.directory import people_matching
from lms.lib.seams.policies import HasRegisteredPolicy
from lms.lib.sort_order import alphabetically
from lms.lib.sql_contains import holds
from lms.lib.translated import as_read

MAX_WORDS = 20  # words: a database refuses a question that is nested a thousand times


def containing(fields: Iterable[str], text: str) -> Q:
    """Each word of the text stands in one of the fields, in any case and accents; the first ``MAX_WORDS`` count.

    A field ``...full_name`` is a person, who is found as in the lists of people.
    """
    people = [field.removesuffix("full_name") for field in fields if field.endswith("full_name")]
    others, query = [field for field in fields if not field.endswith("full_name")], Q()
    for word in text.split()[:MAX_WORDS]:
        places = Q()
        for field in others:
            places |= holds(field, word)
        for path in people:
            places |= people_matching(word, path)
        query &= places
    return query


class RowsViewSet(HasRegisteredPolicy, SnippetViewSet):
    """Lists, choosers and buttons that know whose rows are whose (``cms.rows``).

    ``AppConfig.ready`` registers a ``RowPolicy`` for the model.
    """

    base_form_class: type[RowsForm] | None = None
    """What checks a row written here; models know no forms."""

    def get_edit_handler(self) -> Any:
        panel = super().get_edit_handler()
        panel.base_form_class = self.base_form_class or panel.base_form_class
        return panel

    def get_queryset(self, request: Any) -> QuerySet[Any]:
        return rows_for(request.user, "view", self.model)

    def construct_view(self, view_class: type[Any], **kwargs: Any) -> Any:
        """Every view asks for the row, and so do the buttons in its header."""
        return super().construct_view(type(view_class.__name__, (ChecksRightToRow, view_class), {}), **kwargs)

    @property
    def url_finder_class(self) -> type[ForReader]:
        policy, url_name = self.permission_policy, self.get_url_name("edit")
        return type(
            "RowURLFinder", (ForReader, ModelAdminURLFinder), {"permission_policy": policy, "edit_url_name": url_name}
        )


class ChecksRightToRow:
    """Wagtail's views of one row ask whether a person may do that with such rows at all; these ask for this one too."""

    def user_has_permission(self: Any, permission: str) -> bool:
        row = getattr(self, "object", None)
        allowed: bool = super().user_has_permission(permission)  # type: ignore[misc]
        if not allowed or permission == "add" or row is None or row.pk is None:
            return allowed
        return bool(self.permission_policy.user_has_permission_for_instance(self.request.user, permission, row))


class WordsIndexView(IndexView):
    """A list searched in the ``search_fields`` of its viewset; its filters offer rows that the person has."""

    def paginate_queryset(self, queryset: QuerySet[Any], page_size: int) -> Any:
        found = super().paginate_queryset(queryset, page_size)
        self.shown = [row.pk for row in found[2]]
        return found

    def rows_allowed(self, action: Action) -> set[Any]:
        """Those on this page of the list with which the person may do that; one question for all of them."""
        known: dict[str, set[Any]] = self.__dict__.setdefault("allowed_rows", {})
        if action not in known:
            if self.user_has_permission(action):
                rows = rows_for(self.request.user, action, self.model).filter(pk__in=self.shown)
                known[action] = set(rows.values_list("pk", flat=True))
            else:
                known[action] = set()
        return known[action]

    def get_edit_url(self, instance: Any) -> str | None:
        return super().get_edit_url(instance) if instance.pk in self.rows_allowed("change") else None

    def get_delete_url(self, instance: Any) -> str | None:
        return super().get_delete_url(instance) if instance.pk in self.rows_allowed("delete") else None

    @cached_property
    def columns(self) -> list[Any]:
        """Boxes to tick where one may do something with what is ticked: all that is done so is to delete."""
        columns: list[Any] = super().columns
        if self.user_has_permission("delete") and rows_for(self.request.user, "delete", self.model).exists():
            return columns
        return [column for column in columns if not isinstance(column, BulkActionsCheckboxColumn)]

    @cached_property
    def filters(self) -> Any:
        if self.filterset_class is None:
            return None
        filters = self.filterset_class(**self.get_filterset_kwargs())
        for one in filters.filters.values():  # before its form is made, which reads the rows
            rows = getattr(one, "queryset", None)
            if isinstance(rows, QuerySet) and rows.model in REGISTRY:
                one.queryset = as_read(rows.filter(pk__in=rows_for(self.request.user, "view", rows.model).values("pk")))
        return filters if filters.form.fields else None

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return (
            queryset.filter(containing(self.search_fields or [], self.search_query)) if self.is_searching else queryset
        )

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """While searching too: no index is asked here."""
        return alphabetically(super().order_queryset(queryset))


class WordsFilter(forms.Form):
    fields_searched: ClassVar[list[str]] = []
    q = forms.CharField(label=_("Search"), required=False)

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        objects = super().filter(objects)  # type: ignore[misc]
        self.search_query = self.cleaned_data.get("q")
        self.is_searching = bool(self.search_query)
        return objects.filter(containing(self.fields_searched, self.search_query or ""))


class LanguageFilter(LocaleFilterMixin):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "locale" in self.fields:
            self.fields["locale"].label = _("Language")


class WordsChooseMixin:
    """A chooser searched like its list; of translated rows it begins with those in the trainer's language."""

    @property
    def columns(self: Any) -> list[Column]:
        """With the code where every row has one: titles may be the same."""
        code = next(
            (field for field in self.model_class._meta.fields if field.name == "code" and not field.blank), None
        )
        columns: list[Column] = super().columns  # type: ignore[misc]
        return [*columns, Column("code", label=_("Code"))] if code else columns

    def get_object_list(self: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_object_list()  # type: ignore[misc]
        return rows.filter(pk__in=rows_for(self.request.user, "view", self.model_class).values("pk"))

    def get_filter_form_class(self: Any) -> type[forms.Form]:
        languages = [LanguageFilter] if self.i18n_enabled else []
        searched = {"fields_searched": self.model_class.snippet_viewset.search_fields}
        return type("FilterForm", (*languages, WordsFilter, BaseFilterForm), searched)

    def get_filter_form(self: Any) -> forms.Form:
        given = self.request.GET
        return self.get_filter_form_class()(given if "locale" in given else {**given.dict(), "locale": get_language()})


class WordsChooseView(WordsChooseMixin, ChooseView):
    pass


class WordsChooseResultsView(WordsChooseMixin, ChooseResultsView):
    pass


class WordsChooser(SnippetChooserViewSet):
    choose_view_class = WordsChooseView
    choose_results_view_class = WordsChooseResultsView
