"""The forms of recovery words."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lms.accounts import recovery, services
from lms.accounts.forms import pin_field
from lms.accounts.models import User
from lms.lib.form_problems import problems_beside


class RecoverForm(forms.Form):
    """Who they are, their words and a PIN of their choice: one form, so that nothing stands open in between."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None
        attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        self.fields["login"] = forms.CharField(
            label=_("User name or phone number"), max_length=254, widget=forms.TextInput(attrs)
        )
        quiet = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        self.fields["words"] = forms.CharField(
            label=_("Your four words"), max_length=120, widget=forms.TextInput(quiet),
            help_text=_("In the same order. Capitals and accents make no difference."),
        )  # fmt: skip
        self.fields["pin"] = pin_field(_("Your new PIN"))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            with problems_beside(self):
                self.user = recovery.prove_owner(
                    request=self.request, login=data["login"].strip(), typed=data["words"], pin=data["pin"]
                )
        return data


class WordsForm(forms.Form):
    """The PIN, before words are shown: a phone that was lent shows them to nobody else."""

    def __init__(self, *args: Any, user: User, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.request = user, request
        self.fields["current"] = pin_field(_("Your current PIN or password"), current=True)

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        services.check_present_pin(request=self.request, user=self.user, pin=current)
        return current
