"""What lists of the admin offer, for templates of Wagtail's that ask nobody."""

from typing import Any

from django import template
from django.apps import apps
from django.urls import resolve
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.templatetags.wagtailadmin_tags import bulk_action_choices

from cms.bulk_actions import bulk_actions_for

register = template.Library()


@register.inclusion_tag("wagtailadmin/shared/buttons.html", takes_context=True)
def offered_bulk_actions(context: Any, app_label: str, model_name: str, rows: Any) -> dict[str, Any]:
    """Wagtail's buttons for what is ticked, without those that none of the rows allows this person."""
    offered = bulk_actions_for(context["request"], apps.get_model(app_label, model_name), rows or ())
    found = []
    for button in bulk_action_choices(context, app_label, model_name)["buttons"]:
        if hasattr(button, "dropdown_buttons"):
            button.dropdown_buttons = [one for one in button.dropdown_buttons if is_offered(one, offered)]
            found += [button] if button.dropdown_buttons else []
        elif is_offered(button, offered):
            found.append(button)
    return {"buttons": found}


def is_offered(button: Any, offered: set[str]) -> bool:
    return resolve(str(button.url)).kwargs.get("action") in offered


@register.simple_tag(takes_context=True)
def edit_url(context: Any, row: Any) -> str:
    """Where this person edits the row; empty where they may not."""
    return (row.pk and AdminURLFinder(context["request"].user).get_edit_url(row)) or ""
