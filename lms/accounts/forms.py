"""Forms of people: signing in and up, the PIN, the settings page, the card. All end in a service or in allauth."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from lms.accounts import codes, guesses, newcomers, person_names, phones, services, validators
from lms.accounts.fields import PhoneField
from lms.accounts.models import User
from lms.lib.moments import city, zone, zone_of_place


def new_pin_help() -> str:
    text = gettext("At least %(count)d digits or letters. You see what you type: make sure that nobody is watching.")
    return text % {"count": validators.pin_length()}


def language_field(**kwargs: Any) -> forms.ChoiceField:
    """Each language under its own name: who reads no French must find theirs."""
    choices = [(code, capfirst(get_language_info(code)["name_local"])) for code, _name in settings.LANGUAGES]
    return forms.ChoiceField(label=_("Language"), choices=choices, **kwargs)


def pin_field(label: Any, *, current: bool = False) -> forms.CharField:
    """A new PIN is shown as it is typed (one field, no second typing); the present one is hidden."""
    if current:
        widget: forms.Widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        return forms.CharField(label=label, strip=False, max_length=128, widget=widget)
    attrs = {"autocomplete": "new-password", "autocapitalize": "none", "spellcheck": "false"}
    widget = forms.TextInput(attrs=attrs)
    return forms.CharField(label=label, strip=False, max_length=128, widget=widget, help_text=lazy(new_pin_help, str)())


class NumberReleasingForm(forms.ModelForm):
    """Beside a form about a person: a number that somebody typed for an own account, unproved, is still free. Whoever
    saves the form calls ``services.release_numbers`` first.
    """

    def clean(self) -> dict[str, Any]:
        """Beside a new number, what was typed."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "phone" in self.changed_data:
            self.instance.phone_typed = self.fields["phone"].typed  # type: ignore[attr-defined]
        return data

    def _get_validation_exclusions(self) -> set[str]:
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        number = self.cleaned_data.get("phone")
        others = User.objects.self_made().exclude(pk=self.instance.pk)
        return excluded | {"phone"} if number and others.filter(phone=number).exists() else excluded


class SignInForm(allauth_forms.LoginForm):
    """One field for whatever names them: a phone number in any national habit, or a user name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = _("Phone number, e-mail or user name") if settings.EMAIL_SIGN_IN else _("Phone number or user name")
        attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        self.fields["login"] = forms.CharField(label=label, max_length=254, widget=forms.TextInput(attrs=attrs))
        self.fields["password"] = pin_field(_("PIN or password"), current=True)
        self.order_fields(["login", "password"])

    def clean_login(self) -> str:
        typed: str = self.cleaned_data["login"].strip()
        if not phones.looks_like_number(typed):
            return typed
        known = guesses.find_account(typed)
        if known is not None and known.phone:
            return known.phone
        return next(iter(phones.candidates(typed)), typed)


class SignUpForm(allauth_forms.SignupForm):
    field_order = ["full_name", "country", "phone", "password1", "language"]

    full_name = forms.CharField(
        label=_("Your first name and family name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}),
        help_text=_("As they should appear on your certificates."),
    )  # fmt: skip
    country = forms.ChoiceField(label=_("Country of your phone number"))
    password1 = pin_field(_("Choose a PIN"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = language_field(initial=get_language())
        self.fields["country"].choices = phones.country_choices()
        self.fields["country"].initial = settings.DEFAULT_COUNTRY
        self.fields["password1"] = pin_field(_("Choose a PIN"))
        phone = PhoneField(
            required=False,
            help_text=_("No number? Leave this empty. You get a user name to sign in, also if you share a number."),
        )
        wanted = self.data.get(self.add_prefix("country"), "")
        phone.country = wanted if wanted in phones.countries() else ""
        self.fields["phone"] = phone
        self.order_fields(self.field_order)

    def clean_full_name(self) -> str:
        return person_names.clean_name(self.cleaned_data["full_name"])

    def clean(self) -> dict[str, Any]:
        """The PIN must not be guessable from their name or number."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("password1"):
            person = User(full_name=data.get("full_name", ""), phone=data.get("phone") or None)
            try:
                password_validation.validate_password(data["password1"], person)
            except forms.ValidationError as error:
                if "password1" not in self.errors:
                    self.add_error("password1", error)
        return data

    def save(self, request: HttpRequest) -> User:
        """With codes by SMS and a number, as allauth asks; else ``enter``."""
        data = self.cleaned_data
        return services.sign_up(
            full_name=data["full_name"],
            phone=data["phone"],
            pin=data["password1"],
            language=data["language"],
            phone_typed=self.fields["phone"].typed,
        )

    def enter(self, request: HttpRequest) -> User:
        """Their account: a new one, or the one that the number and the PIN show to be theirs."""
        data = self.cleaned_data
        return newcomers.enter(
            request=request,
            full_name=data["full_name"],
            phone=data["phone"],
            pin=data["password1"],
            language=data["language"],
            phone_typed=self.fields["phone"].typed,
        )


class ChoosePinForm(forms.Form):
    """A PIN of their own, with no need to know the present one: only after a card or a PIN given by a trainer."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["pin"] = pin_field(_("Your new PIN") if user.is_learner else _("Your new password"))
        if not user.is_learner or user.is_superuser:
            self.fields["pin"].help_text = _("At least 10 characters. You see what you type.")

    def clean_pin(self) -> str:
        pin: str = self.cleaned_data["pin"]
        password_validation.validate_password(pin, self.user)
        return pin


class ChangePinForm(ChoosePinForm):
    def __init__(self, *args: Any, user: User, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.request = request
        self.fields["current"] = pin_field(_("Your current PIN or password"), current=True)
        self.order_fields(["current", "pin"])

    def clean_current(self) -> str:
        """Guesses count against the account as they do at sign-in."""
        current: str = self.cleaned_data["current"]
        services.check_present_pin(request=self.request, user=self.user, pin=current)
        return current


def zone_field() -> "ZoneField":
    """The zone in which hours are told. Typed: a list of 400 places would be heavy on a phone."""
    return ZoneField(
        label=_("My town, for local time"), required=False, max_length=40,
        help_text=_("The nearest large town, such as Dakar or Paris. Times are shown as they are there."),
    )  # fmt: skip


class ZoneField(forms.CharField):
    """A place, in any spelling, as the IANA name of its zone."""

    def prepare_value(self, value: Any) -> Any:
        return city(value) if isinstance(value, str) and zone(value) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value))
        if not typed:
            return ""
        found = zone_of_place(typed)
        if not found:
            raise forms.ValidationError(
                _("We do not know this town. Try the capital, or a large town of your country.")
            )
        return found


class SettingsForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["full_name", "language", "time_zone", "sms_stopped"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["full_name"].required = True
        self.fields["full_name"].label = _("First name and family name")
        if self.instance.is_learner:
            self.fields["full_name"].help_text = _("Certificates already issued keep the name they were issued with.")
        self.fields["full_name"].widget.attrs["autocomplete"] = "name"
        self.fields["language"] = language_field()
        self.fields["time_zone"] = zone_field()
        if self.instance.is_learner or self.instance.phone:
            self.fields["sms_stopped"].label = _("Do not send me SMS")
            self.fields["sms_stopped"].help_text = _("You still find every message here when you sign in.")
        else:
            del self.fields["sms_stopped"]
        self.order_fields(["full_name", "language", "time_zone", "sms_stopped"])

    def clean_full_name(self) -> str:
        return person_names.clean_name(self.cleaned_data["full_name"])


class AskCodeForm(allauth_forms.RequestLoginCodeForm):
    """Ask for a code by SMS: the number in any national habit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("email", None)
        self.fields["phone"] = forms.CharField(
            label=_("Phone number"), max_length=30, widget=forms.TextInput({"type": "tel", "autocomplete": "tel"})
        )

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"]
        known = guesses.find_account(typed) if phones.looks_like_number(typed) else None
        number = (known.phone if known else "") or next(iter(phones.candidates(typed)), "")
        if not number:
            example = phones.example()
            raise forms.ValidationError(
                _("This is not a phone number. Example: %(example)s"), params={"example": example}
            )
        self.cleaned_data["phone"] = number
        answer: str = super().clean_phone()
        return answer


class CodeMixin(forms.Form):
    """Before a form of allauth that reads a code which we sent.

    allauth counts wrong codes in the session, where tries made at the same moment count as one: they are counted here
    too, for the code itself.
    """

    expected_code: str

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}
        self.fields["code"] = forms.CharField(
            label=_("6-digit code"), max_length=20, widget=forms.TextInput(attrs=attrs)
        )

    def clean_code(self) -> str:
        """Too many guesses are answered as a wrong one: whoever guesses does not learn the difference."""
        guess = guesses.begin_sent_code(self.expected_code)
        if guess.pause:
            raise get_adapter().validation_error("incorrect_code")
        code: str = super().clean_code()  # type: ignore[misc]
        guess.was_right()
        return code


class CodeForm(CodeMixin, allauth_forms.ConfirmLoginCodeForm):
    pass


class VerifyPhoneForm(CodeMixin, allauth_forms.VerifyPhoneForm):
    pass


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    users: list[User]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """For an address that is nobody's the same work: else it is known by the time of the answer."""
        if self.users:
            answer: str = super().save(request, **kwargs)
            return answer
        self.users = [User(pk=codes.NOBODY, email=self.cleaned_data["email"])]
        with codes.written_and_thrown_away(self.cleaned_data["email"]):
            super().save(request, **kwargs)
        return str(self.cleaned_data["email"])


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):
    """Of an account that is open: a link that was sent before it was closed changes nothing any more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"] = pin_field(_("Your new password"))
        self.fields["password1"].help_text = _("At least 10 characters. You see what you type.")
        self.fields.pop("password2", None)

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        services.check_is_open(user=self.user)
        password_validation.validate_password(password, self.user)
        return password


class ConfirmPasswordForm(allauth_forms.ReauthenticateForm):
    """The password once more, before something that protects the account changes. Guesses count as at sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = pin_field(_("Your current PIN or password"), current=True)


class CardCodeForm(forms.Form):
    """The code of a card, typed by hand: spaces, dashes and small letters do not matter."""

    code = forms.CharField(
        label=_("Code on your card"), max_length=60,
        help_text=_("20 letters and digits, in four groups. Capital or small letters make no difference."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
