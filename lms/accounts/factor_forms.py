"""Forms of the second factor. Every guess at a code is counted, whichever page asks."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from lms.accounts import guesses, second_factor
from lms.accounts.models import User

TOO_MANY = _("Too many wrong codes. To protect this account, wait %(wait)s, then type a new code.")


def code_field(label: Any, help_text: Any = "") -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
    widget = forms.TextInput(attrs=attrs)
    return forms.CharField(label=label, max_length=20, widget=widget, help_text=help_text)


def begin(user: User) -> guesses.Guess:
    """Count a guess. Raises ValidationError when this person must wait."""
    guess = guesses.begin_code(user)
    if guess.pause:
        raise forms.ValidationError(
            TOO_MANY, code="too_many_login_attempts", params={"wait": guesses.duration_text(guess.pause)}
        )
    return guess


class CountedCode(forms.Form):
    """Before a form of allauth that reads a code: counts the guess, and takes no code of an app twice."""

    user: User
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field(
            _("Code"), _("The 6 digits that your app shows now, or one of your recovery codes.")
        )

    def clean_code(self) -> str:
        guess = begin(self.user)
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not second_factor.use_code(self.authenticator, code):
            raise second_factor.wrong_code()
        guess.was_right()
        return code


class CodeAtSignInForm(CountedCode, AuthenticateForm):
    pass


class CodeAgainForm(CountedCode, ReauthenticateForm):
    pass


class FirstCodeForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field(_("6-digit code that the app shows now"))

    def clean_code(self) -> str:
        guess = begin(self.user)
        code: str = super().clean_code()
        guess.was_right()
        return code


class CountedPasskey(forms.Form):
    """Before a form of allauth that reads what a passkey signed."""

    user: User

    def clean_credential(self) -> Authenticator:
        guess = begin(self.user)
        authenticator: Authenticator = super().clean_credential()  # type: ignore[misc]
        guess.was_right()
        return authenticator


class PasskeyAtSignInForm(CountedPasskey, AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(CountedPasskey, ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("Name of this passkey"), required=False, max_length=60,
            help_text=_("So that you recognise it later, for example “My phone”."),
        )  # fmt: skip
