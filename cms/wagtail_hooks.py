"""The admin's look, and menus with nothing in them that a trainer does not need."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.contrib.admin.utils import quote
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.contrib.simple_translation import wagtail_hooks as simple_translation
from wagtail.models import Page
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction

from cms.autosave import remember_draft, replace_first_draft
from cms.edit_links import register_edit_links
from cms.gates import OPEN, allow
from cms.paste_views import read_pasted
from cms.rows import has_site_right, may, rows_for
from cms.text_embeds import register_text_embeds
from lms.lib.seams.page_search import name_found_pages
from lms.lib.seams.removed_hooks import remove_hook

REPORTS_FOR_SITE = {"site-history"}  # of Wagtail's own
WAGTAIL_REPORTS = {
    "locked-pages", "workflows", "workflow-tasks", "site-history", "aging-pages", "page-types-usage",
}  # fmt: skip
CLOSED_TO_ALL = {"workflows", "workflow-tasks", "page-types-usage"}  # their views are: see ``cms.guard``
SETTINGS_HIDDEN = {"redirects", "sites", "locales", "workflows", "workflow-tasks", "collections", "groups"}


allow({"read_pasted": OPEN})  # it answers with what it was sent


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [path("paste/", read_pasted, name="read_pasted")]


@hooks.register("register_rich_text_features")
def rich_text_features(features: FeatureRegistry) -> None:
    register_text_embeds(features)


@hooks.register("insert_global_admin_css")
def site_colours() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("insert_editor_js")
def wait_for_autosave() -> SafeString:
    return format_html('<script src="{}" defer></script>', static("js/autosave.js"))


for kind in ("page", "snippet"):
    hooks.register(f"before_create_{kind}", replace_first_draft)
    hooks.register(f"after_create_{kind}", remember_draft)


def is_plain(request: HttpRequest) -> bool:
    return not getattr(request.user, "is_superuser", False)


@hooks.register("construct_settings_menu")
def hide_settings(request: HttpRequest, items: list[Any]) -> None:
    hidden = SETTINGS_HIDDEN if is_plain(request) else CLOSED_TO_ALL
    items[:] = [item for item in items if item.name not in hidden]


@hooks.register("construct_reports_menu")
def hide_reports(request: HttpRequest, items: list[Any]) -> None:
    hidden = CLOSED_TO_ALL
    if is_plain(request):
        hidden = WAGTAIL_REPORTS - (REPORTS_FOR_SITE if has_site_right(request.user) else set())
    items[:] = [item for item in items if item.name not in hidden]


@hooks.register("construct_main_menu")
def rename_menu_items(request: HttpRequest, items: list[Any]) -> None:
    for item in items:
        if item.name == "media":
            item.label = _("Sound and video")


@hooks.register("construct_help_menu")
def hide_help_links(request: HttpRequest, items: list[Any]) -> None:
    """Links that lead off the site, and news about Wagtail's versions, are for nobody here."""
    items[:] = [item for item in items if item.name == "keyboard-shortcuts-trigger"]


@hooks.register("construct_homepage_summary_items", order=1000)
def hide_home_counts(request: HttpRequest, items: list[Any]) -> None:
    """Counts of pages and files say little to a trainer; the trainer's groups stand there instead."""
    if is_plain(request):
        items.clear()


@hooks.register("construct_page_chooser_queryset")
def choose_own_pages(pages: Any, request: HttpRequest) -> Any:
    """Whoever links to a page browses and finds what they may see: not the drafts of other courses."""
    return pages.filter(pk__in=list(rows_for(request.user, "view", Page).values_list("pk", flat=True)))


name_found_pages()
register_edit_links()


@hooks.register("construct_snippet_action_menu")
def offer_own_actions(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Wagtail's menu below a form asks for such rows at all. What is not theirs to publish is saved as a draft."""
    row = context.get("instance")
    if row is not None and row.pk is not None and not may(request.user, "publish", row):
        items[:] = [item for item in items if item.name not in {"action-publish", "action-unpublish"}]


class DeleteRows(DeleteBulkAction):
    """Wagtail's own asks for such rows at all."""

    def check_perm(self, snippet: Any) -> bool:
        return bool(super().check_perm(snippet)) and may(self.request.user, "delete", snippet)


hooks.register("register_bulk_action", DeleteRows, order=1000)

# Wagtail's own asks the database again for each row of a list; that of pages reads the same annotation as ours.
LISTING_BUTTONS = "register_snippet_listing_buttons"
remove_hook(LISTING_BUTTONS, simple_translation.register_snippet_listing_buttons)


@hooks.register(LISTING_BUTTONS)
def translate_button(snippet: Any, user: Any, next_url: str | None = None) -> Any:
    """For the lists whose rows come from ``selectors.with_untranslated_locale``."""
    if getattr(snippet, "_has_untranslated_locale", False) and user.has_perm("simple_translation.submit_translation"):
        arguments = [snippet._meta.app_label, snippet._meta.model_name, quote(snippet.pk)]
        url = reverse("simple_translation:submit_snippet_translation", args=arguments)
        yield Button(_("Translate"), url, icon_name="globe", priority=100)


# Wagtail's own offer it to everybody who may edit the page; a translation is a new page.
PAGE_BUTTONS = {
    "register_page_listing_more_buttons": simple_translation.page_listing_more_buttons,
    "register_page_header_buttons": simple_translation.page_header_buttons,
}


def for_publishers(buttons: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    @wraps(buttons)
    def offered(page: Any, user: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
        if page.permissions_for_user(user).can_publish():
            yield from buttons(page, user, *args, **kwargs)

    return offered


for _name, _buttons in PAGE_BUTTONS.items():
    remove_hook(_name, _buttons)
    hooks.register(_name, for_publishers(_buttons))
