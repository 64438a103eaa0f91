"""What every page behind the link of an e-mail has in common: whose link it is, in which language; no search engine."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache

from lms.accounts.models import User
from lms.lib.http import HtmxRequest
from lms.lib.moments import in_zone
from placement.models import Outcome, Referral
from placement.services import link_secrets
from placement.services.disclosure import show_referrals
from placement.services.sights import record_people_seen

SHOWN = {200, 422}  # the page, not the way on to it
LinkPage = Callable[..., HttpResponse]


def for_link(find: Callable[[str], Referral | Outcome | None] | None = None) -> Callable[[LinkPage], LinkPage]:
    """Give the view the row that the link opens, and the secret; who has no link that works is told so.

    ``find``: which row a secret opens, ``link_secrets.find_referral`` unless said.

    The site's ``Referrer-Policy: same-origin`` keeps the secret from other sites. Not ``no-referrer``: with it a
    browser posts with ``Origin: null``, which the check against forged forms refuses.
    """

    def decorate(view: LinkPage) -> LinkPage:
        @never_cache
        @wraps(view)
        def wrapped(request: HtmxRequest, secret: str, **kwargs: Any) -> HttpResponse:
            found = (find or link_secrets.find_referral)(secret)
            referral = found.referral if isinstance(found, Outcome) else found
            with read_by(secret, referral, request):
                response = lost(request, secret) if found is None else view(request, found, secret, **kwargs)
                if referral is not None and request.method != "HEAD" and response.status_code in SHOWN:
                    record_people_seen(
                        employer_id=referral.opportunity.employer_id,
                        people=[row.profile for row in show_referrals([referral])], route="reply:",
                    )  # fmt: skip
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return wrapped

    return decorate


@contextmanager
def read_by(secret: str, referral: Referral | None, request: HtmxRequest) -> Iterator[None]:
    """In the language chosen on the page, else that of the contact whose link it is, else the browser's; with hours and
    days of the contact's zone.
    """
    contact = link_secrets.contact_of(secret, referral) if referral else None
    asked = request.GET.get("lang", "")
    if asked not in dict(settings.LANGUAGES):
        asked = contact.user.language if contact else translation.get_language_from_request(request)
    with translation.override(asked), in_zone(contact.user.time_zone if contact else ""):
        yield


def lost(request: HtmxRequest, secret: str) -> HttpResponse:
    """The link opens nothing: to whoever has a genuine one it is said when that is because the person has gone."""
    ended = link_secrets.find_ended(secret)
    if ended is None:
        return render(request, "placement/reply_lost.html", status=404)
    with read_by(secret, ended, request):
        context = {"title": ended.opportunity.title, "opportunity": ended.opportunity_id}
        return render(request, "placement/reply_gone.html", context, status=404)


def of_link(secret: str, referral: Referral) -> User | None:
    """Who writes with this link; None for one of an earlier version, which all contacts had in common."""
    contact = link_secrets.contact_of(secret, referral) if link_secrets.OF_A_CONTACT.fullmatch(secret) else None
    return contact.user if contact else None
