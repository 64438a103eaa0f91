"""The page of employers that do not answer: who waits for whom since when, and how the employer is reached."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from lms.accounts.access import needs
from lms.accounts.http import SignedInRequest
from placement.desk import LONG_SILENT, SILENT, silent_employers
from placement.models import EmployerContact

ON_A_PAGE = 30
CONTACTS = 3  # shown of an employer


@require_safe
@needs("placement.view_referral")
def silent(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    is_long = request.GET.get("for") == str(LONG_SILENT.days)
    rows = silent_employers(now, age=LONG_SILENT if is_long else SILENT)
    contacts = EmployerContact.objects.filter(user__is_active=True).select_related("user").order_by("pk")[:CONTACTS]
    people = rows.select_related("profile__user", "opportunity__employer").prefetch_related(
        Prefetch("opportunity__employer__contacts", contacts, to_attr="active_contacts")
    )
    context = {
        "page": Paginator(people, ON_A_PAGE).get_page(request.GET.get("page")), "is_long": is_long,
        "ages": [at_least(SILENT), at_least(LONG_SILENT)], "more_days": LONG_SILENT.days,
    }  # fmt: skip
    return render(request, "placement/admin/silent.html", context)


def at_least(age: timedelta) -> str:
    return ngettext("%(days)d day or more", "%(days)d days or more", age.days) % {"days": age.days}
