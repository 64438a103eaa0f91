"""Between rules, which know no form, and forms, which know no rule."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NO_BUTTON = _("Nothing was changed: we did not receive your choice. Please press the button again.")
"""For a form whose buttons decide and that came without any: an old tab, a cut connection."""


@contextmanager
def problems_beside(form: Any, **renamed: str) -> Iterator[None]:
    """For ``clean``: show what a rule refuses beside the fields it names; of a field that this form does not have,
    above the form. ``renamed`` holds the form's names for fields that the rule calls otherwise.
    """
    try:
        yield
    except ValidationError as problems:
        for name, errors in getattr(problems, "error_dict", {None: [problems]}).items():
            field = renamed.get(name, name) if name else None
            form.add_error(field if field in form.fields else None, errors)


@contextmanager
def problems_of_field() -> Iterator[None]:
    """For ``clean_<field>``: Django knows the field, and takes errors only without its name."""
    try:
        yield
    except ValidationError as problems:
        named = getattr(problems, "error_dict", {None: [problems]})
        raise ValidationError([error for errors in named.values() for error in errors]) from problems
