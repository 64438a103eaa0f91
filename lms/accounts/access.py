"""Who may open which page of accounts: decorators of views."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from lms.accounts.http import SignedInRequest
from lms.accounts.models import User
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


def manager_only(view: View) -> View:
    """Programme managers and superusers. Wagtail has asked for a session before."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_manager:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return private(guarded)


def may_have_factor(user: User) -> bool:
    """Learners sign in on shared phones with a PIN or a card: a second factor would only lock them out."""
    return user.is_team or user.is_employer


def own_factor(view: View) -> View:
    """A page about one's own second factor, for those who may have one."""

    @private
    @login_required
    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_have_factor(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def may_help(by: User, user: User) -> bool:
    """With the sign-in: programme managers, others than themselves; an administrator only another one."""
    return by.is_manager and by.pk != user.pk and (by.is_superuser or not user.is_superuser)


def about_person(view: View) -> View:
    """For programme managers, about the sign-in of the person whom ``pk`` names."""

    @private
    @wraps(view)
    def guarded(request: SignedInRequest, pk: int) -> HttpResponseBase:
        if not request.user.is_manager:
            raise PermissionDenied
        person = get_object_or_404(User, pk=pk)
        if not may_help(request.user, person):
            raise PermissionDenied
        return view(request, person)

    return guarded
