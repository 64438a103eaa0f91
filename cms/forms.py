"""Forms of the admin that offer only rows their reader has a right to."""

from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminModelForm

from cms.rows import rows_for


def limit_to_own_rows(form: Any, user: Any) -> None:
    """Each choice of rows offers those the person may see, and what is chosen already: nothing else is taken."""
    for name, field in form.fields.items():
        if not isinstance(field, forms.ModelChoiceField) or field.queryset is None:
            continue
        try:
            allowed = rows_for(user, "view", field.queryset.model)
        except LookupError:
            continue
        chosen = getattr(form.instance, f"{name}_id", None)
        keys = [chosen] if chosen else [row.pk for row in form.initial.get(name) or [] if hasattr(row, "pk")]
        every = field.queryset
        field.queryset = every.filter(pk__in=allowed.values("pk")) | every.filter(pk__in=keys)


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


class RowsForm(WagtailAdminModelForm):
    """See ``limit_to_own_rows``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.for_user is not None:
            limit_to_own_rows(self, self.for_user)
            limit_children(self, self.for_user)
