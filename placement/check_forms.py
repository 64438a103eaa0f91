"""What programme managers write down of a check of an employer."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lms.lib.form_problems import problems_beside
from lms.lib.moments import site_day
from placement import rules
from placement.check_enums import WRITTEN_DOWN, CheckResult

DAYS_WITHOUT_SETTING = 365  # that a check holds where ``VETTING_DAYS`` is 0


class CheckForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What you checked"), choices=[("", "—"), *((k.value, k.label) for k in WRITTEN_DOWN)]
    )
    result = forms.ChoiceField(label=_("What you found"), choices=[("", "—"), *CheckResult.choices])
    done_on = forms.DateField(label=_("Day of the check"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    valid_until = forms.DateField(
        label=_("Holds until"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave it empty for the usual time. It counts for what is in order."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), required=False, max_length=1000, widget=forms.Textarea({"rows": 3}),
        help_text=_("Which number, whom you spoke to, what you saw. Only the team reads it."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_on"].initial = site_day()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        done_on = data.get("done_on")
        if done_on and not data.get("valid_until") and "valid_until" not in self.errors:
            data["valid_until"] = done_on + timedelta(days=settings.VETTING_DAYS or DAYS_WITHOUT_SETTING)
        with problems_beside(self):
            rules.check_check(
                done_on=done_on, valid_until=data.get("valid_until"), result=data.get("result", ""),
                note=data.get("note", ""),
            )  # fmt: skip
        return data
