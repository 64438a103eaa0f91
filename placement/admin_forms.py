"""What programme managers type on their own screens of the admin."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cms.forms import RowsForm
from lms.accounts.fields import AddressField
from lms.accounts.forms import language_field
from lms.accounts.person_names import clean_name
from lms.lib.form_problems import problems_beside
from placement import rules
from placement.duplicates import check_new
from placement.enums import Vetting
from placement.models import Employer


class EmployerForm(RowsForm):
    """A new employer is saved once whoever writes it has seen those that may be the same."""

    is_another = forms.BooleanField(
        label=gettext_lazy("It is another employer than those shown"), required=False,
        help_text=gettext_lazy("Only for a new employer, when others that look the same are shown here."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        names = ("name", "registration", "website", "contact_email")
        draft = Employer(**{name: data.get(name) or "" for name in names})
        with problems_beside(self):
            check_new(draft, is_new=self.instance.pk is None, is_another=bool(data.get("is_another")))
        return data


class VettingForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note on the check"), required=False, widget=forms.Textarea({"rows": 6}),
        help_text=gettext_lazy("What you checked: registration, website, phone call. Only the team reads it."),
    )  # fmt: skip
    tell = forms.BooleanField(
        label=gettext_lazy("If the answer is no, tell them by e-mail"), required=False, initial=True,
        help_text=gettext_lazy("The e-mail gives no reason. Untick this when the request was not serious."),
    )  # fmt: skip

    def __init__(self, *args: Any, employer: Employer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if employer.vetting != Vetting.WAITING or not employer.contact_email:
            del self.fields["tell"]


class DecisionForm(forms.Form):
    """About a text that waits; words are needed for what is not let pass."""

    to = forms.ChoiceField(choices=[("approve", "approve"), ("send-back", "send-back"), ("refuse", "refuse")])
    note = forms.CharField(
        label=gettext_lazy("Your message to the employer"), required=False, max_length=1000,
        widget=forms.Textarea({"rows": 2}), help_text=gettext_lazy("Needed if you send it back or refuse it."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        with problems_beside(self):
            rules.check_decision(approves=data.get("to", "approve") == "approve", note=data.get("note") or "")
        return data


class InviteForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = AddressField(label=gettext_lazy("Work e-mail address"), max_length=254)
    language = language_field()

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])
