"""Forms of the second factor. Every guess at a code is counted, whichever page asks."""

import json
import struct
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from urllib.parse import urlsplit

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lms.accounts import guesses, second_factor
from lms.accounts.models import User

NO_PASSKEY = _("This passkey did not work. Try again, or choose another way.")
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


LONGEST_CREDENTIAL = 64 * 1024  # characters: a key that brings its maker's certificates has some ten thousand
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError, struct.error,
              InvalidSignature, UnsupportedAlgorithm)  # fmt: skip
"""What allauth and its library for passkeys raise of rubbish, beside the few that allauth expects."""


def wrong_passkey() -> forms.ValidationError:
    """Where allauth would speak of a code of an app."""
    return forms.ValidationError(NO_PASSKEY)


@contextmanager
def rubbish_is_a_wrong_passkey() -> Iterator[None]:
    try:
        yield
    except UNREADABLE as error:
        raise wrong_passkey() from error
    except forms.ValidationError as error:
        raise (wrong_passkey() if error.code == "incorrect_code" else error) from error


def is_from_our_page(credential: dict[str, Any]) -> bool:
    """Whether the browser showed a page of our own address, to the letter: the library takes any sub-domain of it."""
    with rubbish_is_a_wrong_passkey():
        client_data = json.loads(urlsafe_b64decode(credential["response"]["clientDataJSON"] + "=="))
        return bool(client_data["origin"] == "{0.scheme}://{0.netloc}".format(urlsplit(settings.BASE_URL)))


def counter_of(credential: dict[str, Any]) -> int:
    """How often the passkey says that it has signed: four bytes behind the hash and the flags (WebAuthn, 6.1)."""
    return int.from_bytes(urlsafe_b64decode(credential["response"]["authenticatorData"] + "==")[33:37], "big")


class CredentialField(forms.JSONField):
    """What the browser says of a passkey on a page of ours. Nesting without end, a NUL, anything but an object, and
    what was said on a page of another address are a wrong passkey.
    """

    widget = forms.HiddenInput
    default_error_messages: ClassVar[dict[str, Any]] = {"required": NO_PASSKEY, "invalid": NO_PASSKEY}

    def to_python(self, value: Any) -> Any:
        text = str(value or "")
        if len(text) > LONGEST_CREDENTIAL or "\\u0000" in text:
            raise wrong_passkey()
        with rubbish_is_a_wrong_passkey():
            found = super().to_python(value)
        if found is not None and (not isinstance(found, dict) or not is_from_our_page(found)):
            raise wrong_passkey()
        return found

    def bound_data(self, data: Any, initial: Any) -> Any:
        """The form is shown again without it: what was signed once is of no use, and rubbish cannot be shown."""
        return None

    def prepare_value(self, value: Any) -> str:
        return ""


class CountedPasskey(forms.Form):
    """Before a form of allauth that reads what a passkey signed."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField()

    def clean_credential(self) -> Authenticator:
        guess = begin(self.user)
        with rubbish_is_a_wrong_passkey():
            counter = counter_of(self.cleaned_data["credential"])
            authenticator: Authenticator = super().clean_credential()  # type: ignore[misc]
        if not second_factor.use_counter(authenticator, counter):
            raise wrong_passkey()
        guess.was_right()
        return authenticator


class PasskeyAtSignInForm(CountedPasskey, AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(CountedPasskey, ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField()
        self.fields["name"] = forms.CharField(
            label=_("Name of this passkey"), required=False, max_length=60,
            help_text=_("So that you recognise it later, for example “My phone”."),
        )  # fmt: skip

    def clean_credential(self) -> Any:
        """What is kept of it, beside the key, is read on pages of this person."""
        credential = self.cleaned_data["credential"]
        with rubbish_is_a_wrong_passkey():
            credential.get("clientExtensionResults", {}).get("credProps", {}).get("rk")
        return credential

    def clean(self) -> Any:
        with rubbish_is_a_wrong_passkey():
            data = super().clean()
        if data.get("credential"):
            second_factor.check_is_new(data["credential"])
        return data
