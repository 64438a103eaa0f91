"""The programme's checks of employers: those of one, with the form that writes one down; those that end."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lms.accounts.access import needs
from lms.accounts.http import SignedInRequest
from lms.lib.moments import site_day
from placement.check_enums import CheckKind, CheckResult
from placement.check_forms import CheckForm
from placement.employer_checks import checks_of, checks_of_all, ending
from placement.models import Employer
from placement.services import checks

ON_A_PAGE = 30


@needs("placement.change_employer")
def of_employer(request: SignedInRequest, pk: int) -> HttpResponse:
    employer = get_object_or_404(Employer, pk=pk)
    form = CheckForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        checks.note_check(
            employer=employer, kind=CheckKind(data["kind"]), result=CheckResult(data["result"]), note=data["note"],
            done_on=data["done_on"], valid_until=data["valid_until"], by=request.user,
        )  # fmt: skip
        messages.success(request, _("Written down."))
        return redirect("placement_employer_checks", pk)
    log = employer.checks.select_related("actor")
    context = {
        "employer": employer,
        "form": form,
        "checks": checks_of(pk),
        "page": Paginator(log, ON_A_PAGE).get_page(request.GET.get("page")),
        "ends": settings.VETTING_DAYS > 0,
    }
    return render(request, "placement/admin/checks.html", context, status=422 if form.errors else 200)


@require_safe
@needs("placement.change_employer")
def to_renew(request: SignedInRequest) -> HttpResponse:
    """Whose check has ended, or ends soon."""
    page = Paginator(ending(site_day()), ON_A_PAGE).get_page(request.GET.get("page"))
    checked = checks_of_all(row.pk for row in page)
    rows = [(row, checked[row.pk]) for row in page]
    return render(request, "placement/admin/checks_to_renew.html", {"page": page, "rows": rows})
