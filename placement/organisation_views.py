"""An employer's own page: who answers for it, with which rights; owners change that."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.lib.form_problems import NO_BUTTON
from lms.lib.sort_order import Alphabetical
from placement.access import EmployerRequest, for_employer, for_owner
from placement.colleague_forms import ColleagueForm
from placement.models import EmployerContact, Invitation, Opportunity, SavedSearch
from placement.people_shown import whom_to_ask
from placement.services import colleagues
from placement.services.transitions import TransitionError

OWNER, MEMBER = "owner", "member"


@require_safe
@for_employer
def index(request: EmployerRequest) -> HttpResponse:
    return show(request)


def show(request: EmployerRequest, *, form: ColleagueForm | None = None, status: int = 200) -> HttpResponse:
    rows = EmployerContact.objects.filter(employer=request.employer).select_related("user")
    people = list(rows.order_by("-is_owner", Alphabetical("user__full_name"), "pk")[: colleagues.MOST_PEOPLE])
    invitations = list(colleagues.open_invitations(request.employer.pk)[: colleagues.MOST_PEOPLE])
    owners = sum(person.is_owner and person.user.is_active for person in people)
    context = {
        "employer": request.employer, "me": request.contact, "people": people, "form": form or ColleagueForm(),
        "owners": owners, "managers": [] if owners else whom_to_ask(),
        "invitations": [(row, colleagues.ends_at(row)) for row in invitations],
    }  # fmt: skip
    return render(request, "placement/organisation.html", context, status=status)


@require_POST
@for_owner
def invite(request: EmployerRequest) -> HttpResponse:
    form = ColleagueForm(request.POST)
    if form.is_valid():
        address = form.cleaned_data["email"]
        try:
            colleagues.invite(employer=request.employer, address=address, by=request.user)
        except TransitionError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("The invitation is on its way to %(address)s.") % {"address": address})
            return redirect("placement:organisation")
    return show(request, form=form, status=422)


@require_POST
@for_owner
def invitation(request: EmployerRequest, pk: int) -> HttpResponse:
    """Send it once more, or withdraw it."""
    row = get_object_or_404(Invitation.objects.filter(employer=request.employer), pk=pk)
    act = request.POST.get("act", "")
    try:
        if act == "send":
            colleagues.send_again(invitation=row, by=request.user)
            messages.success(request, _("The invitation is on its way to %(address)s.") % {"address": row.email})
        elif act == "withdraw":
            colleagues.withdraw(invitation=row, by=request.user)
            messages.success(request, _("Withdrawn: its link no longer opens anything."))
        else:
            messages.warning(request, NO_BUTTON)
    except TransitionError as error:
        messages.warning(request, str(error))
    return redirect("placement:organisation")


@require_POST
@for_owner
def change_role(request: EmployerRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(EmployerContact.objects.filter(employer=request.employer), pk=pk)
    role = request.POST.get("role", "")
    try:
        if role in {OWNER, MEMBER}:
            colleagues.set_owner(contact=contact, is_owner=role == OWNER, by=request.user)
            messages.success(request, _("Changed."))
        else:
            messages.warning(request, NO_BUTTON)
    except TransitionError as error:
        messages.warning(request, str(error))
    return redirect("placement:organisation")


@require_http_methods(["GET", "HEAD", "POST"])
@for_employer
def remove(request: EmployerRequest, pk: int) -> HttpResponse:
    """An owner removes a colleague, or somebody leaves: what that means first, then it is done."""
    rows = EmployerContact.objects.filter(employer=request.employer).select_related("user", "employer")
    contact = get_object_or_404(rows, pk=pk)
    is_self = contact.pk == request.contact.pk
    if not (is_self or request.contact.is_owner):
        messages.warning(request, _("Only an owner of your organisation can do this."))
        return redirect("placement:organisation")
    if request.method == "POST":
        try:
            colleagues.remove(contact=contact, by=request.user)
        except TransitionError as error:
            messages.warning(request, str(error))
            return redirect("placement:organisation")
        if is_self:
            return redirect("account_login")
        messages.success(request, _("Removed, and signed out everywhere."))
        return redirect("placement:organisation")
    context = {
        "contact": contact, "is_self": is_self,
        "opportunities": Opportunity.objects.filter(employer=request.employer, created_by=contact.user).count(),
        "searches": SavedSearch.objects.filter(contact=contact).count(),
    }  # fmt: skip
    return render(request, "placement/remove_contact.html", context)
