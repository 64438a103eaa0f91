"""Programme managers' own screens in the admin: checking employers, noting what became of people, the overview."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lms.accounts.access import needs
from lms.accounts.http import SignedInRequest
from lms.lib.form_problems import NO_BUTTON
from placement.admin_forms import InviteForm, VettingForm
from placement.duplicates import duplicates_of
from placement.employer_checks import checks_of
from placement.employer_history import history_of
from placement.enums import ActorKind, Vetting
from placement.forms import OutcomeForm
from placement.models import Employer, Outcome
from placement.overview import overview
from placement.people_shown import counts, limits, stopped_lately
from placement.services import answers, employers, invitations, people_shown

EMPLOYERS = "wagtailsnippets_placement_employer:list"
LIFTED = "lifted"  # nor is this: the limits of people to look at begin a new count
REFUSED = "refused"  # no state of an employer: it is suspended, but only from waiting
REFERRAL = "wagtailsnippets_placement_referral:inspect"


@needs("placement.change_employer")
def vetting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Check an employer in, or refuse it. Programme managers only; suspending is ``case_views.suspension``."""
    employer = get_object_or_404(Employer, pk=pk)
    form = VettingForm(request.POST or None, employer=employer, initial={"note": employer.vetting_note})
    to = request.POST.get("to")
    is_lifting = to == Vetting.VETTED and employer.vetting == Vetting.SUSPENDED
    if is_lifting or (to == Vetting.SUSPENDED and employer.vetting != Vetting.WAITING):
        return redirect("placement_suspend", pk)  # where what it does is shown first
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        if request.POST.get("to") == Vetting.VETTED:
            employers.vet(employer=employer, by=request.user, note=note)
            contact = invitations.invite_contact(employer=employer, by=request.user)
            messages.success(request, invited_words(employer, contact is not None))
        elif request.POST.get("to") == REFUSED and employer.vetting != Vetting.WAITING:
            messages.warning(request, _("An answer has already been given: here it is."))
            return redirect("placement_vetting", pk)
        elif request.POST.get("to") == REFUSED:
            employers.refuse(employer=employer, by=request.user, note=note, tell=form.cleaned_data.get("tell", False))
            messages.success(request, _("Refused. It has no access."))
        elif request.POST.get("to") == LIFTED:
            people_shown.restart_count(employer=employer, by=request.user)
            messages.success(request, _("A new count begins: this employer can look at people again."))
            return redirect("placement_vetting", pk)
        else:
            messages.warning(request, NO_BUTTON)
            return redirect("placement_vetting", pk)
        return redirect(EMPLOYERS)
    context = {"employer": employer, "form": form, "list_url": reverse(EMPLOYERS), "history": history_of(employer),
               "duplicates": duplicates_of(employer), "checks": checks_of(pk),
               "read": counts(employer, None), "limits": {limit.name: limit.amount for limit in limits()},
               "is_stopped": stopped_lately(timezone.now()).filter(pk=employer.pk).exists()}  # fmt: skip
    return render(request, "placement/admin/vetting.html", context)


@needs("placement.change_employer")
def invite(request: SignedInRequest, pk: int) -> HttpResponse:
    """One more person of a checked employer: an account, and an e-mail to choose a password."""
    employer = get_object_or_404(Employer.objects.vetted(), pk=pk)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if invitations.invite(employer=employer, name=data["name"], address=data["email"], language=data["language"],
                         by=request.user):  # fmt: skip
            messages.success(request, _("%(email)s has been sent an e-mail to choose a password.") % data)
            return redirect(EMPLOYERS)
        form.add_error("email", _("Somebody already has this e-mail address."))
    context = {"employer": employer, "form": form, "list_url": reverse(EMPLOYERS)}
    return render(request, "placement/admin/invite.html", context)


def invited_words(employer: Employer, invited: bool) -> str:
    if invited:
        return _("Checked. %(email)s has been sent an e-mail to choose a password.") % {"email": employer.contact_email}
    if employer.contacts.exists():
        return _("Checked. Its people can search and publish now.")
    return _("Checked. Nobody has access yet: invite a person from this list.")


@require_POST
@needs("placement.change_employer")
def outcome_by_hand(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the manager learnt by telephone. The first answer stands here too, unless they say that it was wrong."""
    outcome = get_object_or_404(Outcome, pk=pk)
    if request.POST.get("pay") in {"yes", "no"}:
        if answers.decide_pay(outcome=outcome, paid=request.POST["pay"] == "yes", actor=request.user):
            messages.success(request, _("Noted."))
        else:
            messages.warning(request, _("Not saved: the two sides agree about the pay, or it was decided."))
        return redirect(REFERRAL, outcome.referral_id)
    form = OutcomeForm(request.POST)
    if form.is_valid():
        if answers.answer_outcome(outcome=outcome, by=ActorKind.MANAGER, actor=request.user, **form.cleaned_data):
            messages.success(request, _("Noted."))
        else:
            messages.warning(request, _("Not saved: there was already an answer, or the day has not come yet."))
    else:
        messages.warning(request, NO_BUTTON)
    return redirect(REFERRAL, outcome.referral_id)


@needs("placement.view_referral")
def placement_overview(request: SignedInRequest) -> HttpResponse:
    return render(request, "placement/admin/overview.html", {"overview": overview()})
