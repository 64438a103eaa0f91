"""Groups in the admin: their list, and making one. Every view finds its group through ``cohorts_of``: somebody else's
does not exist.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses import rules
from courses.access import courses_to_take
from courses.cohorts import cohorts_of, enrol_members
from courses.models import Cohort, Course
from lms.accounts.enums import STAFF_ROLES
from lms.accounts.fields import PhoneField
from lms.accounts.http import SignedInRequest
from lms.accounts.models import User
from lms.accounts.services import record
from lms.lib.form_problems import problems_beside
from lms.lib.http import private

COHORTS_PER_PAGE = 50


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
