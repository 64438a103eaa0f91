"""How a person gets in, for programme managers: end a pause after wrong PINs, reset a second factor that is lost."""

import math
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lms.accounts import guesses, second_factor, services
from lms.accounts.access import about_person
from lms.accounts.http import SignedInRequest
from lms.accounts.models import User


@about_person
def show(request: SignedInRequest, person: User) -> HttpResponse:
    context: dict[str, Any] = {
        "person": person, "pause": math.ceil(guesses.unknown_devices_wait(person) / 60),
        "factors": second_factor.factors(person).order_by("created_at"),
        "is_required": second_factor.is_required(person),
        "breadcrumbs_items": [
            {"url": reverse("wagtailusers_users:index"), "label": _("People")},
            {"url": reverse("wagtailusers_users:edit", args=[person.pk]), "label": str(person)},
            {"url": "", "label": _("Sign-in of %(name)s") % {"name": person}},
        ],
        "header_title": _("Sign-in of %(name)s") % {"name": person},
    }  # fmt: skip
    return render(request, "accounts/admin/access.html", context)


@require_POST
@about_person
def unlock_sign_in(request: SignedInRequest, person: User) -> HttpResponse:
    services.unlock_sign_in(user=person, by=request.user)
    messages.success(request, _("The pause is over: a PIN can be tried again now."))
    return redirect("people:access", person.pk)


@require_POST
@about_person
def reset_factor(request: SignedInRequest, person: User) -> HttpResponse:
    if second_factor.reset(user=person, by=request.user):
        text = _("The second factor of %(name)s is reset. Their sessions have ended.")
        messages.success(request, text % {"name": person})
    return redirect("people:access", person.pk)
