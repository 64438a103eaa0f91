"""The rows that a request to the admin names, and the answer where one of them is not the person's."""

from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.defaults import page_not_found
from wagtail.coreutils import resolve_model_string
from wagtail.models import Page

from cms.deletion import refuse_to_delete
from cms.rows import Action, rows_for


def not_found(request: HttpRequest) -> HttpResponse:
    return page_not_found(request, Exception(), template_name="wagtailadmin/404.html")


def requested_keys(request: HttpRequest, argument: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    if argument.startswith("?"):
        return request.GET.getlist(argument[1:])
    return [kwargs[argument] if argument in kwargs else args[0]]  # Wagtail 7 names some arguments, Wagtail 8 all


def refuse_others_rows(
    request: HttpRequest, model: type[Model], pks: list[Any], action: Action
) -> HttpResponseBase | None:
    """None lets the request pass: each of the rows is theirs for that."""
    wanted = valid_keys(model, pks)
    if wanted is None:
        return not_found(request)
    try:
        allowed = set(rows_for(request.user, action, model).filter(pk__in=wanted).values_list("pk", flat=True))
    except LookupError:
        return not_found(request)
    if wanted - allowed:
        return not_found(request)
    return refuse_to_delete(request, model, wanted) if action == "delete" else None


def valid_keys(model: type[Model], pks: list[Any]) -> set[Any] | None:
    """As the database keeps them; None when one is no key of this model."""
    field: Any = model._meta.pk
    while field.remote_field:
        field = field.remote_field.model._meta.pk
    try:
        found = {field.to_python(pk) for pk in pks}
    except ValidationError:
        return None
    largest = 2**63 - 1
    return None if any(isinstance(pk, int) and not 0 < pk <= largest for pk in found) else found


def named_row(request: HttpRequest, action: Action, **kwargs: Any) -> HttpResponseBase | None:
    """The kind of row is a part of the address too: translating a row, and who else edits it."""
    try:
        model = apps.get_model(kwargs["app_label"], kwargs["model_name"])
    except LookupError:
        return not_found(request)
    pk = kwargs.get("pk", kwargs.get("object_id"))
    return refuse_others_rows(request, model, [pk], action) if pk is not None else None


def choose_below(request: HttpRequest, view: Any) -> HttpResponseBase | None:
    """Looking for a page of some kind begins at what pages of that kind have above them: of those that one may see.
    Wagtail takes all of them, and names what stands above the last course of others.
    """
    kinds = [kind for kind in request.GET.get("page_type", "").split(",") if kind]
    try:
        models = [model for model in map(resolve_model_string, kinds) if issubclass(model, Page)]
    except (LookupError, ValueError):
        return None  # Wagtail answers that there is no such kind
    if not models or Page in models:
        return None  # it begins at the root
    return view(
        request,
        Page.objects.type(*models).filter(pk__in=rows_for(request.user, "view", Page)).first_common_ancestor().pk,
    )
