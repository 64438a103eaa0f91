"""Who may open which page of placement: learners theirs, people of a vetted employer those of employers. Everything
else is fetched ``visible_to`` them.
"""

from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts.http import SignedInRequest
from lms.lib.http import View, private
from placement.code_name_words import NameEndedError
from placement.enums import Vetting
from placement.models import Employer, EmployerContact, Mission, Opportunity, Referral
from placement.people_shown import LimitUse, ViewLimitReachedError, whom_to_ask
from placement.selectors import contact_of


class EmployerRequest(SignedInRequest):
    employer: Employer
    contact: EmployerContact  # whoever asks, for this employer
    limit_use: LimitUse | None  # once people were counted: the page warns when it is near a limit


def for_employer(view: View) -> View:
    """Give the view ``request.employer``. Waiting or suspended employers are told so; for others there is no page."""

    @private
    @login_required
    @wraps(view)
    def wrapped(request: EmployerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        contact = contact_of(request.user)
        if contact is None:
            raise Http404
        if contact.employer.vetting != Vetting.VETTED:
            return redirect("placement:home")
        request.contact, request.employer = contact, contact.employer
        request.limit_use = None
        try:
            return view(request, *args, **kwargs)
        except NameEndedError as error:
            raise Http404 from error
        except ViewLimitReachedError as error:
            return limit_reached_page(request, error)

    return wrapped


def for_owner(view: View) -> View:
    """As ``for_employer``; a member is told that an owner does this."""

    @for_employer
    @wraps(view)
    def wrapped(request: EmployerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.contact.is_owner:
            messages.warning(request, _("Only an owner of your organisation can do this."))
            return redirect("placement:organisation")
        return view(request, *args, **kwargs)

    return wrapped


def may_change(contact: EmployerContact, row: Opportunity | Mission) -> bool:
    """Write it anew, open or end it: whoever wrote it, and the owners. A line of a mission is its mission's: read an
    opportunity with ``mission_line__mission``.
    """
    line = getattr(row, "mission_line", None)
    return contact.is_owner or (line.mission if line else row).created_by_id == contact.user_id


def limit_reached_page(request: EmployerRequest, error: ViewLimitReachedError) -> HttpResponseBase:
    """Too many people were looked at: when it goes on, what stays open, and whom to ask."""
    if request.htmx:  # the whole page, instead of a part that is not put in
        here = request.get_full_path() if request.method == "GET" else reverse("placement:search")
        return HttpResponse(headers={"HX-Redirect": here})
    context = {"limit": error.limit_use.limit, "opens_at": error.opens_at, "managers": whom_to_ask()}
    response = render(request, "placement/view_limit_reached.html", context, status=429)
    response.headers["Retry-After"] = str(max(1, int((error.opens_at - timezone.now()).total_seconds())))
    return response


def for_learner(view: View) -> View:
    """Other people have no opportunities and no profile: for them there is no page."""

    @private
    @login_required
    @wraps(view)
    def wrapped(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_learner:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


def own_referral(view: View) -> View:
    """Give the view their own referral in place of its key; anybody else's is not there."""

    @private
    @login_required
    @wraps(view)
    def wrapped(request: SignedInRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        referral = get_object_or_404(Referral.objects.of_learner(request.user).with_page_data(), pk=pk)
        return view(request, referral, *args, **kwargs)

    return wrapped
