"""What an employer's people write down about a person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.lib.form_problems import problems_beside
from placement import rules
from placement.services.notes import LONGEST


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note for your colleagues"), max_length=LONGEST, widget=forms.Textarea({"rows": 3}),
        help_text=_(
            "Your organisation reads it, and this person in the copy of their data. "
            "Write about work, never about age, family, health or religion."
        ),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        with problems_beside(self):
            rules.check_note(text=data.get("text", ""))
        return data
