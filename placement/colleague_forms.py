"""What people of an employer type about who answers for it."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts.enums import Role
from lms.accounts.fields import AddressField
from lms.accounts.forms import pin_field
from lms.accounts.models import User
from lms.accounts.person_names import clean_name


class ColleagueForm(forms.Form):
    email = AddressField(
        label=gettext_lazy("Their work e-mail address"), max_length=254,
        help_text=gettext_lazy("They get a link that works once, for seven days. They join as a member."),
    )  # fmt: skip


class AcceptForm(forms.Form):
    """A new account, for the address to which the invitation was sent."""

    full_name = forms.CharField(label=gettext_lazy("Your first and last name"), max_length=120)

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["full_name"].widget.attrs["autocomplete"] = "name"
        self.fields["password1"] = pin_field(gettext_lazy("Choose a password"))
        self.fields["password1"].help_text = _("At least 10 characters. You see what you type.")

    def clean_full_name(self) -> str:
        return clean_name(self.cleaned_data["full_name"])

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        person = User(role=Role.EMPLOYER, email=self.email, full_name=self.cleaned_data.get("full_name", ""))
        password_validation.validate_password(password, person)
        return password
