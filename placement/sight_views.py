"""Who saw a learner's profile, and keeping an employer away. No script."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lms.accounts.http import SignedInRequest
from lms.lib.form_problems import NO_BUTTON
from placement.access import for_learner
from placement.models import CandidateProfile, Sight
from placement.objections import standing
from placement.services import objections, profiles
from placement.sight_enums import PURPOSES, SightChannel

ON_A_PAGE = 30
SHOWN = 100  # of what would end
KEPT_AWAY = 100  # employers that are listed as kept away


@require_safe
@for_learner
def who_saw(request: SignedInRequest) -> HttpResponse:
    """Each employer that was shown something of them: on which day, where, what and what for."""
    profile = profiles.ensure_profile(user=request.user)
    rows = Sight.objects.filter(profile=profile).select_related("employer").order_by("-day", "-pk")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    kept_away = standing().filter(profile=profile).select_related("employer").order_by("-made_at")[:KEPT_AWAY]
    away = {row.employer_id for row in kept_away}
    sights = [{"row": row, "purpose": PURPOSES[SightChannel(row.channel)], "is_away": row.employer_id in away}
              for row in page]  # fmt: skip
    context = {"page_obj": page, "sights": sights, "kept_away": kept_away}
    return render(request, "opportunities/who_saw.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_learner
def objection(request: SignedInRequest, employer: int) -> HttpResponse:
    """What would end if they kept this employer away, and the button that does it or takes it back."""
    profile = get_object_or_404(CandidateProfile, user=request.user)
    found = get_object_or_404(objections.employers_of(profile), pk=employer)
    if request.method == "POST" and request.POST.get("back") == "1":
        objections.take_back(profile=profile, employer=found, user=request.user)
        messages.success(request, _("Done. %(employer)s may find you again.") % {"employer": found.name})
        return redirect("opportunities:who_saw")
    if request.method == "POST" and request.POST.get("object") == "1":
        objections.object_to(profile=profile, employer=found, user=request.user)
        messages.success(request, _("Done. %(employer)s no longer sees anything of you.") % {"employer": found.name})
        return redirect("opportunities:who_saw")
    if request.method == "POST":
        messages.warning(request, NO_BUTTON)
        return redirect("opportunities:objection", found.pk)
    context = {"employer": found, "standing": objections.objection_to(profile, found),
               "would_end": objections.would_end(profile, found, most=SHOWN)}  # fmt: skip
    return render(request, "opportunities/objection.html", context)
