"""The gate of every view of the admin: for whom it opens, and which row it is about. ``cms.guard`` stands at it.

A view that is not named here is closed, whoever made it: a new version of Wagtail opens nothing unseen
(``tests/flows/test_admin_rows.py`` lists what waits to be considered).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db.models import Model
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtailmedia.models import get_media_model

from cms.rows import Action


@dataclass(frozen=True, slots=True)
class Open:
    """For the whole team: it holds no object, its lists are those of ``cms.rows``, or it asks for itself."""


@dataclass(frozen=True, slots=True)
class SiteWide:
    """What looks over the whole site: for those who have the right to all courses."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Nobody uses it here: it does not exist."""


@dataclass(frozen=True, slots=True)
class Rows:
    """It is about the row that ``argument`` names; where arguments have no names, the first is the row."""

    model: Callable[[], type[Model]]
    argument: str
    action: Action


Gate = Open | SiteWide | Closed | Rows
OPEN, SITE_WIDE, CLOSED = Open(), SiteWide(), Closed()
GATES: dict[str, Gate] = {}


def allow(gates: dict[str, Gate], namespace: str = "") -> None:
    """Name views of the admin. Called by each app for its own."""
    prefix = f"{namespace}:" if namespace else ""
    GATES.update({prefix + name: gate for name, gate in gates.items()})


def of_page(action: Action, argument: str = "page_id") -> Rows:
    return Rows(lambda: Page, argument, action)


allow(
    dict.fromkeys(
        ["wagtailadmin_home", "wagtailadmin_account", "wagtailadmin_logout", "wagtailadmin_dismissibles",
         "wagtailadmin_block_preview", "wagtailadmin_sprite", "wagtailadmin_javascript_catalog", "wagtailadmin_login",
         "wagtailadmin_explore_root", "wagtailadmin_choose_page", "wagtailadmin_choose_page_search",
         "wagtailadmin_choose_page_external_link",
         "wagtailadmin_choose_page_email_link", "wagtailadmin_choose_page_phone_link",
         "wagtailadmin_choose_page_anchor_link", "cms/login/", "cms/logout/", "cms/account/",
         "cms/^bulk/accounts/user/", "cms/^.*/$", "installation_status"],
        OPEN,
    )
)  # fmt: skip
allow(
    dict.fromkeys(
        ["cms/test404/", "wagtailadmin_error_test", "wagtailadmin_tag_autocomplete",
         "wagtailadmin_tag_model_autocomplete", "wagtailadmin_password_reset", "wagtailadmin_password_reset_done",
         "wagtailadmin_password_reset_confirm", "wagtailadmin_password_reset_complete"],
        CLOSED,
    )
)  # fmt: skip
allow(
    {
        "wagtailadmin_explore": of_page("view", "parent_page_id"),
        "wagtailadmin_explore_results": of_page("view", "parent_page_id"),
        "wagtailadmin_choose_page_child": of_page("view", "parent_page_id"),
        "wagtailadmin_choose_page_chosen_multiple": of_page("view", "?id"),
        "wagtail_bulk_action": OPEN,  # see ``cms.bulk_actions``
    }
)
allow(
    {
        "pages:listing": OPEN, "pages:detail": of_page("view", "pk"), "pages:find": CLOSED, "pages:action": CLOSED,
        **{f"{kind}:{view}": CLOSED for kind in ("documents", "images") for view in ("listing", "detail", "find")},
    },
    "wagtailadmin_api",
)  # fmt: skip
allow(
    {
        "add": of_page("publish", "parent_page_id"),
        "preview_on_add": of_page("publish", "parent_page_id"),
        "add_subpage": of_page("publish", "parent_page_id"),
        "choose_parent": CLOSED,
        "type_use": CLOSED,  # the lists of course pages and of lessons are ours
        "type_use_results": CLOSED,
        "usage": of_page("view"),
        "edit": of_page("change"),
        "preview_on_edit": of_page("change"),
        "view_draft": of_page("view"),
        "delete": of_page("delete"),
        "unpublish": of_page("publish"),
        "convert_alias": CLOSED,
        "search": OPEN,
        "search_results": OPEN,
        "move": of_page("publish", "page_to_move_id"),
        "move_confirm": of_page("publish", "page_to_move_id"),
        "set_page_position": of_page("publish", "page_to_move_id"),
        "copy": of_page("publish"),
        "set_privacy": of_page("publish"),
        "lock": of_page("publish"),
        "unlock": of_page("publish"),
        "revisions_index": of_page("view"),
        "revisions_view": of_page("view"),
        "revisions_revert": of_page("change"),
        "revisions_unschedule": of_page("publish"),
        "revisions_compare": of_page("view", "pk"),
        "history": of_page("view"),
        "history_results": of_page("view"),
        **dict.fromkeys(
            ["workflow_action", "collect_workflow_action_data", "confirm_workflow_cancellation", "workflow_preview",
             "workflow_history", "workflow_history_detail"],
            CLOSED,
        ),
    },
    "wagtailadmin_pages",
)  # fmt: skip
allow(dict.fromkeys(["index", "add", "edit", "delete", "set_privacy"], SITE_WIDE), "wagtailadmin_collections")
allow(
    dict.fromkeys(
        ["index", "index_results", "add", "enable", "disable", "edit", "usage", "usage_results", "remove", "add_task",
         "select_task_type", "task_index", "task_index_results", "edit_task", "disable_task", "enable_task",
         "task_chooser", "task_chooser_results", "task_chooser_create", "task_chosen"],
        CLOSED,
    ),
    "wagtailadmin_workflows",
)  # fmt: skip
allow(
    {
        f"{report}{part}": CLOSED if report.startswith(("workflow", "page_types")) else SITE_WIDE
        for report in ("locked_pages", "workflow", "workflow_tasks", "site_history", "aging_pages", "page_types_usage")
        for part in ("", "_results")
    },
    "wagtailadmin_reports",
)
allow({"ping": OPEN, "release": OPEN}, "wagtailadmin_editing_sessions")  # the first: see ``requested_rows.named_row``
allow(  # it makes a row: for whoever may publish it. The second: see ``requested_rows.named_row``
    {"submit_page_translation": of_page("publish"), "submit_snippet_translation": OPEN}, "simple_translation"
)
allow(
    dict.fromkeys(["index", "index_results", "add", "edit", "delete", "start_import", "process_import"], SITE_WIDE),
    "wagtailredirects",
)
allow(dict.fromkeys(["edit", "preview_on_edit"], SITE_WIDE), "wagtailsettings")
allow(dict.fromkeys(["chooser", "chooser_upload"], CLOSED), "wagtailembeds")
allow({"index": SITE_WIDE}, "wagtailsnippets")
for _site in ("wagtaillocales", "wagtailsites", "wagtailusers_groups"):
    _views = ["index", "index_results", "add", "edit", "delete", "history", "history_results", "usage", "copy"]
    allow(dict.fromkeys(_views, SITE_WIDE), _site)
allow(  # each finds its learner through ``visible_to``
    dict.fromkeys(["list", "import", "template", "print_cards", "cards", "edit", "unlock_sign_in"], OPEN), "learners"
)
allow(  # for programme managers: the views ask for themselves
    dict.fromkeys(["list", "duplicates", "choose", "compare", "separate", "take_back", "show", "undo"], OPEN), "merges"
)
allow(dict.fromkeys(["access", "unlock_sign_in", "reset_factor"], OPEN), "people")  # each asks for a programme manager
allow({"act": OPEN}, "on_behalf")  # the view asks for a programme manager
allow({"list": OPEN}, "undelivered")  # the view asks for a programme manager
allow(dict.fromkeys(["list", "run", "file"], OPEN), "runs")  # each finds the person's own runs
allow(  # of people, for programme managers: the views ask for themselves
    dict.fromkeys(
        ["index", "index_results", "add", "edit", "delete", "history", "history_results", "usage"], OPEN
    ),
    "wagtailusers_users",
)  # fmt: skip


def files(model: Callable[[], type[Model]], name: str) -> dict[str, Gate]:
    """The views that the libraries of pictures and documents have alike."""
    key = f"{name}_id"
    short = "doc" if name == "document" else name
    return {
        **dict.fromkeys(["index", "index_results", "add", "add_multiple"], OPEN),
        "edit": Rows(model, key, "change"),
        "delete": Rows(model, key, "delete"),
        "edit_multiple": Rows(model, f"{short}_id", "change"),
        "delete_multiple": Rows(model, f"{short}_id", "delete"),
        f"{name}_usage": Rows(model, key, "view"),
        f"create_multiple_from_uploaded_{name}": OPEN,  # Wagtail asks for the person's own upload
        "delete_upload_multiple": OPEN,
    }


def chooser(model: Callable[[], type[Model]]) -> dict[str, Gate]:
    return {
        **dict.fromkeys(["choose", "choose_results", "create"], OPEN),
        "chosen": Rows(model, "pk", "view"),
        "chosen_multiple": Rows(model, "?id", "view"),
    }


allow(files(get_document_model, "document"), "wagtaildocs")
allow(
    {
        **files(get_image_model, "image"),
        "preview": Rows(get_image_model, "image_id", "view"),
        "url_generator": CLOSED,
        "url_generator_output": CLOSED,
    },
    "wagtailimages",
)
allow(chooser(get_document_model), "wagtaildocs_chooser")
allow({**chooser(get_image_model), "select_format": Rows(get_image_model, "image_id", "view")}, "wagtailimages_chooser")
allow(
    {
        **dict.fromkeys(["index", "add", "chooser", "chooser_typed", "chooser_upload"], OPEN),
        "edit": Rows(get_media_model, "media_id", "change"),
        "delete": Rows(get_media_model, "media_id", "delete"),
        "media_chosen": Rows(get_media_model, "media_id", "view"),
        "media_usage": Rows(get_media_model, "media_id", "view"),
    },
    "wagtailmedia",
)
SNIPPET_VIEWS: dict[str, Action | None] = {
    "list": None, "list_results": None, "add": None, "preview_on_add": None,
    "edit": "change", "delete": "delete", "usage": "view", "history": "view", "history_results": "view",
    "copy": "view", "inspect": "view", "preview_on_edit": "change", "revisions_view": "view",
    "revisions_revert": "change", "revisions_compare": "view", "revisions_unschedule": "publish",
    "unpublish": "publish",
}  # fmt: skip
"""What Wagtail makes for each kind of row, and the right that it takes."""


@lru_cache(maxsize=512)
def gate_of(name: str) -> Gate | None:
    """The gate of a view by its full name, or by its pattern where it has none. None: nobody has thought of it."""
    if name in GATES:
        return GATES[name]
    namespace, _colon, view = name.partition(":")
    kind, _line, label = namespace.partition("_")
    if kind not in {"wagtailsnippets", "wagtailsnippetchoosers"} or "_" not in label:
        return None
    try:
        app_label, _line, model_name = label.partition("_")
        model = apps.get_model(app_label, model_name)
    except LookupError:
        return None
    if kind == "wagtailsnippetchoosers":  # one with a form to make one says so itself
        return {**chooser(lambda: model), "create": CLOSED}.get(view)
    if view not in SNIPPET_VIEWS:
        return None
    action = SNIPPET_VIEWS[view]
    return Rows(lambda: model, "pk", action) if action else OPEN


def name_of(match: Any) -> str:
    return match.view_name if match.url_name else match.route
