"""Giving learners one more attempt or more time: one of them from their page, or the chosen ones of a group."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from assessments.access import enrolments_to_help
from assessments.enums import AllowanceKind
from assessments.models import Allowance, Assessment, AssessmentPage
from assessments.rules import check_minutes
from assessments.services.allowances import MOST_MINUTES, give, take_back
from courses.cohorts import cohorts_of, members_of
from courses.models import Course, Enrolment
from courses.outline import shared_outline
from lms.accounts.access import team_only
from lms.accounts.http import SignedInRequest
from lms.accounts.models import User
from lms.accounts.visibility import visible_to
from lms.lib.form_problems import problems_beside
from lms.lib.http import private
from lms.lib.numbers import read_numbers

PEOPLE_AT_ONCE, COURSES_OFFERED, SHOWN = 50, 20, 50
PEOPLE_LENGTH = 12 * PEOPLE_AT_ONCE
Offered = dict[str, tuple[Course, Assessment]]


def offered_in(courses: Iterable[Course]) -> Offered:
    """Assessments of these courses that have a limit, by what the form sends."""
    outlines = {course: outline for course in courses if (outline := shared_outline(course)) is not None}
    keys = {step.key for outline in outlines.values() for step in outline.steps if not step.is_lesson}
    pages = AssessmentPage.objects.live().filter(translation_key__in=keys).select_related("assessment")
    by_key = {page.translation_key: page.assessment for page in pages}
    found: Offered = {}
    for course, outline in outlines.items():
        for step in outline.steps:
            rules = by_key.get(step.key)
            if rules is not None and (rules.max_attempts or rules.time_limit_minutes):
                found[f"{course.pk}-{rules.pk}"] = (course, rules)
    return found


class AllowanceForm(forms.Form):
    """What is given, at which assessment, and why."""

    people = forms.CharField(widget=forms.HiddenInput, max_length=PEOPLE_LENGTH, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)
    assessment = forms.ChoiceField(label=gettext_lazy("Assessment"))
    kind = forms.ChoiceField(
        label=gettext_lazy("What you give"), choices=AllowanceKind.choices, widget=forms.RadioSelect
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("How many minutes"), required=False, min_value=1, max_value=MOST_MINUTES,
        help_text=gettext_lazy("For more time: added to the attempt that is open, else to the next one."),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200,
        help_text=gettext_lazy(
            "For the team, and in the copy of their data. Write what happened, such as a power cut; nothing about "
            "health."
        ),
    )  # fmt: skip

    def __init__(self, offered: Offered, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        field: Any = self.fields["assessment"]
        field.choices = [(value, f"{course} · {rules}") for value, (course, rules) in offered.items()]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "minutes" not in self.errors:
            with problems_beside(self):
                check_minutes(kind=data.get("kind", ""), minutes=data.get("minutes"))
        return data

    def people_asked(self) -> list[int]:
        return read_numbers(self.cleaned_data.get("people", "").split(","))[:PEOPLE_AT_ONCE]

    def give_to(self, enrolment: Enrolment, by: User) -> Allowance:
        """Raises ValidationError."""
        data, (_course, rules) = self.cleaned_data, self.offered[self.cleaned_data["assessment"]]
        return give(
            enrolment=enrolment, assessment=rules, kind=AllowanceKind(data["kind"]), minutes=data["minutes"] or 0,
            reason=data["reason"], key=data["key"], by=by,
        )  # fmt: skip


@team_only
def of_learner(request: SignedInRequest, pk: int) -> HttpResponse:
    """What one learner was given, and the form to give more."""
    learner = get_object_or_404(visible_to(request.user), pk=pk)
    enrolments = enrolments_to_help(request.user).filter(user=learner).select_related("course")
    by_course = {row.course_id: row for row in enrolments.order_by("-last_active_at", "pk")[:COURSES_OFFERED]}
    offered = offered_in([row.course for row in by_course.values()])
    form = AllowanceForm(offered, request.POST if request.method == "POST" else None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        course, _rules = offered[form.cleaned_data["assessment"]]
        try:
            form.give_to(by_course[course.pk], request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Given. The learner is told on the site."))
            return redirect("learner_allowances", pk)
    context = {
        "learner": learner, "form": form if offered else None, "allowances": given_to(enrolments),
        "header_title": str(learner),
        "breadcrumbs_items": [
            {"url": reverse("learners:list"), "label": _("Learners")},
            {"url": reverse("courses_learner", args=[pk]), "label": str(learner)},
            {"url": "", "label": _("More attempts and time")},
        ],
    }  # fmt: skip
    return render(request, "assessments/admin/allowances.html", context, status=422 if form.errors else 200)


def given_to(enrolments: Any) -> list[Allowance]:
    """The newest first, of the courses in which the reader helps them."""
    rows = Allowance.objects.filter(enrolment__in=enrolments.values("pk"))
    return list(
        rows.select_related("assessment", "by", "attempt", "taken_back_by").order_by("-given_at", "-pk")[:SHOWN]
    )


@require_POST
@team_only
def take_it_back(request: SignedInRequest, pk: int, allowance_id: int) -> HttpResponse:
    rows = Allowance.objects.filter(enrolment__in=enrolments_to_help(request.user).filter(user=pk).values("pk"))
    try:
        take_back(allowance=get_object_or_404(rows, pk=allowance_id), by=request.user)
    except ValidationError as refusal:
        messages.warning(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Taken back. The learner is told on the site."))
    return redirect("learner_allowances", pk)


@require_POST
@private
def to_group(request: SignedInRequest, pk: int) -> HttpResponse:
    """First with those who are ticked: an empty form. Then with what they get: each who cannot have it is named."""
    cohort = get_object_or_404(cohorts_of(request.user), pk=pk)
    offered = offered_in(cohort.courses.all())
    if "key" not in request.POST:
        asked = read_numbers(request.POST.getlist("learner"))[:PEOPLE_AT_ONCE]
        people = list(members_of(cohort).filter(pk__in=asked))
        code = request.POST.get("course", "")
        first = next((value for value, (course, _rules) in offered.items() if course.code == code), "")
        words = ",".join(str(user.pk) for user in people)
        form = AllowanceForm(offered, initial={"key": uuid.uuid4(), "people": words, "assessment": first})
        return group_page(request, cohort, form, people)
    form = AllowanceForm(offered, request.POST)
    if not form.is_valid():
        people = list(members_of(cohort).filter(pk__in=form.people_asked()))
        return group_page(request, cohort, form, people, status=422)
    give_to_all(request, form, list(members_of(cohort).filter(pk__in=form.people_asked())))
    return redirect("courses_cohort", pk)


def group_page(
    request: SignedInRequest, cohort: Any, form: AllowanceForm, people: Sequence[User], status: int = 200
) -> HttpResponse:
    context = {"cohort": cohort, "form": form if form.offered else None, "people": people}
    return render(request, "assessments/admin/allowances_of_group.html", context, status=status)


def give_to_all(request: SignedInRequest, form: AllowanceForm, people: Sequence[User]) -> None:
    course, _rules = form.offered[form.cleaned_data["assessment"]]
    rows = enrolments_to_help(request.user).filter(course=course, user__in=people).select_related("user", "course")
    enrolments, given = {row.user_id: row for row in rows}, 0
    for user in people:
        try:
            if user.pk not in enrolments:
                raise ValidationError(_("Is not on this course yet."))
            form.give_to(enrolments[user.pk], request.user)
            given += 1
        except ValidationError as refusal:
            words = {"name": user, "why": " ".join(refusal.messages)}
            messages.warning(request, _("Not for %(name)s: %(why)s") % words)
    if given:
        text = ngettext("Given to %(count)d person, who is told on the site.",
                        "Given to %(count)d people, who are told on the site.", given)  # fmt: skip
        messages.success(request, text % {"count": given})
