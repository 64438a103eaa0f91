"""The form of a learner's mobile data."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.accounts.enums import DataSaver
from lms.accounts.models import User


class MobileDataForm(forms.ModelForm):
    data_saver = forms.ChoiceField(
        label=_("Pictures in the lessons"), choices=DataSaver.choices, required=False, widget=forms.RadioSelect
    )

    class Meta:
        model = User
        fields = ("data_saver",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["data_saver"].sometimes = True  # type: ignore[attr-defined]  # the first choice is the empty one
