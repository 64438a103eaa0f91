"""An offer of work, made in the portal or by the link of an e-mail. Nothing needs a script."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from lms.accounts.models import User
from lms.lib.form_problems import problems_beside
from lms.lib.http import HtmxRequest
from placement.access import EmployerRequest, for_employer
from placement.employer_views import count_referrals
from placement.link_access import for_link, of_link
from placement.models import Referral
from placement.offer_forms import WorkOfferForm
from placement.referral_views import visible_referral
from placement.services import offers
from placement.services.disclosure import of_referral
from placement.services.offer_answers import current
from placement.services.transitions import TransitionError

READ = ["GET", "HEAD", "POST"]


def offer_page(
    request: HtmxRequest, referral: Referral, *, here: str, back: str, actor: User | None, by_link: bool = False
) -> HttpResponse:
    """The form, with what was announced beside it; sent again with what is wrong."""
    announced, problem = offers.announced_for(referral), ""
    form = WorkOfferForm(
        request.POST if request.method == "POST" else None, opportunity=referral.opportunity, announced=announced,
        offer=current(referral),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with problems_beside(form):
                offers.make(referral=referral, terms=form.terms, is_confirmed=data["confirm"], message=data["message"],
                            actor=actor, key=data["key"])  # fmt: skip
        except TransitionError as error:
            problem = str(error)
        if not problem and not form.errors:
            return redirect(back)
    context = {
        "referral": referral, "form": form, "problem": problem, "here": here, "back": back, "by_link": by_link,
        "announced": announced, "name": of_referral(referral).name, "offer": current(referral),
        "may_offer": offers.may_offer(referral),
    }  # fmt: skip
    return render(request, "placement/offer.html", context, status=422 if problem or form.errors else 200)


@require_http_methods(READ)
@for_employer
def in_portal(request: EmployerRequest, pk: int) -> HttpResponse:
    referral = visible_referral(request, pk)
    count_referrals(request, [referral])
    here, back = reverse("placement:offer", args=[pk]), reverse("placement:referral", args=[pk])
    return offer_page(request, referral, here=here, back=f"{back}#offer", actor=request.user)


@require_http_methods(READ)
@for_link()
def by_link(request: HtmxRequest, referral: Referral, secret: str) -> HttpResponse:
    here, back = (reverse(name, args=[secret]) for name in ("reply:offer", "reply:answer"))
    return offer_page(request, referral, here=here, back=f"{back}#offer", actor=of_link(secret, referral), by_link=True)
