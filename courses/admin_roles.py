"""Who works on a course: a screen for programme managers, and for the authors of the course."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from courses import roles
from courses.enums import CourseRoleKind
from courses.models import Course, CourseRole
from lms.accounts.enums import Role
from lms.accounts.http import SignedInRequest
from lms.accounts.models import User
from lms.accounts.services import ALL_COURSES
from lms.lib.form_problems import NO_BUTTON
from lms.lib.http import private


class RoleForm(forms.Form):
    user: Any = forms.ModelChoiceField(label=gettext_lazy("Trainer"), queryset=User.objects.none())
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=CourseRoleKind.choices,
        initial=CourseRoleKind.AUTHOR,
        help_text=gettext_lazy(
            "An author writes and publishes. A reviewer reads everything and proposes corrections, which an author "
            "publishes."
        ),
    )

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = roles.eligible_trainers(course)  # type: ignore[attr-defined]
        self.fields["user"].label_from_instance = lambda user: f"{user.get_full_name()} ({user.username})"  # type: ignore[attr-defined]


@private
def course_people(request: SignedInRequest, pk: int) -> HttpResponse:
    """Authors and reviewers of one course, and one more."""
    course = get_object_or_404(Course, pk=pk)
    form = RoleForm(request.POST or None, course=course)
    if request.method == "POST":
        form = RoleForm(request.POST, course=course)
        if form.is_valid():
            user, role = form.cleaned_data["user"], CourseRoleKind(form.cleaned_data["role"])
            roles.give_role(course=course, user=user, role=role, by=request.user)
            text = _("%(name)s now works on this course.") % {"name": user.get_full_name()}
            messages.success(request, text)
            return redirect("courses_people", pk)
    people = CourseRole.objects.filter(course=course).select_related("user").order_by("role", "user__sort_key")
    context = {
        "course": course,
        "people": people,
        "form": form,
        "has_eligible": roles.eligible_trainers(course).exists(),
    }
    return render(request, "courses/admin/people.html", context, status=422 if form.errors else 200)


@require_POST
@private
def course_person_remove(request: SignedInRequest, pk: int, user_id: int) -> HttpResponse:
    """An author may not take their own role, or nobody might be left who can give it back."""
    course = get_object_or_404(Course, pk=pk)
    if user_id == request.user.pk:
        messages.error(request, _("Ask a programme manager to remove your own role."))
    elif roles.remove_role(course=course, user_id=user_id, by=request.user):
        messages.success(request, _("This person no longer works on the course. What they wrote stays."))
    return redirect("courses_people", pk)


@private
def all_courses(request: SignedInRequest) -> HttpResponse:
    """Which trainers may work on every course; each course's own people are one step away."""
    if not request.user.is_manager:
        raise PermissionDenied
    trainers = User.objects.filter(role=Role.TRAINER, is_active=True, is_superuser=False).order_by(
        "sort_key", "username"
    )
    if request.method == "POST":
        trainer = get_object_or_404(trainers, pk=key_from(request.POST.get("user", "")))
        allowed = request.POST.get("allow") == "1"
        if not allowed and request.POST.get("take") != "1":
            messages.warning(request, NO_BUTTON)
            return redirect("courses_all_people")
        roles.set_all_courses(user=trainer, allowed=allowed, by=request.user)
        text = (
            _("%(name)s can now work on all courses.")
            if allowed
            else _("%(name)s can now work only on courses in which they have a role.")
        )
        messages.success(request, text % {"name": trainer.get_full_name()})
        return redirect("courses_all_people")
    holders = set(User.objects.filter(groups__name=ALL_COURSES).values_list("pk", flat=True))
    rows = [
        (trainer, trainer.pk in holders, [role.course for role in trainer.course_roles.all()])
        for trainer in trainers.prefetch_related("course_roles__course")
    ]
    courses = Course.objects.prefetch_related("roles__user")
    return render(request, "courses/admin/all_people.html", {"rows": rows, "courses": courses})


def key_from(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0
