"""The gate before every address of the admin: it knows each view by name, finds the object the address speaks of, and
answers 404 when this person has no right to that row (``cms.rows``).

A view that is not named here is closed, whoever made it: a new version of Wagtail opens nothing unseen
(``tests/flows/test_admin_rows.py`` lists what waits to be considered).
"""

import logging
import re
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.contrib.admin.utils import quote
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.datastructures import MultiValueDictKeyError
from django.views.defaults import page_not_found
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.coreutils import resolve_model_string
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtailmedia.models import get_media_model

from cms.edit_links import reader
from cms.rows import Action, has_site_right, is_registered, kept_rows, rows_for
from lms.lib.numbers import read_number
from lms.lib.pages import bad_request

logger = logging.getLogger(__name__)

ADMIN = "cms/"
LONGEST_SEARCH = 200  # letters
SEARCHES = ("q", "search")  # in lists and choosers; in the explorer's own questions
TRANSLATE_ROW = "simple_translation:submit_snippet_translation"
MOST_NAMED = 20  # rows on the page that says why they stay


@dataclass(frozen=True, slots=True)
class Open:
    """For the whole team: it holds no object, its lists are those of ``cms.rows``, or it asks for itself."""


@dataclass(frozen=True, slots=True)
class Site:
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


Gate = Open | Site | Closed | Rows
OPEN, SITE, CLOSED = Open(), Site(), Closed()
GATES: dict[str, Gate] = {}
BULK_ACTIONS: dict[str, Action] = {
    "delete": "delete", "publish": "publish", "unpublish": "publish", "move": "change",
    "add_tags": "change", "add_to_collection": "change",
}  # fmt: skip


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
        "wagtail_bulk_action": OPEN,  # see ``bulk``
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
allow(dict.fromkeys(["index", "add", "edit", "delete", "set_privacy"], SITE), "wagtailadmin_collections")
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
        f"{report}{part}": CLOSED if report.startswith(("workflow", "page_types")) else SITE
        for report in ("locked_pages", "workflow", "workflow_tasks", "site_history", "aging_pages", "page_types_usage")
        for part in ("", "_results")
    },
    "wagtailadmin_reports",
)
allow({"ping": OPEN, "release": OPEN}, "wagtailadmin_editing_sessions")  # the first: see ``named_row``
allow(  # it makes a row: for whoever may publish it. The second: see ``named_row``
    {"submit_page_translation": of_page("publish"), "submit_snippet_translation": OPEN}, "simple_translation"
)
allow(
    dict.fromkeys(["index", "index_results", "add", "edit", "delete", "start_import", "process_import"], SITE),
    "wagtailredirects",
)
allow(dict.fromkeys(["edit", "preview_on_edit"], SITE), "wagtailsettings")
allow(dict.fromkeys(["chooser", "chooser_upload"], CLOSED), "wagtailembeds")
allow({"index": SITE}, "wagtailsnippets")
for _site in ("wagtaillocales", "wagtailsites", "wagtailusers_groups"):
    _views = ["index", "index_results", "add", "edit", "delete", "history", "history_results", "usage", "copy"]
    allow(dict.fromkeys(_views, SITE), _site)
allow(  # each finds its learner through ``visible_to``
    dict.fromkeys(["list", "import", "template", "print_cards", "edit", "unlock_sign_in"], OPEN), "learners"
)
allow(  # for programme managers: the views ask for themselves
    dict.fromkeys(["list", "duplicates", "choose", "compare", "separate", "take_back", "show", "undo"], OPEN), "merges"
)
allow(dict.fromkeys(["access", "unlock_sign_in", "reset_factor"], OPEN), "people")  # each asks for a programme manager
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


class AdminGuardMiddleware:
    """Stands behind the sign-in: whoever may not enter the admin is answered by Wagtail, as before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        reader.set(None)  # the person of the request before, in the same thread
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Wagtail reads some fields of a form without looking whether they came: a form that lacks them is a 400."""
        match = request.resolver_match
        if match is None or not match.route.startswith(ADMIN):
            return None
        if match.view_name.startswith("wagtailadmin_api:") and isinstance(exception, ValidationError):
            return bad_request(request, exception)  # it compares columns with whatever it was asked
        if request.method != "POST":
            return None
        if not isinstance(exception, KeyError) or not read_by_wagtail(exception):
            return None
        if not isinstance(exception, MultiValueDictKeyError) and request.POST.get(str(exception.args[0])):
            return None  # it came: the fault is elsewhere
        logger.warning("a form of the admin lacks %s", exception.args[0])
        return bad_request(request, exception)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or not match.route.startswith(ADMIN):
            return None
        user: Any = request.user
        if not user.is_authenticated or not user.has_perm("wagtailadmin.access_admin"):
            return None
        reader.set(user)
        name = name_of(match)
        gate = gate_of(name)
        if gate is None or gate == CLOSED or (gate == SITE and not has_site_right(user)):
            return missing(request)
        tidy(request, name)
        if name == "wagtail_bulk_action":
            return bulk(request, **kwargs)
        if name == "wagtailadmin_choose_page":
            return choose_below(request, view)
        if isinstance(gate, Rows):
            action: Action = "publish" if gate.action == "change" and publishes(request) else gate.action
            return one_of(request, gate.model(), keys(request, gate.argument, args, kwargs), action)
        if "app_label" in kwargs and "model_name" in kwargs:
            return named_row(request, "publish" if name == TRANSLATE_ROW else "change", **kwargs)
        return None


def read_by_wagtail(exception: Exception) -> bool:
    """Where our own code asks for what is not there, it is a fault of ours."""
    frames = [frame.f_globals.get("__name__", "") for frame, _line in traceback.walk_tb(exception.__traceback__)]
    reader = next((name for name in reversed(frames) if not name.startswith("django.")), "")
    return reader.startswith(("wagtail.", "modelcluster."))


def tidy(request: HttpRequest, name: str) -> None:
    """What Wagtail reads without looking first: half a phrase in a search, an address that is not there, counts of
    blocks that are no numbers (for these, a 400).
    """
    for key in SEARCHES:
        query = request.GET.get(key, "")
        if query.count('"') % 2 or len(query) > LONGEST_SEARCH:
            given = request.GET.copy()
            given[key] = query.replace('"', " ")[:LONGEST_SEARCH].strip()
            if not given[key]:
                del given[key]
            request.GET = given  # type: ignore[assignment]
    for key, value in request.GET.items():
        if key not in SEARCHES and re.fullmatch(r"\s*[-+]?[\d_]{10,}\s*", str(value)):
            raise SuspiciousOperation("a number that no row and no list has")
    if request.method != "POST":
        return
    if any(key.endswith(("-count", "-order")) and not is_small(value) for key, value in request.POST.items()):
        raise SuspiciousOperation("a count of blocks that is no number")
    if name == "wagtailadmin_choose_page_external_link" and "external-link-chooser-url" not in request.POST:
        posted = request.POST.copy()
        posted["external-link-chooser-url"] = ""
        request.POST = posted  # type: ignore[assignment]


def publishes(request: HttpRequest) -> bool:
    """Whether the form asks to publish: Wagtail asks for the right to that kind of row, not to this one."""
    return request.method == "POST" and "action-publish" in request.POST


def is_small(text: Any) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= 4


def missing(request: HttpRequest) -> HttpResponse:
    return page_not_found(request, Exception(), template_name="wagtailadmin/404.html")


def keys(request: HttpRequest, argument: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    if argument.startswith("?"):
        return request.GET.getlist(argument[1:])
    return [kwargs[argument] if argument in kwargs else args[0]]  # Wagtail 7 names some arguments, Wagtail 8 all


def one_of(request: HttpRequest, model: type[Model], pks: list[Any], action: Action) -> HttpResponseBase | None:
    """None lets the request pass: each of the rows is theirs for that."""
    wanted = clean(model, pks)
    if wanted is None:
        return missing(request)
    try:
        allowed = set(rows_for(request.user, action, model).filter(pk__in=wanted).values_list("pk", flat=True))
    except LookupError:
        return missing(request)
    if wanted - allowed:
        return missing(request)
    return refuse_to_delete(request, model, wanted) if action == "delete" else None


def clean(model: type[Model], pks: list[Any]) -> set[Any] | None:
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


def refuse_to_delete(request: HttpRequest, model: type[Model], pks: set[Any]) -> HttpResponseBase | None:
    """What learners have met stays, whoever asks; the records of what they did speak of it."""
    kept = kept_rows(model, pks)
    if not kept:
        return None
    urls = AdminURLFinder(request.user)
    rows = [
        {"name": str(row), "edit_url": urls.get_edit_url(row), "unpublish_url": unpublish_url(request.user, row)}
        for row in kept[:MOST_NAMED]
    ]
    context = {
        "rows": rows,
        "can_be_unpublished": any(row["unpublish_url"] for row in rows),
        "back": get_valid_next_url_from_request(request) or reverse("wagtailadmin_home"),
    }
    status = 409 if request.method == "POST" else 200  # a link to it was no mistake
    profile = getattr(request.user, "wagtail_userprofile", None)
    with translation.override(profile.get_preferred_language() if profile else translation.get_language()):
        return render(request, "cms/admin/kept.html", context, status=status)  # Wagtail sets their language later


def unpublish_url(user: Any, row: Model) -> str:
    """Where this person unpublishes the row instead; empty where that is not possible."""
    if isinstance(row, Page):
        allowed = row.specific.permissions_for_user(user).can_unpublish()
        return reverse("wagtailadmin_pages:unpublish", args=[row.pk]) if allowed else ""
    names = f"{row._meta.app_label}.publish_{row._meta.model_name}"
    if not getattr(row, "live", False) or not user.has_perm(names):
        return ""
    return reverse(f"wagtailsnippets_{row._meta.app_label}_{row._meta.model_name}:unpublish", args=[quote(row.pk)])


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


def named_row(request: HttpRequest, action: Action, **kwargs: Any) -> HttpResponseBase | None:
    """The kind of row is a part of the address too: translating a row, and who else edits it."""
    try:
        model = apps.get_model(kwargs["app_label"], kwargs["model_name"])
    except LookupError:
        return missing(request)
    pk = kwargs.get("pk", kwargs.get("object_id"))
    return one_of(request, model, [pk], action) if pk is not None else None


def is_parent(request: HttpRequest, model: type[Model], pk: str) -> bool:
    """Wagtail asks for a page by that number without looking whether there is one."""
    return not issubclass(model, Page) or rows_for(request.user, "view", Page).filter(pk=pk).exists()


def bulk(request: HttpRequest, app_label: str, model_name: str, action: str) -> HttpResponseBase | None:
    """Each row that is named must be theirs to see: Wagtail asks whether to go on, and names those that stay.
    Done it is with those alone that they may do it with. “All” means all of these, written out before Wagtail reads it.
    """
    found = bulk_action_registry.get_bulk_action_class(app_label, model_name, action)
    wanted = BULK_ACTIONS.get(action)
    if found is None or wanted is None:
        return missing(request)
    model = apps.get_model(app_label, model_name)
    ids: list[Any] = request.GET.getlist("id")
    if "all" in ids:
        parent = request.GET.get("childOf")
        if parent is not None and (read_number(parent) is None or not is_parent(request, model, parent)):
            return missing(request)
        listed = found(request, model).get_all_objects_in_listing_query(parent)
        try:
            allowed = rows_for(request.user, wanted, model).filter(pk__in=list(listed))
        except LookupError:
            return missing(request)
        ids = [str(pk) for pk in allowed.values_list("pk", flat=True)]
        name_rows(request, ids)
    if not ids or one_of(request, model, ids, "view") is not None:
        return missing(request)
    theirs = rows_for(request.user, wanted, model).filter(pk__in=clean(model, ids) or ())
    keys = [str(pk) for pk in theirs.values_list("pk", flat=True)]
    if request.method == "POST" and len(keys) < len(set(ids)):
        name_rows(request, keys)
    if not keys:
        return missing(request) if request.method == "POST" else None
    return one_of(request, model, keys, wanted)


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
