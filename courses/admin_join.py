"""A group's code in the admin: made, shown, printed, ended."""

import segno
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses import join_codes
from courses.cohorts import cohorts_of
from lms.accounts.http import SignedInRequest
from lms.lib.http import private


class JoinCodeForm(forms.Form):
    days = forms.IntegerField(
        label=gettext_lazy("Days it works"), min_value=1, max_value=join_codes.LONGEST_DAYS, initial=14
    )
    places = forms.IntegerField(
        label=gettext_lazy("How many may join"), min_value=1, max_value=join_codes.MOST_PLACES, initial=30
    )


@private
def join_code(request: SignedInRequest, pk: int) -> HttpResponse:
    """A page to print or to show on a wall, with what makes a new code and what ends it."""
    cohort = get_object_or_404(cohorts_of(request.user), pk=pk)
    is_closing = request.POST.get("close") == "1"
    form = JoinCodeForm(request.POST if request.method == "POST" and not is_closing else None)
    if is_closing:
        join_codes.close_code(cohort=cohort, by=request.user)
        messages.success(request, _("The code no longer works. Who joined with it stays in the group."))
        return redirect("courses_cohort", pk)
    if request.method == "POST" and form.is_valid():
        join_codes.open_code(cohort=cohort, by=request.user, **form.cleaned_data)
        return redirect("courses_cohort_code", pk)
    context = {"cohort": cohort, "form": form, "is_open": join_codes.is_open(cohort)}
    if context["is_open"]:
        where = join_codes.address(cohort)
        context |= {"code": join_codes.printed(cohort.join_code or ""), "qr": picture(where)}
        context |= {"address": where.partition("//")[2].rpartition(cohort.join_code or "")[0]}
    return render(request, "courses/admin/join_code.html", context)


def picture(address: str) -> str:
    """As a data address: nothing with a code is ever a file."""
    return str(segno.make_qr(address, error="m").png_data_uri(scale=8, border=4))
