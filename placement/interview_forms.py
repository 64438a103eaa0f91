"""Times for an interview, as they are typed: a day and an hour in a zone that the form names."""

import secrets
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lms.accounts.forms import ZoneField
from lms.lib.form_problems import problems_beside
from lms.lib.moments import zone
from placement import interviews
from placement.interview_enums import ENDS, InterviewEnd, InterviewHow
from placement.rules import check_place
from placement.services import thread_rules as threads

SLOTS = [f"slot_{number}" for number in range(1, interviews.MOST_SLOTS + 1)]


class WallClockField(forms.DateTimeField):
    """A day and an hour by the clock of a place that another field names: without a zone."""

    def to_python(self, value: Any) -> datetime | None:
        typed: datetime | None = None if value in self.empty_values else forms.fields.BaseTemporalField.to_python(
            self, value
        )  # fmt: skip
        return typed


class ProposalForm(forms.Form):
    """Up to five times. Empty ones are left out; ``key`` names this showing of the form."""

    minutes = forms.TypedChoiceField(
        label=_("How long"), coerce=int, initial=30,
        choices=[(15, "15 min"), (30, "30 min"), (45, "45 min"), (60, "60 min"), (90, "90 min")],
    )  # fmt: skip
    how = forms.ChoiceField(label=_("How"), choices=InterviewHow.choices, widget=forms.RadioSelect, initial="phone")
    where = forms.CharField(
        label=_("Where"), max_length=300, required=False,
        help_text=_("The address, the link of the video call, or who calls whom. It is shown to this person only."),
    )  # fmt: skip
    message = forms.CharField(
        label=_("A few words with it"), max_length=threads.LONGEST, required=False, widget=forms.Textarea({"rows": 3})
    )
    zone = ZoneField(
        label=_("Town whose local time this is"), max_length=40,
        help_text=_("The candidate sees these times in their own local time, with the name of the town."),
    )  # fmt: skip
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    field_order = (*SLOTS, "zone", "minutes", "how", "where", "message", "key")

    def __init__(self, *args: Any, time_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(SLOTS, start=1):
            self.fields[name] = WallClockField(
                label=_("Day and time %(number)s") % {"number": number}, required=False,
                input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
                widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            )  # fmt: skip
            self.fields[name].sometimes = number == 1  # type: ignore[attr-defined]
        self.order_fields(self.field_order)
        self.initial.setdefault("zone", time_zone or settings.TIME_ZONE)
        self.initial.setdefault("key", secrets.token_urlsafe(9))

    def slots(self) -> list[tuple[str, datetime]]:
        """The times that were typed, by the name of their field, as hours of the chosen place."""
        place = zone(self.cleaned_data.get("zone", "")) or ZoneInfo(settings.TIME_ZONE)
        typed = ((name, self.cleaned_data.get(name)) for name in SLOTS)
        return [(name, at.replace(tzinfo=place)) for name, at in typed if at]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        slots = self.slots()
        with problems_beside(self):
            check_place(where=data.get("where", ""))
        with problems_beside(self):
            interviews.check_hours(dict(slots))
        if not any(name in self.errors for name in (*SLOTS, "zone")):
            with problems_beside(self, slots=SLOTS[0]):
                interviews.check_proposal(
                    starts=[at for _name, at in slots], minutes=data.get("minutes") or interviews.SHORTEST,
                    how=data.get("how", ""), where=data.get("where", ""),
                )  # fmt: skip
        return data


class ChoiceForm(forms.Form):
    """The learner takes a time, or says that none suits and when one would."""

    slot = forms.IntegerField(required=False)
    text = forms.CharField(
        label=_("No time suits? Say when you can."), required=False, max_length=threads.LONGEST,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip


class CancelForm(forms.Form):
    text = forms.CharField(
        label=_("Why it is cancelled"), max_length=threads.LONGEST, widget=forms.Textarea({"rows": 2})
    )


class EndForm(forms.Form):
    """The buttons of "did it take place?"."""

    end = forms.ChoiceField(choices=[(word, InterviewEnd(word).label) for word in ENDS])
