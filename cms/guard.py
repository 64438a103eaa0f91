"""The guard before every address of the admin: it asks for the gate of the view (``cms.gates``), finds the object the
address speaks of (``cms.requested_rows``), and answers 404 when this person has no right to that row (``cms.rows``).
"""

import logging
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlparse

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.encoding import uri_to_iri
from wagtail.contrib.redirects.middleware import RedirectMiddleware
from wagtail.contrib.redirects.models import Redirect

from cms.bad_input import read_by_wagtail, tidy
from cms.bulk_actions import bulk
from cms.edit_links import reader
from cms.gates import CLOSED, SITE_WIDE, Rows, gate_of, name_of
from cms.requested_rows import choose_below, named_row, not_found, refuse_others_rows, requested_keys
from cms.rows import Action, has_site_right
from lms.lib.headers import ADMIN_PREFIX
from lms.lib.pages import bad_request
from lms.lib.seams.compiled_queries import CompiledQuery

logger = logging.getLogger(__name__)
ADMIN = "cms/"
TRANSLATE_ROW = "simple_translation:submit_snippet_translation"


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
        if gate is None or gate == CLOSED or (gate == SITE_WIDE and not has_site_right(user)):
            return not_found(request)
        tidy(request, name)
        if name == "wagtail_bulk_action":
            return bulk(request, **kwargs)
        if name == "wagtailadmin_choose_page":
            return choose_below(request, view)
        if isinstance(gate, Rows):
            action: Action = "publish" if gate.action == "change" and publishes(request) else gate.action
            return refuse_others_rows(
                request, gate.model(), requested_keys(request, gate.argument, args, kwargs), action
            )
        if "app_label" in kwargs and "model_name" in kwargs:
            return named_row(request, "publish" if name == TRANSLATE_ROW else "change", **kwargs)
        return None


def redirects_of(one: str, two: str, three: str, four: str) -> Any:
    return Redirect.objects.filter(old_path__in=[one, two, three, four]).values_list("pk")


REDIRECTS_OF: CompiledQuery[tuple[int]] = CompiledQuery(redirects_of, one=str, two=str, three=str, four=str)


class SiteRedirectMiddleware(RedirectMiddleware):
    """Old addresses of the site lead on; the admin has none, so nobody looks for them. Elsewhere one compiled query
    tells for almost every 404 that no site has such an address: Wagtail asks for the site, then up to four times.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code != 404 or request.path.startswith(ADMIN_PREFIX) or not is_old_address(request):
            return response
        return cast(HttpResponseBase, super().process_response(request, response))


def is_old_address(request: HttpRequest) -> bool:
    """Whether some redirect begins here: with its query or without, as it was sent or decoded, as Wagtail looks."""
    path = Redirect.normalise_path(request.get_full_path(), decode_unicode=False)
    sent = (path, urlparse(path).path)
    known = [one for one in (*sent, *map(uri_to_iri, sent)) if "\0" not in one]
    if not known:
        return False
    one, two, three, four = (known * 4)[:4]
    return REDIRECTS_OF.first(one=one, two=two, three=three, four=four) is not None


def publishes(request: HttpRequest) -> bool:
    """Whether the form asks to publish: Wagtail asks for the right to that kind of row, not to this one."""
    return request.method == "POST" and "action-publish" in request.POST
