"""The pages behind a sign-in card. Looking changes nothing: only choosing a PIN uses the card."""

from allauth.account.models import Login
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from lms.accounts import cards
from lms.accounts.forms import CardCodeForm, ChoosePinForm
from lms.lib.http import private
from lms.lib.ratelimit import client_network, may_try
from lms.lib.seams.sign_in import perform_login


def too_many_wrong(request: HttpRequest) -> bool:
    """Count one wrong code. Right ones are never counted nor refused: a class behind one address signs in at once, and
    nobody guesses 100 random bits. This keeps the log readable.
    """
    amount, seconds = settings.WRONG_CARD_LIMIT
    return not may_try(f"card:{client_network(request)}", limit=amount, seconds=seconds)


@private
def enter_code(request: HttpRequest) -> HttpResponseBase:
    """For phones that read no QR: type the code of the card."""
    form = CardCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        secret = cards.normalise(form.cleaned_data["code"])
        if cards.find_card(secret):
            return redirect("accounts:use_card", secret)
        if too_many_wrong(request):
            return respond_429(request)
        form.add_error("code", _("This code is not valid. Check it again; a card works once, within 30 days."))
    return render(request, "accounts/card_code.html", {"form": form})


@private
@sensitive_post_parameters()
def use_card(request: HttpRequest, secret: str) -> HttpResponseBase:
    card = cards.find_card(secret)
    if card is None:
        if too_many_wrong(request):
            return respond_429(request)
        return render(request, "accounts/card_dead.html", {}, status=404)
    form = ChoosePinForm(request.POST or None, user=card.user)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/card.html", {"form": form, "person": card.user})
    if not cards.use(card=card, pin=form.cleaned_data["pin"]):
        return render(request, "accounts/card_dead.html", {}, status=404)
    if request.user.is_authenticated:  # a shared phone: whoever was here before leaves
        request.session.flush()
    messages.success(request, _("Welcome. Your PIN is set: remember it, and keep it secret."))
    answer: HttpResponse = perform_login(request, Login(user=card.user))
    return answer
