"""Forms of the admin that offer only rows their reader has a right to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm, WagtailAdminPageForm
from wagtail.fields import RichTextField, StreamField

from cms.rows import is_registered, rows_for
from cms.translating import untranslated_fields

NOT_YOURS = _(
    "A picture or file here is not one of those that you may use. Take it out, or choose another one from the list."
)


def limit_to_own_rows(form: Any, user: Any) -> None:
    """Each choice of rows offers those the person may see, and what a saved row has chosen already: nothing else is
    taken. What the row would belong to (``belongs_to`` of its model) must be theirs to change.
    """
    owner = getattr(type(form.instance), "belongs_to", "")
    for name, field in form.fields.items():
        if not isinstance(field, forms.ModelChoiceField) or field.queryset is None:
            continue
        try:
            allowed = rows_for(user, "change" if name == owner else "view", field.queryset.model)
        except LookupError:
            continue
        every = field.queryset
        field.queryset = every.filter(pk__in=allowed.values("pk")) | every.filter(pk__in=chosen(form, name))


def chosen(form: Any, name: str) -> list[Any]:
    """Keys of what a saved row leads to; a new one has chosen nothing, whatever its address said."""
    if not form.instance.pk:
        return []
    one = getattr(form.instance, f"{name}_id", None)
    many = form.initial.get(name)
    return [one] if one else [row.pk for row in many if hasattr(row, "pk")] if isinstance(many, list) else []


def limit_children(form: Any, user: Any) -> None:
    """The same for the rows inside it, and for the empty ones that the page copies."""
    for formset in getattr(form, "formsets", {}).values():

        class Limited(formset.form):  # type: ignore[name-defined]
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                limit_to_own_rows(self, user)
                limit_children(self, user)

        formset.form = Limited
        vars(formset).pop("forms", None)  # made again as they are read


def foreign_references(form: Any, user: Any) -> Iterator[str]:
    """Names of fields whose text or blocks lead to a picture, document or other row that this person may not see, and
    that did not stand there before. A chooser's answer is a number that anybody may type.
    """
    for name in form.fields:
        try:
            field = form._meta.model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if name in form.cleaned_data and hasattr(field, "extract_references"):
            before = references(field, form.initial.get(name))
            for model, keys in grouped(references(field, form.cleaned_data[name]) - before).items():
                allowed = set(map(str, rows_for(user, "view", model).filter(pk__in=keys).values_list("pk", flat=True)))
                if not keys <= allowed:
                    yield name
                    break


def references(field: Any, value: Any) -> set[tuple[type[Model], str]]:
    """What a rich text or a stream of blocks leads to, of the models that belong to somebody."""
    found = {(reference[0], str(reference[1])) for reference in field.extract_references(value)} if value else set()
    return {(model, key) for model, key in found if is_registered(model)}


def grouped(found: Iterable[tuple[type[Model], str]]) -> dict[type[Model], set[str]]:
    keys: dict[type[Model], set[str]] = defaultdict(set)
    for model, key in found:
        keys[model].add(key)
    return keys


NOT_TRANSLATED = _(
    "This is still word for word the text of another language. Translate it, then publish; until then, save it as a "
    "draft."
)


class OwnRows:
    """For a form of Wagtail's: it offers and takes only what the person has a right to."""

    for_user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.for_user is not None:
            limit_to_own_rows(self, self.for_user)
            limit_children(self, self.for_user)

    def clean(self) -> Any:
        data = super().clean()  # type: ignore[misc]
        if self.for_user is not None:
            for name in list(foreign_references(self, self.for_user)):
                self.add_error(name, NOT_YOURS)  # type: ignore[attr-defined]
        if "action-publish" in self.data:  # type: ignore[attr-defined]
            self.refuse_untranslated()
        return data

    def refuse_untranslated(self) -> None:
        """Nobody reads a French lesson under its English address because a draft was published too early."""
        form: Any = self
        row = copy(form.instance)
        for field in row._meta.get_fields():
            if isinstance(field, RichTextField | StreamField) and field.name in form.cleaned_data:
                setattr(row, field.name, form.cleaned_data[field.name])
        for name in untranslated_fields(row):
            if name in form.cleaned_data:
                form.add_error(name, NOT_TRANSLATED)


class RowsForm(OwnRows, WagtailAdminModelForm):
    """Of a model."""


class RowsPageForm(OwnRows, WagtailAdminPageForm):
    """Of a page. Its slug comes from its title and is its own: an error would stand in a tab that nobody has open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean_slug(self) -> str:
        page = self.instance
        slug: str = self.cleaned_data["slug"] or page.slug or slugify(self.cleaned_data.get("title", "")) or "page"
        free: str = page.free_slug(self.parent_page, slug, page.pk) if self.parent_page is not None else slug
        return free
