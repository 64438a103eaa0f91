"""Where people land, and the PIN of their own."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from lms.accounts.http import SignedInRequest
from lms.lib.http import private


@login_required
def after_sign_in(request: SignedInRequest) -> HttpResponse:
    """Each role has its own first page."""
    if request.user.is_team:
        return redirect("wagtailadmin_home")
    if request.user.is_employer:
        return redirect("placement:search")
    return redirect("courses:my_courses")


@private
@login_required
def choose_pin(request: SignedInRequest) -> HttpResponse:
    return render(request, "accounts/choose_pin.html", {})
