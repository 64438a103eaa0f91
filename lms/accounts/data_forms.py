"""The form of a learner's mobile data."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.accounts import rules
from lms.accounts.enums import DataSaver
from lms.accounts.models import User
from lms.lib.form_problems import problems_beside

LARGEST = 1_000_000


def whole_number(label: Any, help_text: Any) -> forms.IntegerField:
    widget = forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(
        label=label, help_text=help_text, required=False, min_value=1, max_value=LARGEST, widget=widget
    )


class MobileDataForm(forms.ModelForm):
    data_saver = forms.ChoiceField(
        label=_("Pictures in the lessons"), choices=DataSaver.choices, required=False, widget=forms.RadioSelect
    )
    bundle_price = whole_number(_("What I pay for my data bundle"), _("In your money. For example: 500"))
    bundle_megabytes = whole_number(_("How many MB I get for it"), _("1 GB is 1000 MB. For example: 1500"))

    class Meta:
        model = User
        fields = ("data_saver", "bundle_price", "bundle_megabytes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["data_saver"].sometimes = True  # type: ignore[attr-defined]  # the first choice is the empty one

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            with problems_beside(self):
                rules.check_bundle(price=data["bundle_price"], megabytes=data["bundle_megabytes"])
        return data
