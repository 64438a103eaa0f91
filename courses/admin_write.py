"""Writing to learners of a group: those who are ticked, or all who are shown. The run's page is the preview."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_POST

from courses import group_messages, rules
from courses.cohorts import cohorts_of, members_of
from courses.following import chosen, follow
from courses.models import Cohort
from courses.standing import Status
from lms.accounts.http import SignedInRequest
from lms.lib.comparison import storable
from lms.lib.form_problems import problems_beside
from lms.lib.http import private
from lms.lib.numbers import read_numbers

PEOPLE_LENGTH = 12 * group_messages.MAX_PEOPLE  # characters of as many keys


class WriteForm(forms.Form):
    """A text in each language of the site; one of them is enough."""

    people = forms.CharField(widget=forms.HiddenInput, max_length=PEOPLE_LENGTH)
    key = forms.UUIDField(widget=forms.HiddenInput)
    by_email = forms.BooleanField(label=gettext_lazy("By e-mail too, where there is an address"), required=False)
    by_sms = forms.BooleanField(label=gettext_lazy("By SMS too, where there is a number"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in settings.LANGUAGES:
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("Text (%(language)s)") % {"language": name}, required=False,
                max_length=group_messages.MAX_LENGTH, widget=forms.Textarea({"rows": 4, "lang": code}),
                help_text=_("{name} is replaced by each person’s name."),
            )  # fmt: skip
        if not group_messages.has_sms():
            del self.fields["by_sms"]
        self.order_fields(["people", "key", *(f"text_{code}" for code, _name in settings.LANGUAGES)])

    def clean_people(self) -> list[int]:
        return read_numbers(self.cleaned_data["people"].split(","))[: group_messages.MAX_PEOPLE]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        with problems_beside(self):
            rules.check_texts(self.texts(), field=f"text_{settings.LANGUAGE_CODE}")
        return data

    def texts(self) -> dict[str, str]:
        found = {code: self.cleaned_data.get(f"text_{code}", "").strip() for code, _name in settings.LANGUAGES}
        return {code: text for code, text in found.items() if text}


@require_POST
@private
def write(request: SignedInRequest, pk: int) -> HttpResponse:
    """First with those who are chosen: an empty form. Then with the text: a run that waits for the last word."""
    cohort = get_object_or_404(cohorts_of(request.user), pk=pk)
    if "key" not in request.POST:
        ids = chosen_ids(request, cohort)
        form = WriteForm(initial=first_texts(request) | {"people": ",".join(map(str, ids)), "key": uuid.uuid4()})
        return page(request, cohort, form, len(ids))
    form = WriteForm(request.POST)
    if not form.is_valid():
        return page(request, cohort, form, len(form.cleaned_data.get("people", [])), status=422)
    data = form.cleaned_data
    run = group_messages.start(
        pk=data["key"], cohort=cohort, people=data["people"], texts=form.texts(), by_email=data["by_email"],
        by_sms=data.get("by_sms", False), by=request.user,
    )  # fmt: skip
    return redirect("runs:run", run.pk)


def page(request: SignedInRequest, cohort: Cohort, form: WriteForm, number: int, status: int = 200) -> HttpResponse:
    return render(
        request, "courses/admin/write.html", {"cohort": cohort, "form": form, "number": number}, status=status
    )


def chosen_ids(request: SignedInRequest, cohort: Cohort) -> list[int]:
    """Who is ticked; with ``all`` everybody whom the filter of the page shows."""
    course = cohort.courses.filter(code=storable(request.POST.get("course", ""))).first()
    following = follow(cohort, course) if course is not None and "all" in request.POST else None
    if following is not None:
        people = chosen(
            following, cohort, status=request.POST.get("status", ""), words=storable(request.POST.get("q", ""))[:80]
        )
        return [person.user_id for person in people]
    asked = read_numbers(request.POST.getlist("learner"))[: group_messages.MAX_PEOPLE]
    return list(members_of(cohort).filter(pk__in=asked).values_list("pk", flat=True))


def first_texts(request: SignedInRequest) -> dict[str, str]:
    """The text that fits those whom the filter shows, in each language; none where they are mixed."""
    status = request.POST.get("status", "")
    found = {}
    for code, _name in settings.LANGUAGES if status in Status.values else ():
        with override(code):
            found[f"text_{code}"] = str(group_messages.TEMPLATES[Status(status)])
    return found
