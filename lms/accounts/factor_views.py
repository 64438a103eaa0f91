"""Pages of the second factor: allauth's, for those who may have one, with our log and our e-mails."""

from typing import Any

from allauth.account import views as account_views
from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy

from lms.accounts import second_factor
from lms.accounts.access import own_factor
from lms.accounts.http import SignedInRequest
from lms.lib.http import private


class IndexView(base.IndexView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        context: dict[str, Any] = super().get_context_data(**kwargs)
        factors = list(second_factor.factors(user).order_by("created_at"))
        return context | {
            "factors": factors, "is_required": second_factor.is_required(user),
            "is_last": len(factors) == 1, "has_app": any(one.type == Authenticator.Type.TOTP for one in factors),
            "has_codes": Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).exists(),
        }  # fmt: skip


class ActivateView(totp.ActivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        user: Any = self.request.user
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            added = second_factor.factors(user).get(type=Authenticator.Type.TOTP)
            code = form.cleaned_data["code"]
            second_factor.on_added(request=self.request, user=user, authenticator=added, code=code)
        return response


class DeactivateView(totp.DeactivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        user: Any = self.request.user
        try:
            with second_factor.removing(self.authenticator):
                response: HttpResponse = super().form_valid(form)
                second_factor.was_removed(request=self.request, user=user, kind=Authenticator.Type.TOTP)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.render_to_response(self.get_context_data(form=form))
        return response


class KeepsRefusedForm:
    """allauth shows a new form after a refusal, which reads the signature again, for a challenge that is over: the
    reason would be lost.
    """

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | ({"form": form} if form is not None else {})


class AddPasskeyView(KeepsRefusedForm, webauthn.AddWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        user: Any = self.request.user
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            added = second_factor.passkeys(user).latest("pk")
            second_factor.on_added(request=self.request, user=user, authenticator=added)
        return response


class RemovePasskeyView(webauthn.RemoveWebAuthnView):
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        user: Any = self.request.user
        try:
            with second_factor.removing(self.object):
                response: HttpResponse = super().form_valid(form)
                second_factor.was_removed(request=self.request, user=user, kind=Authenticator.Type.WEBAUTHN)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.render_to_response(self.get_context_data(form=form))
        return response


class GenerateCodesView(recovery.GenerateRecoveryCodesView):
    def form_valid(self, form: Any) -> HttpResponse:
        user: Any = self.request.user
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            second_factor.recovery_codes_were_renewed(user=user)
        return response


class ReauthenticatePasskeyView(KeepsRefusedForm, webauthn.ReauthenticateWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        """allauth sends a signed-in person to the sign-in page, which sends them on: the reason would be lost."""
        return self.render_to_response(self.get_context_data(form=form))


index = own_factor(IndexView.as_view())
authenticate = private(base.authenticate)
reauthenticate_password = own_factor(account_views.reauthenticate)
reauthenticate = own_factor(base.reauthenticate)
activate_totp = own_factor(ActivateView.as_view())
deactivate_totp = own_factor(DeactivateView.as_view())
view_recovery_codes = own_factor(recovery.view_recovery_codes)
generate_recovery_codes = own_factor(GenerateCodesView.as_view())
add_passkey = own_factor(AddPasskeyView.as_view())
reauthenticate_passkey = own_factor(ReauthenticatePasskeyView.as_view())
remove_passkey = own_factor(RemovePasskeyView.as_view())


@own_factor
def list_passkeys(request: SignedInRequest) -> HttpResponse:
    """allauth goes there; ours are on the first page."""
    return redirect("mfa_index")
