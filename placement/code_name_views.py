"""Who is behind a code name: for programme managers, when an employer calls."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lms.accounts.access import needs
from lms.accounts.http import SignedInRequest
from lms.accounts.services import record
from placement.services.code_names import code_names_written, people_called

SHOWN = 50


@require_safe
@needs("placement.view_referral")
def look_up(request: SignedInRequest) -> HttpResponse:
    """Whoever has or had this name with any employer. Each look-up that finds somebody is written down."""
    text = request.GET.get("name", "").strip()
    names, people = (list(code_names_written(text)[:SHOWN]), list(people_called(text)[:1])) if text else ([], [])
    for profile in dict.fromkeys([*people, *(row.profile for row in names)]):
        record(actor=request.user, verb="look-up-code-name", target=profile)
    context = {"text": text, "names": names, "people": people}
    return render(request, "placement/admin/code_names.html", context)
