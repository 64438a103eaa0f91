"""An employer's opportunities: list, form, the people who fit, open, close, fill."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lms.lib.form_problems import NO_BUTTON
from placement.access import EmployerRequest, for_employer, may_change
from placement.employer_checks import check_end_of
from placement.employer_views import count_people
from placement.enums import OPEN_STATES, OpportunityState
from placement.forms import OpportunityForm
from placement.models import CandidateProfile, Opportunity, Referral
from placement.people_shown import whom_to_ask
from placement.search import fitting
from placement.selectors import listed_by
from placement.services import held, notes, opportunities, reviews
from placement.services.disclosure import name_people, show_referrals
from placement.services.transitions import TransitionError

WAITS = gettext_lazy("We read it before candidates do, then tell you. Nobody sees it until then.")
UNDO = "undo"  # no state: the one before
SHOWN, REFERRALS, FITTING = 200, 50, 10  # opportunities in the list; on the page of one: referrals, people who fit


@require_safe
@for_employer
def index(request: EmployerRequest) -> HttpResponse:
    sent = Q(referrals__forwarded_at__isnull=False)
    rows = (
        Opportunity.objects.visible_to(request.user)
        .annotate(sent=Count("referrals", sent), going=Count("referrals", sent & Q(referrals__state__in=OPEN_STATES)))
        .select_related("created_by")
        .order_by("-created_at")[:SHOWN]
    )
    context = {"opportunities": rows, **check_end(request)}
    return render(request, "placement/opportunities.html", context)


def check_end(request: EmployerRequest) -> dict[str, Any]:
    """For the page: that the check of this employer ends, and whom to write to."""
    end = check_end_of(request.employer.pk)
    return {"check_end": end, "managers": whom_to_ask() if end else []}


@for_employer
def edit(request: EmployerRequest, pk: int | None = None) -> HttpResponse:
    """Write a new opportunity or change one. It stays a draft until it is opened."""
    rows = Opportunity.objects.visible_to(request.user).select_related("mission_line__mission")
    row = get_object_or_404(rows, pk=pk) if pk else Opportunity()
    if pk and not may_change(request.contact, row):
        return not_theirs(request, row)
    if line := getattr(row, "mission_line", None) if pk else None:
        return redirect("placement:edit_mission", line.mission_id)  # its pay, hours and seats belong together
    review = reviews.of_opportunity(row) if pk else None
    form = OpportunityForm(
        request.POST or None, instance=row, language=get_language() or request.user.language, employer=request.employer,
        pending=review.payload if review else None,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        saved, is_saved = held.save_opportunity(
            opportunity=row, employer=request.employer, skills=form.skills(), languages=form.languages(),
            actor=request.user, **form.values(),
        )  # fmt: skip
        if not is_saved:
            messages.info(request, _("Your change is kept. We read it before candidates do, and tell you."))
            return redirect("placement:opportunity", saved.pk)
        if "open" in request.POST:
            try:
                if not opportunities.publish(opportunity=saved, actor=request.user):
                    messages.info(request, WAITS)
            except TransitionError as error:
                messages.warning(request, str(error))
        messages.success(request, _("Saved. These people are the best match today."))
        return redirect("placement:opportunity", saved.pk)
    context = {"form": form, "opportunity": row, "review": review, **check_end(request)}
    return render(request, "placement/opportunity_form.html", context, status=422 if form.errors else 200)


@require_safe
@for_employer
def detail(request: EmployerRequest, pk: int) -> HttpResponse:
    rows = Opportunity.objects.visible_to(request.user).with_needs()
    rows = rows.select_related("created_by", "mission_line__mission")
    row = get_object_or_404(rows, pk=pk)
    today = fitting(row, CandidateProfile.objects.searchable(), FITTING)
    sent = Referral.objects.visible_to(request.user).filter(opportunity=row).with_page_data()[:REFERRALS]
    referrals = show_referrals(sent)
    count_people(request, [*today.profiles, *today.near, *(referral.profile for referral in referrals)])
    name_people([*today.profiles, *today.near], request.employer.pk)
    notes.add_marks([*today.profiles, *today.near], request.employer.pk)
    context = {
        "opportunity": row,
        "may_change": may_change(request.contact, row),
        "review": reviews.of_opportunity(row),
        "found": today,
        "listed": listed_by(request.employer, request.user),
        "referrals": referrals,
    }
    return render(request, "placement/opportunity.html", context)


def not_theirs(request: EmployerRequest, row: Opportunity) -> HttpResponse:
    messages.warning(request, _("A colleague wrote this opportunity: they and the owners can change it."))
    return redirect("placement:opportunity", row.pk)


@require_POST
@for_employer
def copy(request: EmployerRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Opportunity.objects.visible_to(request.user).select_related("employer"), pk=pk)
    made = opportunities.copy(opportunity=row, actor=request.user)
    messages.success(request, _("This is a copy, as a draft. Give it its dates, change what differs, then open it."))
    return redirect("placement:edit_opportunity", made.pk)


@require_POST
@for_employer
def change_state(request: EmployerRequest, pk: int) -> HttpResponse:
    rows = Opportunity.objects.visible_to(request.user).select_related("employer", "mission_line__mission")
    row = get_object_or_404(rows, pk=pk)
    if not may_change(request.contact, row):
        return not_theirs(request, row)
    wanted = request.POST.get("state", "")
    try:
        if wanted == OpportunityState.OPEN:
            if opportunities.publish(opportunity=row, actor=request.user):
                messages.success(request, _("Open. We propose it to certified people who match."))
            else:
                messages.info(request, WAITS)
        elif wanted == UNDO:
            if opportunities.undo_close(opportunity=row, actor=request.user):
                messages.success(request, _("Taken back: it is open again, and nobody was told."))
            else:
                messages.info(request, WAITS)
        elif wanted in {OpportunityState.CLOSED, OpportunityState.FILLED}:
            to = OpportunityState(wanted)
            touched = opportunities.touched_by(row, to)
            if "confirmed" not in request.POST and touched.exists():
                return ask_to_end(request, row, to, touched)
            freed = opportunities.close(opportunity=row, state=to, actor=request.user, can_undo=True)
            closed = _("Closed. People who are told in ten minutes: %(count)s.")
            messages.success(request, closed % {"count": freed} if freed else _("Closed."))
        else:
            messages.warning(request, NO_BUTTON)
    except TransitionError as error:
        messages.warning(request, str(error))
    return redirect("placement:opportunity", pk)


def ask_to_end(
    request: EmployerRequest, row: Opportunity, to: OpportunityState, touched: QuerySet[Referral]
) -> HttpResponse:
    """Whose chance ends, before it does: by name those whom the employer knows, the others as a number."""
    known = Referral.objects.visible_to(request.user).filter(pk__in=touched.values("pk"))
    shown = list(known.select_related("profile__user").order_by("-forwarded_at", "pk")[:REFERRALS])
    count_people(request, [referral.profile for referral in shown])
    context = {
        "opportunity": row,
        "to": to,
        "referrals": show_referrals(shown),
        "others": touched.count() - len(shown),
    }
    return render(request, "placement/end_opportunity.html", context)
