"""The screen that begins a course's page in a language: its author needs no right to the page above it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from wagtail.models import Locale

from cms.models import HomePage
from courses.access import courses_of
from courses.models import Course
from courses.services import begin_page
from lms.accounts.http import SignedInRequest
from lms.lib.http import private
from lms.lib.translated import pick


class PageForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    summary = forms.CharField(
        label=gettext_lazy("summary"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What the course is about, in one or two sentences. You can change it later."),
    )

    def __init__(self, *args: Any, course: Course, missing: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["locale"] = forms.ModelChoiceField(missing, label=_("Language"), empty_label=None)
        self.order_fields(["locale"])
        first = missing.first()
        with override(first.language_code if first else None):
            self.fields["title"].initial = pick(course.titles)


@private
def pages(request: SignedInRequest, pk: int) -> HttpResponse:
    """The pages that the course has, one for each language, and a form for one that is missing."""
    course = get_object_or_404(Course, pk=pk)
    if not courses_of(request.user, "change").filter(pk=pk).exists():
        raise PermissionDenied
    existing = list(course.pages.select_related("locale").order_by("locale__pk"))
    homes = HomePage.objects.exclude(locale__in=[page.locale_id for page in existing]).values("locale")
    missing = Locale.objects.filter(pk__in=homes).order_by("pk")
    form = PageForm(request.POST if request.method == "POST" else None, course=course, missing=missing)
    if request.method == "POST" and form.is_valid():
        page = begin_page(course=course, by=request.user, **form.cleaned_data)
        messages.success(request, _("The page is a draft. Add modules and lessons, then publish it."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    context = {"course": course, "existing": existing, "form": form if missing else None}
    return render(request, "courses/admin/pages.html", context, status=422 if form.errors else 200)
