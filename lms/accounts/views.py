"""Signing in, up and out, the PIN of one's own, and the settings page."""

from allauth.account import views as allauth_views
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language as django_set_language

from lms.accounts import recovery_views, second_factor, services, sign_ins
from lms.accounts.enums import Role
from lms.accounts.forms import ChangePinForm, ChoosePinForm, SettingsForm
from lms.accounts.http import SignedInRequest
from lms.accounts.recipient import in_language_of
from lms.lib.http import private
from lms.lib.ratelimit import client_network, may_try
from lms.lib.seams.sign_in import ConfirmCodeView, RestartableSignUpView, end_session, perform_login

FIRST_PAGE: dict[str, str] = {
    Role.LEARNER: "learn/",
    Role.EMPLOYER: "employers/search/",
}  # apps above, known by address only


class SignInView(allauth_views.LoginView):
    def form_valid(self, form: "allauth_views.LoginForm") -> HttpResponseBase:
        """Straight to their first page: one request less on a slow line."""
        answer: HttpResponseBase = super().form_valid(form)
        if self.request.user.is_authenticated and getattr(answer, "url", "") == reverse("accounts:after_sign_in"):
            return after_sign_in(self.request)
        return answer

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        names = ("SMS_SIGN_IN", "EMAIL_SIGN_IN", "SELF_SIGN_UP")
        context: dict[str, object] = super().get_context_data(**kwargs)
        return context | {name.lower(): getattr(settings, name) for name in names}


def too_many_accounts(request: HttpRequest) -> bool:
    """Count one account asked for, known number or not. The limit is for scripts: a whole centre behind one address,
    which signs up within an hour, stays below it.
    """
    limit = settings.SIGN_UPS_PER_HOUR
    return bool(limit) and not may_try(f"sign-up:{client_network(request)}", limit=limit, seconds=3600)


class SignUpView(RestartableSignUpView):
    """With codes by SMS, a number is proved first, allauth's way. Else they are in at once (``newcomers``)."""

    def form_valid(self, form: "allauth_views.SignupForm") -> HttpResponseBase:
        if too_many_accounts(self.request):
            form.add_error(
                None,
                _(
                    "Very many accounts have just been created through your internet connection. Try again in "
                    "an hour, or ask a trainer to create your account. What you typed is still here."
                ),
            )
            form.fields["password1"].widget.render_value = True
            return self.render_to_response(self.get_context_data(form=form), status=429)
        if settings.SMS_SIGN_IN and form.cleaned_data["phone"]:
            answer: HttpResponseBase = super().form_valid(form)
            return answer
        user = form.enter(self.request)
        recovery_views.offer_words(self.request)
        with in_language_of(user):
            first = self.passthrough_next_url(reverse("accounts:welcome"))
        entered: HttpResponse = perform_login(self.request, Login(user=user, redirect_url=first))
        return greet_in_language(self.request, entered, user.language)


sign_in = SignInView.as_view()
sign_up = SignUpView.as_view()
confirm_code = ConfirmCodeView.as_view()


@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """GET asks, POST does it. The phone is told to forget pages and stored lessons; cookies of neighbouring
    sites are not ours to clear, and our session is deleted here.
    """
    if request.method != "POST":
        if not request.user.is_authenticated:
            return redirect("account_login")
        return render(request, "account/logout.html", {})
    end_session(request, show_message=False)
    request.session.flush()
    messages.success(request, _("You are signed out. None of your data remains on this phone."))
    response = redirect(f"/{translation.get_language()}/")
    # The script has taken their own from the phone, and somebody else's answers still wait there to be sent.
    response.headers["Clear-Site-Data"] = '"cache"' if request.POST.get("keep") else '"cache", "storage"'
    response.headers["Cache-Control"] = "no-store"
    return response


@private
@login_required
def after_sign_in(request: SignedInRequest) -> HttpResponse:
    """Each role has its own first page, in their language."""
    user = request.user
    response = redirect("wagtailadmin_home" if user.is_team else f"/{user.language}/{FIRST_PAGE[user.role]}")
    return greet_in_language(request, response, user.language)


@private
@login_required
def welcome(request: SignedInRequest) -> HttpResponse:
    """Right after signing up: the user name, to be written down, and the way on."""
    following = request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(following, {request.get_host()}, require_https=request.is_secure())
    onward = following if is_ours else reverse("accounts:after_sign_in")
    return render(request, "accounts/welcome.html", {"onward": onward, "is_going": is_ours})


def greet_in_language(request: HttpRequest, response: HttpResponse, language: str) -> HttpResponse:
    """A cookie only where this browser would be greeted in another one: each request carries it."""
    return response if get_language_from_request(request) == language else keep_language(response, language)


def keep_language(response: HttpResponse, language: str) -> HttpResponse:
    """Have this browser greet them in their language also before they sign in."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )  # fmt: skip
    return response


@private
@login_required
def choose_pin(request: SignedInRequest) -> HttpResponse:
    """Only while somebody else knows their PIN; afterwards it is changed by who knows it."""
    if not request.user.must_change_pin:
        return redirect("accounts:change_pin")
    form = ChoosePinForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        services.set_pin(user=request.user, pin=form.cleaned_data["pin"], request=request)
        messages.success(request, _("Your PIN is set. Remember it, and keep it secret."))
        return redirect("accounts:after_sign_in")
    return render(request, "accounts/choose_pin.html", {"form": form})


@private
@login_required
def change_pin(request: SignedInRequest) -> HttpResponse:
    form = ChangePinForm(request.POST or None, user=request.user, request=request)
    if request.method == "POST" and form.is_valid():
        services.set_pin(user=request.user, pin=form.cleaned_data["pin"], request=request)
        done = (
            _("Your new PIN works from now on. Other phones were signed out.")
            if request.user.is_learner
            else _("Your new password works from now on. Other devices were signed out.")
        )
        messages.success(request, done)
        return redirect("accounts:settings")
    return render(request, "accounts/change_pin.html", {"form": form})


@private
@login_required
def own_settings(request: SignedInRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        services.save_settings(user=request.user, changed=form.changed_data)
        messages.success(request, _("Saved."))
        with in_language_of(request.user):
            response = redirect("accounts:settings")
        return keep_language(response, request.user.language)
    consents = request.user.consents.order_by("-given_at")
    return render(request, "accounts/settings.html", {"form": form, "consents": consents})


@private
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_sessions(request: SignedInRequest) -> HttpResponse:
    """Where they are signed in. POST ends it everywhere but here."""
    if request.method == "POST":
        second_factor.end_other_sessions(user=request.user, request=request)
        messages.success(request, _("You are signed out everywhere else."))
        return redirect("accounts:sessions")
    return render(request, "accounts/sessions.html", {"rows": sign_ins.open_rows(user=request.user, request=request)})


@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Choose the language: a cookie for everybody, and their own choice for who is signed in."""
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES) and request.user.is_authenticated:
        request.user.language = code
        services.save_settings(user=request.user, changed=["language"])
    return django_set_language(request)


def no_such_page(request: HttpRequest) -> HttpResponse:
    raise Http404
