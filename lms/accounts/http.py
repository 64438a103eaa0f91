"""The request of somebody who is signed in, and pages for those who have a right."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase

from lms.accounts.models import User
from lms.lib.http import HtmxRequest, View, private


class SignedInRequest(HtmxRequest):
    user: User


def needs(permission: str) -> Callable[[View], View]:
    """For pages of the admin: 403 without the permission, never stored. The admin has asked who it is before."""

    def decorate(view: View) -> View:
        @private
        @wraps(view)
        def wrapped(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return wrapped

    return decorate
