"""The pages behind a sign-in card. Looking changes nothing: only choosing a PIN uses the card."""

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from lms.accounts import cards
from lms.accounts.forms import CardCodeForm, ChoosePinForm
from lms.lib.http import private


def allowed(request: HttpRequest) -> bool:
    usage = ratelimit.consume(
        request, app="accounts", action="card", config={"card": settings.CARD_RATE_LIMIT}, limit_get=True
    )
    return usage is not None


@private
def enter_code(request: HttpRequest) -> HttpResponseBase:
    """For phones that read no QR: type the code of the card."""
    form = CardCodeForm(request.POST or None)
    if request.method == "POST":
        if not allowed(request):
            return ratelimit.respond_429(request)
        if form.is_valid():
            secret = cards.normalise(form.cleaned_data["code"])
            if cards.find_card(secret):
                return redirect("accounts:use_card", secret)
            form.add_error("code", _("This code is not valid. Check it again; a card works once, within 30 days."))
    return render(request, "accounts/card_code.html", {"form": form})


@private
@sensitive_post_parameters()
def use_card(request: HttpRequest, secret: str) -> HttpResponseBase:
    if not allowed(request):
        return ratelimit.respond_429(request)
    card = cards.find_card(secret)
    if card is None:
        return render(request, "accounts/card_dead.html", {}, status=404)
    form = ChoosePinForm(request.POST or None, user=card.user)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/card.html", {"form": form, "person": card.user})
    if not cards.use(card=card, pin=form.cleaned_data["pin"]):
        return render(request, "accounts/card_dead.html", {}, status=404)
    if request.user.is_authenticated:  # a shared phone: whoever was here before leaves
        request.session.flush()
    messages.success(request, _("Welcome. Your PIN is set: remember it, and tell nobody."))
    answer: HttpResponse = perform_login(request, Login(user=card.user))
    return answer
