"""The programme's cases about employers: the list with their age, and the page of one with everything done about it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lms.accounts.access import needs
from lms.accounts.http import SignedInRequest
from lms.lib.form_problems import NO_BUTTON
from placement.case_enums import CaseOutcome, CaseState
from placement.case_forms import CallForm, CloseForm, LiftingForm, NoteForm, ReplyForm, SuspensionForm
from placement.employer_history import LEFT_ALONE_AFTER, history_of, to_work_at, with_counts
from placement.enums import Vetting
from placement.models import Case, Employer
from placement.services import cases, suspensions

ON_A_PAGE, ENTRIES = 50, 200  # cases in the list; the newest entries on the page of one


@require_safe
@needs("placement.change_employer")
def index(request: SignedInRequest) -> HttpResponse:
    closed = request.GET.get("state") == CaseState.CLOSED
    rows = Case.objects.filter(state=CaseState.CLOSED).order_by("-closed_at") if closed else to_work_at()
    page = Paginator(with_counts(rows), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "closed": closed, "late": timezone.now() - LEFT_ALONE_AFTER}
    return render(request, "placement/admin/cases.html", context)


@needs("placement.change_employer")
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One case; its buttons come back here."""
    case = get_object_or_404(Case.objects.select_related("employer"), pk=pk)
    act = request.POST.get("act", "")
    if request.method != "POST":
        return show(request, case)
    if act in {CaseState.WAITING, CaseState.OPEN}:
        is_done(request, lambda: cases.set_state(case=case, to=CaseState(act), by=request.user))
        return redirect("placement_case", pk)
    form = form_of(act, case, request.POST)
    if form is None:
        messages.warning(request, NO_BUTTON)
        return redirect("placement_case", pk)
    if form.is_valid() and is_done(request, lambda: perform(request, case, act, form.cleaned_data)):
        messages.success(request, _("Noted."))
        return redirect("placement_case", pk)
    return show(request, case, status=422, **{act: form})


def is_done(request: SignedInRequest, act: Callable[[], object]) -> bool:
    try:
        act()
    except cases.CaseError as error:
        messages.warning(request, str(error))
        return False
    return True


def form_of(act: str, case: Case, data: Any = None) -> forms.Form | None:
    """For one of the things that can be typed about a case."""
    if act == "note":
        return NoteForm(data, auto_id="note_%s")
    if act == "reply":
        return ReplyForm(data, case=case, auto_id="reply_%s")
    if act == "called":
        return CallForm(data, case=case, auto_id="called_%s")
    return CloseForm(data, auto_id="close_%s") if act == CaseState.CLOSED else None


def perform(request: SignedInRequest, case: Case, act: str, data: dict[str, Any]) -> None:
    if act == "note":
        cases.note(case=case, by=request.user, text=data["text"])
    elif act == "reply":
        cases.reply(case=case, referral=data["referral"], by=request.user, text=data["text"])
    elif act == "called":
        cases.record_call(case=case, referral=data["referral"], by=request.user, text=data["text"])
    else:
        cases.close(case=case, by=request.user, outcome=CaseOutcome(data["outcome"]), words=data["text"],
                    seen=data["seen"])  # fmt: skip


def show(request: SignedInRequest, case: Case, status: int = 200, **typed: forms.Form) -> HttpResponse:
    """``typed``: forms that came back with their mistakes, by their act."""
    case = Case.objects.select_related("employer").get(pk=case.pk)
    entries = list(case.entries.select_related("actor", "referral__profile__user", "referral__opportunity")
                   .order_by("-at", "-pk")[:ENTRIES])  # fmt: skip
    shown = {act: typed.get(act) or form_of(act, case) for act in ("note", "reply", "called", "closed")}
    if shown["closed"] is not None:
        shown["closed"].initial["seen"] = entries[0].pk if entries else 0
    context = {
        "case": case,
        "employer": case.employer,
        "entries": entries,
        "more": len(entries) == ENTRIES,
        "history": history_of(case.employer, without=case),
        "forms": shown,
    }
    return render(request, "placement/admin/case.html", context, status=status)


@needs("placement.change_employer")
def suspension(request: SignedInRequest, pk: int) -> HttpResponse:
    """What suspending this employer, or lifting that, would do; then the button that does it."""
    employer = get_object_or_404(Employer.objects.exclude(vetting=Vetting.WAITING), pk=pk)
    lifts = employer.vetting == Vetting.SUSPENDED
    form = (LiftingForm if lifts else SuspensionForm)(request.POST or None)
    if request.method == "POST" and request.POST.get("act") != ("lift" if lifts else "suspend"):
        messages.warning(request, NO_BUTTON)
        return redirect("placement_suspend", pk)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if lifts:
            if suspensions.lift(employer=employer, by=request.user, reason=reason):
                messages.success(request, _("Lifted. Its people are told."))
            return redirect("placement_suspend", pk)
        freed = suspensions.suspend(employer=employer, by=request.user, reason=reason)
        if freed is not None:
            done = _("Suspended. Waiting candidates who are now being told: %(count)s.")
            messages.success(request, done % {"count": freed})
        case = Case.objects.filter(employer=employer).latest("opened_at")
        return redirect("placement_case", case.pk)
    context = {
        "employer": employer,
        "lifts": lifts,
        "form": form,
        "preview": suspensions.preview(employer),
        "last": suspensions.last_of(employer) if lifts else None,
    }
    return render(request, "placement/admin/suspension.html", context, status=422 if form.errors else 200)
