"""The programme's list of what waits for a decision: texts of employers, oldest first, decided with one button."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.accounts.access import needs
from lms.accounts.http import SignedInRequest
from lms.lib.form_problems import NO_BUTTON
from placement.admin_forms import DecisionForm
from placement.employer_checks import not_holding_among
from placement.models import Review
from placement.services import decisions, reviews
from placement.services.transitions import TransitionError

ON_A_PAGE = 20


@require_safe
@needs("placement.change_opportunity")
def waiting(request: SignedInRequest) -> HttpResponse:
    return show(request)


def show(request: SignedInRequest, form: DecisionForm | None = None, pk: int = 0, status: int = 200) -> HttpResponse:
    """``form`` came back from the row ``pk``: what was typed stays there, with its mistake."""
    page = Paginator(reviews.waiting(), ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [(row, form if form and row.pk == pk else DecisionForm(prefix=str(row.pk))) for row in page]
    unchecked = not_holding_among(row.opportunity.employer_id for row in page)
    context = {"page": page, "rows": rows, "unchecked": unchecked}
    return render(request, "placement/admin/reviews.html", context, status=status)


@require_POST
@needs("placement.change_opportunity")
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    review = get_object_or_404(Review.objects.select_related("opportunity__employer", "referral"), pk=pk)
    form = DecisionForm(request.POST, prefix=str(pk))
    if not form.is_valid():
        if "to" in form.errors:
            messages.warning(request, NO_BUTTON)
        return show(request, form, pk, status=422)
    note = form.cleaned_data["note"]
    try:
        if form.cleaned_data["to"] == "approve":
            decisions.approve(review=review, by=request.user)
            messages.success(request, _("Approved. The employer is told."))
        elif form.cleaned_data["to"] == "send-back":
            decisions.send_back(review=review, by=request.user, note=note)
            messages.success(request, _("Sent back. The employer reads why."))
        else:
            decisions.refuse(review=review, by=request.user, note=note)
            messages.success(request, _("Refused. The employer reads why."))
    except decisions.DecidedError:
        messages.warning(request, _("Somebody decided before you, or the employer withdrew it."))
    except TransitionError as error:
        if review.referral is not None:
            reviews.drop(referral=review.referral)  # the candidate withdrew, or it is over: nothing to send any more
        messages.warning(request, str(error))
    return redirect("placement_reviews")
