"""What the two sides of a referral type to each other."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.lib.form_problems import problems_of_field
from placement.services import thread_rules as threads


class MessageForm(forms.Form):
    """One message. ``key`` names this showing of the form: sent twice it counts once."""

    text = forms.CharField(
        label=_("Your message"), required=False, strip=False,
        widget=forms.Textarea({"rows": 4, "maxlength": threads.LONGEST, "required": True}),
    )  # fmt: skip
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].sometimes = True  # type: ignore[attr-defined]
        self.initial.setdefault("key", secrets.token_urlsafe(9))

    def clean_text(self) -> str:
        with problems_of_field():
            return threads.clean_text(self.cleaned_data["text"])
