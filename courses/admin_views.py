"""Groups in the admin. Every view finds its group through ``cohorts_of``: somebody else's does not exist."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from courses import rules
from courses.access import courses_to_take
from courses.cohorts import Table, add_members, cohorts_of, enrol_members, members_of, progress_table, remove_member
from courses.models import Cohort, Course
from lms.accounts.enums import STAFF_ROLES
from lms.accounts.fields import PhoneField
from lms.accounts.http import SignedInRequest
from lms.accounts.models import User
from lms.accounts.services import record
from lms.lib.form_problems import problems_beside
from lms.lib.http import private
from lms.lib.moments import reader_day
from lms.lib.tables import csv_response

COHORTS_PER_PAGE, MEMBERS_PER_PAGE = 50, 100
MEMBERS_PER_FILE = 1000


class CohortForm(forms.ModelForm):
    class Meta:
        model = Cohort
        fields = ["name", "place", "contact_whatsapp", "contact_phone", "courses", "trainers", "starts_on", "ends_on"]
        widgets = {
            "courses": forms.CheckboxSelectMultiple,
            "trainers": forms.CheckboxSelectMultiple,
            "starts_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "ends_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user: User = kwargs.pop("user")
        super().__init__(*args, **kwargs)
        for name in ("contact_whatsapp", "contact_phone"):
            field = self.fields[name]
            self.fields[name] = PhoneField(label=field.label, help_text=field.help_text, required=False)
        courses = self.fields["courses"]
        if isinstance(courses, forms.ModelChoiceField):
            taken = self.instance.courses.values("pk") if self.instance.pk else []
            courses.queryset = Course.objects.filter(
                Q(pk__in=courses_to_take(self.user).values("pk")) | Q(pk__in=taken)
            )
        trainers = self.fields["trainers"]
        if isinstance(trainers, forms.ModelMultipleChoiceField):
            trainers.queryset = User.objects.filter(role__in=STAFF_ROLES, is_active=True).order_by("sort_key")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        with problems_beside(self):
            rules.check_days(data.get("starts_on"), data.get("ends_on"))
        return data


class MembersForm(forms.Form):
    names = forms.CharField(
        label=gettext_lazy("Add learners"),
        help_text=gettext_lazy("User names or phone numbers, one per line. They get the group’s courses at once."),
        widget=forms.Textarea({"rows": 4}),
        max_length=10_000,
    )

    def clean_names(self) -> list[str]:
        return list(dict.fromkeys(filter(None, map(str.strip, re.split(r"[\n,;]", self.cleaned_data["names"])))))


@require_safe
@private
def cohort_list(request: SignedInRequest) -> HttpResponse:
    cohorts = cohorts_of(request.user).prefetch_related("courses", "trainers")
    page = Paginator(cohorts, COHORTS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "courses/admin/cohort_list.html", {"cohorts": page.object_list, "page_obj": page})


@private
def cohort_edit(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Make a group, or change one. Whoever makes a group is among its trainers."""
    if not request.user.is_team:
        raise Http404
    cohort = get_object_or_404(cohorts_of(request.user), pk=pk) if pk else None
    initial = {} if cohort else {"trainers": [request.user.pk]}
    form = CohortForm(
        request.POST if request.method == "POST" else None, instance=cohort, initial=initial, user=request.user
    )
    if request.method == "POST" and form.is_valid():
        before = set(cohort.courses.values_list("pk", flat=True)) if cohort else set()
        saved = form.save()
        if cohort is None and not request.user.is_manager:
            saved.trainers.add(request.user)
        record(actor=request.user, verb="save-cohort", target=saved, fields=form.changed_data)
        enrol_members(cohort=saved, courses=list(saved.courses.exclude(pk__in=before)))
        messages.success(request, _("The group is saved."))
        return redirect("courses_cohort", saved.pk)
    return render(request, "courses/admin/cohort_form.html", {"form": form, "cohort": cohort})


@private
def cohort_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who has done what, course by course; adding learners; the same as CSV."""
    cohort = get_object_or_404(cohorts_of(request.user), pk=pk)
    form = MembersForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found, unknown = add_members(cohort=cohort, names=form.cleaned_data["names"], by=request.user)
        if found:
            text = ngettext("%d learner is in the group.", "%d learners are in the group.", len(found))
            messages.success(request, text % len(found))
        if not unknown:
            return redirect("courses_cohort", pk)
        form = MembersForm({"names": "\n".join(unknown)})
        form.add_error(
            "names", _("Not found among your learners: %s. Create their accounts first.") % ", ".join(unknown)
        )
    courses = list(cohort.courses.all())
    chosen = choose(courses, request.GET.get("course", ""))
    is_file = request.GET.get("format") == "csv"
    page = Paginator(members_of(cohort), MEMBERS_PER_FILE if is_file else MEMBERS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    members = list(page.object_list)
    table = progress_table(cohort, chosen, members) if chosen else None
    if table is not None and is_file:
        return export(cohort, table, page)
    context = {"cohort": cohort, "courses": courses, "chosen": chosen, "table": table, "form": form}
    files = range(1, Paginator(members_of(cohort), MEMBERS_PER_FILE).num_pages + 1)
    return render(
        request, "courses/admin/cohort.html", context | {"members": members, "page_obj": page, "files": files}
    )


@require_POST
@private
def cohort_remove(request: SignedInRequest, pk: int, user_id: int) -> HttpResponse:
    cohort = get_object_or_404(cohorts_of(request.user), pk=pk)
    if remove_member(cohort=cohort, user_id=user_id, by=request.user):
        messages.success(request, _("This person is no longer in the group. What they learnt is kept."))
    return redirect("courses_cohort", pk)


def choose(courses: list[Course], code: str) -> Course | None:
    return next((course for course in courses if course.code == code), courses[0] if courses else None)


def export(cohort: Cohort, table: Table, page: Page[User]) -> HttpResponse:
    """The table as CSV: one line a learner, one column a step. A very large group has several files."""
    header = [_("Name"), _("User name"), _("Steps done"), _("Last active"), _("Finished on")]
    rows = [
        [
            line.user.get_full_name(),
            line.user.username,
            line.done,
            reader_day(line.last_act) if line.last_act else "",
            reader_day(line.enrolment.completed_at) if line.enrolment and line.enrolment.completed_at else "",
            *("1" if mark else "" for mark in line.marks),
        ]
        for line in table.lines
    ]
    titles = [step.title for step in table.outline.steps]
    part = f" {page.number}" if page.paginator.num_pages > 1 else ""
    return csv_response(f"{cohort.name} {table.course.code}{part}", [*header, *titles], rows)
