"""The link of an invitation to answer for an employer: reading changes nothing, the button uses it up."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.lib.http import HtmxRequest
from placement.colleague_forms import AcceptForm
from placement.models import Invitation
from placement.services import colleagues
from placement.services.invitations import has_account
from placement.services.transitions import TransitionError

SIGN_IN, NEW = "sign-in", "new"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HtmxRequest, secret: str) -> HttpResponse:
    invitation = colleagues.find(secret)
    if invitation is None:
        response = render(request, "placement/join_lost.html", status=404)
    elif request.method == "POST":
        response = accepted(request, invitation, secret)
    else:
        response = show(request, invitation)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def standing(request: HtmxRequest, invitation: Invitation) -> str:
    if request.user.is_authenticated:
        return colleagues.standing_of(invitation, request.user)
    return SIGN_IN if has_account(invitation.email) else NEW


def accepted(request: HtmxRequest, invitation: Invitation, secret: str) -> HttpResponse:
    """What the button does for whoever pressed it; for those who cannot accept, the page that says why."""
    where = standing(request, invitation)
    try:
        if where == colleagues.FREE and request.user.is_authenticated:
            colleagues.accept(secret=secret, user=request.user)
            messages.success(request, _("You now answer for %(employer)s.") % {"employer": invitation.employer.name})
            return redirect("placement:organisation")
        if where == NEW:
            form = AcceptForm(request.POST, email=invitation.email)
            if not form.is_valid():
                return show(request, invitation, form=form, status=422)
            user = colleagues.accept_new(
                secret=secret,
                language=get_language() or "",
                full_name=form.cleaned_data["full_name"],
                password=form.cleaned_data["password1"],
            )
            messages.success(
                request, _("Your account is ready. Your user name is %(name)s: sign in.") % {"name": user.username}
            )
            return redirect("account_login")
    except TransitionError as error:
        messages.warning(request, str(error))
        return redirect("placement:join", secret)
    return show(request, invitation, status=422)


def show(
    request: HtmxRequest, invitation: Invitation, *, form: AcceptForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "invitation": invitation, "standing": standing(request, invitation),
        "form": form or AcceptForm(email=invitation.email), "ends_at": colleagues.ends_at(invitation),
        "here": request.path,
    }  # fmt: skip
    return render(request, "placement/join.html", context, status=status)
