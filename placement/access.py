"""Who may open the employers' pages: people of a vetted employer. Everything else is fetched ``visible_to`` them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect

from lms.accounts.http import SignedInRequest
from lms.lib.http import private
from placement.enums import Vetting
from placement.models import Employer
from placement.selectors import employer_of

View = Callable[..., HttpResponseBase]


class EmployerRequest(SignedInRequest):
    employer: Employer


def for_employer(view: View) -> View:
    """Give the view ``request.employer``. Waiting or suspended employers are told so; for others there is no page."""

    @private
    @login_required
    @wraps(view)
    def wrapped(request: EmployerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        employer = employer_of(request.user)
        if employer is None:
            raise Http404
        if employer.vetting != Vetting.VETTED:
            return redirect("placement:home")
        request.employer = employer
        return view(request, *args, **kwargs)

    return wrapped
