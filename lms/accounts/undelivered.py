"""E-mails and SMS that did not arrive: who misses what, why, and one button to try again."""

from django.contrib import messages as notes
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from lms.accounts import messages
from lms.accounts.access import manager_only
from lms.accounts.http import SignedInRequest
from lms.accounts.models import Outage
from lms.accounts.services import record

ON_ONE_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@manager_only
def list_undelivered(request: SignedInRequest) -> HttpResponse:
    """POST: ``what`` is "given-up", or "all" for those whose address was refused too."""
    if request.method == "POST":
        with_refused = request.POST.get("what") == "all"
        fields = ["given-up", "refused"] if with_refused else ["given-up"]
        record(actor=request.user, verb="retry-messages", target=request.user, fields=fields)
        count = messages.try_again(with_refused=with_refused)
        text = ngettext("%(count)d message is tried again now.", "%(count)d messages are tried again now.", count)
        notes.success(request, text % {"count": count})
        return redirect("undelivered:list")
    rows = messages.undelivered().select_related("user").order_by("-created_at", "pk")
    title = _("Messages that did not arrive")
    context = {
        "page_obj": Paginator(rows, ON_ONE_PAGE).get_page(request.GET.get("page")),
        "given_up": messages.given_up().count(), "refused": messages.refused().count(),
        "outages": Outage.objects.order_by("channel"),
        "breadcrumbs_items": [{"url": "", "label": title}], "header_title": title,
    }  # fmt: skip
    return render(request, "accounts/admin/undelivered.html", context)
