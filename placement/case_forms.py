"""What programme managers type about a case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from placement.case_enums import CaseOutcome
from placement.models import Case, Referral
from placement.services import cases

Area = forms.Textarea({"rows": 3})


class NoteForm(forms.Form):
    text = forms.CharField(label=_("Note for the team"), max_length=2000, widget=Area)


class ReplyForm(forms.Form):
    referral = forms.ModelChoiceField(Referral.objects.none(), label=_("Person who reported"), empty_label=None)
    text = forms.CharField(
        label=_("Your reply, in plain words"), max_length=1000, widget=Area,
        help_text=_("They are told that there is a reply, and read it once signed in."),
    )  # fmt: skip

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["referral"]
        field.queryset = cases.reporters(case)
        field.label_from_instance = lambda row: f"{row.profile.user} ({row.opportunity})"


class CallForm(forms.Form):
    referral = forms.ModelChoiceField(Referral.objects.none(), label=_("Person called"), empty_label=None)
    text = forms.CharField(label=_("What they told you, and what you do about it"), max_length=2000, widget=Area)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["referral"]
        field.queryset = cases.to_call(case)
        field.label_from_instance = lambda row: str(row.profile.user)


class SuspensionForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"), max_length=1000, widget=Area,
        help_text=_("The people of this employer read it. Do not name who reported."),
    )  # fmt: skip


class LiftingForm(forms.Form):
    reason = forms.CharField(
        label=_("What has been put right"), max_length=1000, widget=Area,
        help_text=_("The people of this employer read it."),
    )  # fmt: skip


class CloseForm(forms.Form):
    outcome = forms.ChoiceField(label=_("What was found, or done"), choices=[("", "—"), *CaseOutcome.choices])
    text = forms.CharField(
        label=_("What those who reported will read"), max_length=1000, widget=Area,
        help_text=_("In plain words: what you found out and what has been done. It goes to each of them."),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput)
