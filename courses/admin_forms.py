"""Forms of the admin."""

import re
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cms.forms import RowsForm
from cms.rows import has_site_right, rows_for
from courses import rules
from courses.access import courses_to_take
from courses.enums import CallOutcome
from courses.learner_notes import LONGEST
from courses.prerequisites import check_in_turn
from lms.lib.form_problems import problems_beside, problems_of_field


def needs_a_course(form: Any) -> None:
    """What a trainer makes belongs to one of their courses; who works on all courses may leave it to the site."""
    field = form.fields.get("course")
    if field is None or form.for_user is None:
        return
    allowed = rows_for(form.for_user, "change", field.queryset.model)
    field.queryset = field.queryset.filter(pk__in=allowed.values("pk")) | field.queryset.filter(
        pk=form.instance.course_id
    )
    field.required = not has_site_right(form.for_user)


class CourseForm(RowsForm):
    """The code stays once addresses hold it, and a course never waits for itself, not even by way of another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "prerequisites" in self.fields and self.for_user is not None:
            self.fields["prerequisites"].queryset = courses_to_take(self.for_user)
        if "prerequisites" in self.fields and self.instance.pk:
            self.fields["prerequisites"].queryset = self.fields["prerequisites"].queryset.exclude(pk=self.instance.pk)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        with problems_of_field():
            rules.check_code(self.instance, code)
        return code

    def clean_prerequisites(self) -> Any:
        chosen = self.cleaned_data["prerequisites"]
        with problems_of_field():
            check_in_turn(self.instance, chosen)
        return chosen


class MembersForm(forms.Form):
    names = forms.CharField(
        label=gettext_lazy("Add learners"),
        help_text=gettext_lazy("User names or phone numbers, one per line. They get the group’s courses at once."),
        widget=forms.Textarea({"rows": 4}),
        max_length=10_000,
    )

    def clean_names(self) -> list[str]:
        return list(dict.fromkeys(filter(None, map(str.strip, re.split(r"[\n,;]", self.cleaned_data["names"])))))


class NoteForm(forms.Form):
    """What a note about a learner says."""

    text = forms.CharField(
        label=gettext_lazy("Note about this person"), max_length=LONGEST, widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy(
            "What was agreed, why somebody was absent. The other trainers of this person read it, and the person in "
            "the copy of their data. Nothing about health, family, origin or religion."
        ),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        with problems_beside(self):
            rules.check_note(text=data.get("text", ""))
        return data


class CallForm(forms.Form):
    """What came of the call of one person; empty where nobody called."""

    call = forms.ChoiceField(
        label=gettext_lazy("What came of it"), required=False, widget=forms.RadioSelect,
        choices=[("", gettext_lazy("not called")), *CallOutcome.choices],
    )  # fmt: skip
    day = forms.DateField(
        label=gettext_lazy("Call back on"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    text = forms.CharField(label=gettext_lazy("What was agreed"), required=False, max_length=LONGEST)

    def details(self) -> list[Any]:
        return [self["day"], self["text"]]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors:
            with problems_beside(self, call_back_on="day"):
                rules.check_call(
                    call=data["call"], call_back_on=data["day"], text=data["text"], known_day=self.initial.get("day")
                )
        return data


class NoteOfCallForm(CallForm):
    """A note of a call that was made, corrected."""

    call = forms.ChoiceField(
        label=gettext_lazy("What came of it"), widget=forms.RadioSelect, choices=CallOutcome.choices
    )


class NewNoteForm(NoteForm):
    key = forms.UUIDField(widget=forms.HiddenInput)


def new_note_form() -> NewNoteForm:
    return NewNoteForm(initial={"key": uuid.uuid4()})
