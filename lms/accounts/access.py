"""Who may open which page of accounts: decorators of views."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from lms.accounts.http import SignedInRequest
from lms.lib.http import View, private


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


def team_only(view: View) -> View:
    """Trainers, programme managers and superusers. Wagtail has asked for a session before."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_team:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return private(guarded)


def only_if(setting: str, view: View) -> View:
    """A page that exists only while a setting is on."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not getattr(settings, setting):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def manager_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Programme managers and superusers. Wagtail has asked for a session before."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_manager:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return private(guarded)
