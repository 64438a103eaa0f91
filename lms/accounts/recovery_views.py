"""Recovery words: shown once, printed; and what they are for."""

import time

from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from lms.accounts import recovery
from lms.accounts.http import SignedInRequest
from lms.accounts.recipient import in_language_of
from lms.accounts.recovery_forms import RecoverForm, WordsForm
from lms.lib.http import private
from lms.lib.seams.sign_in import perform_login

FREE_UNTIL = "words_without_pin_until"  # of the session, seconds: they chose their PIN a moment ago
FREE_SECONDS = 15 * 60


def offer_words(request: HttpRequest) -> None:
    """They have just chosen their PIN on this phone: once, within a quarter of an hour, words need no PIN."""
    request.session[FREE_UNTIL] = time.time() + FREE_SECONDS


def is_free(request: HttpRequest) -> bool:
    return float(request.session.get(FREE_UNTIL) or 0) > time.time()


@private
@login_required
@sensitive_post_parameters()
def words(request: SignedInRequest) -> HttpResponse:
    """GET explains, POST shows: the answer is the only place where the words ever stand."""
    user = request.user
    if not user.is_learner or user.is_superuser:
        return redirect("accounts:settings")
    free = is_free(request)
    form = None if free else WordsForm(request.POST or None, user=user, request=request)
    if request.method == "POST" and (form is None or form.is_valid()):
        request.session.pop(FREE_UNTIL, None)
        return render(request, "accounts/words_shown.html", {"words": recovery.make_words(user=user)})
    row = getattr(user, "recovery_words", None)
    return render(request, "accounts/words.html", {"form": form, "row": row})


@private
@sensitive_post_parameters()
def recover(request: HttpRequest) -> HttpResponseBase:
    form = RecoverForm(request.POST or None, request=request)
    if request.method != "POST" or not form.is_valid() or form.user is None:
        return render(request, "accounts/recover.html", {"form": form})
    if not recovery.use_words(user=form.user, pin=form.cleaned_data["pin"]):
        messages.error(request, _("These words have just been used. Sign in with the PIN that was chosen."))
        return redirect("account_login")
    if request.user.is_authenticated:  # a shared phone: whoever was here before leaves
        request.session.flush()
    messages.success(request, _("Your new PIN works. Now write down your new words: the old ones are used up."))
    with in_language_of(form.user):
        following = reverse("accounts:words")
    form.user.refresh_from_db()
    offer_words(request)
    answer: HttpResponse = perform_login(request, Login(user=form.user, redirect_url=following))
    return answer
