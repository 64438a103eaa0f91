"""The screen that copies a course."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from courses import rules
from courses.copying import copy_course
from courses.models import Course
from lms.accounts.http import SignedInRequest
from lms.lib.form_problems import problems_beside, problems_of_field
from lms.lib.http import private


class CopyForm(forms.Form):
    code = forms.SlugField(
        label=gettext_lazy("code of the new course"),
        max_length=60,
        help_text=gettext_lazy("For addresses and files: lower-case letters, digits and hyphens."),
    )
    with_banks = forms.BooleanField(
        label=gettext_lazy("Copy the question banks too"),
        required=False,
        help_text=gettext_lazy("Otherwise the new course draws from the same banks."),
    )

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language, title in course.titles.items():
            name = get_language_info(language)["name_local"]
            self.fields[f"title_{language}"] = forms.CharField(
                label=_("Title (%(language)s)") % {"language": name},
                max_length=200,
                initial=_("%(title)s (copy)") % {"title": title},
            )
        self.order_fields(["code", *(f"title_{language}" for language in course.titles), "with_banks"])

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        with problems_of_field():
            rules.check_new_code(code)
        return code

    @property
    def titles(self) -> dict[str, str]:
        return {name[6:]: text for name, text in self.cleaned_data.items() if name.startswith("title_")}


@private
def copy(request: SignedInRequest, pk: int) -> HttpResponse:
    """The whole course as a new one, all drafts."""
    course = get_object_or_404(Course, pk=pk)
    if not request.user.has_perm("courses.add_course"):
        raise PermissionDenied
    form = CopyForm(request.POST if request.method == "POST" else None, course=course)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with problems_beside(form):  # the code was taken a moment before
            new = copy_course(
                course=course, code=data["code"], titles=form.titles, by=request.user, with_banks=data["with_banks"]
            )
            text = _("“%(course)s” has been created, as drafts. Check them, then publish.") % {"course": new.title}
            messages.success(request, text)
            page = new.pages.order_by("pk").first()
            return redirect("wagtailadmin_explore", page.pk) if page else redirect(listing())
    context = {"course": course, "form": form, "listing": listing()}
    return render(request, "courses/admin/copy.html", context, status=422 if form.errors else 200)


def listing() -> str:
    return reverse("wagtailsnippets_courses_course:list")
