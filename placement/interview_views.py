"""Interviews on the pages of both sides: proposed, chosen, called off, and who came. Nothing needs a script."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lms.accounts.http import SignedInRequest
from lms.accounts.models import User
from lms.lib.form_problems import NO_BUTTON
from lms.lib.http import HtmxRequest
from placement import interviews as rules
from placement.access import EmployerRequest, for_employer, own_referral
from placement.employer_views import count_referrals
from placement.enums import ActorKind
from placement.interview_forms import CancelForm, ChoiceForm, EndForm, ProposalForm
from placement.link_access import for_link, of_link
from placement.models import Interview, Referral
from placement.referral_views import visible_referral
from placement.services import interviews
from placement.services.disclosure import of_referral
from placement.services.interview_calendar import calendar_file
from placement.services.transitions import TransitionError

READ = ["GET", "HEAD", "POST"]


def current_or_404(referral: Referral) -> Interview:
    interview = rules.current(referral)
    if interview is None:
        raise Http404
    return interview


def file_of(referral: Referral, *, to_employer: bool) -> HttpResponse:
    """The calendar file of the interview whose time was chosen."""
    interview = referral.interviews.filter(starts_at__isnull=False).select_related(*interviews.WITH).first()
    if interview is None:
        raise Http404
    response = HttpResponse(calendar_file(interview, to_employer=to_employer), "text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="interview.ics"'
    return response


# --- the learner


@require_POST
@own_referral
def choose(request: SignedInRequest, referral: Referral) -> HttpResponse:
    """A time, "none suits" with words, calling it off with words, or what became of it."""
    interview = current_or_404(referral)
    back = redirect("opportunities:thread", referral.pk)
    end, called_off, choice = EndForm(request.POST), CancelForm(request.POST), ChoiceForm(request.POST)
    if "end" in request.POST and end.is_valid():
        act(request, lambda: interviews.say_end(interview=interview, by=ActorKind.LEARNER, **end.cleaned_data))
    elif "cancel" in request.POST and called_off.is_valid():
        act(request, lambda: interviews.cancel(interview=interview, by=ActorKind.LEARNER, actor=request.user,
                                               **called_off.cleaned_data))  # fmt: skip
    elif choice.is_valid() and choice.cleaned_data["slot"]:
        act(request, lambda: interviews.choose(interview=interview, slot=choice.cleaned_data["slot"],
                                               user=request.user))  # fmt: skip
    elif choice.is_valid() and "none" in request.POST:
        act(request, lambda: interviews.none_fits(interview=interview, user=request.user,
                                                  text=choice.cleaned_data["text"]))  # fmt: skip
    else:
        messages.warning(request, NO_BUTTON)
    return back


def act(request: HtmxRequest, do: Callable[[], object]) -> None:
    """Do it and say so; what is refused is said, never an error page."""
    try:
        do()
        messages.success(request, _("Noted. We are telling the other side."))
    except TransitionError as error:
        messages.warning(request, str(error))
    except ValidationError as error:
        for problem in error.messages:
            messages.warning(request, problem)


@require_safe
@own_referral
def learners_file(request: SignedInRequest, referral: Referral) -> HttpResponse:
    return file_of(referral, to_employer=False)


# --- the employer, in the portal and by the link


def proposal(
    request: HtmxRequest, referral: Referral, here: str, back: str, actor: User | None, *, by_link: bool = False
) -> HttpResponse:  # fmt: skip
    """The page of an interview: times to propose, or what can be done with the one that is planned."""
    interview, problem = rules.current(referral), ""
    form = ProposalForm(time_zone=actor.time_zone if actor else "")
    if request.method == "POST":
        form, problem = posted(request, referral, interview, actor, form)
        if not problem:
            return redirect(back)
    called_off = CancelForm(request.POST if "cancel" in request.POST else None)
    context = {"referral": referral, "interview": interview, "form": form, "problem": problem, "here": here,
               "back": back, "may_propose": interviews.may_propose(referral), "called_off": called_off,
               "name": of_referral(referral).name, "by_link": by_link}  # fmt: skip
    return render(request, "placement/interview.html", context, status=422 if problem else 200)


def posted(
    request: HtmxRequest, referral: Referral, interview: Interview | None, actor: User | None, empty: ProposalForm
) -> tuple[ProposalForm, Any]:
    """Do what was asked for; the form to show again and what is wrong, which is empty when it was done."""
    form = empty
    kept: forms.Form
    try:
        if "end" in request.POST and interview and (kept := EndForm(request.POST)).is_valid():
            interviews.say_end(interview=interview, by=ActorKind.EMPLOYER, **kept.cleaned_data)
        elif "cancel" in request.POST and interview:
            interviews.cancel(interview=interview, by=ActorKind.EMPLOYER, actor=actor,
                              text=request.POST.get("text", ""))  # fmt: skip
        else:
            form = ProposalForm(request.POST, time_zone=empty.initial["zone"])
            if not form.is_valid():
                return form, _("Please correct these fields, then send the form again:")
            data = form.cleaned_data
            interviews.propose(
                referral=referral, starts=[at for _name, at in form.slots()], minutes=data["minutes"], how=data["how"],
                where=data["where"], message=data["message"], key=data["key"], actor=actor,
            )  # fmt: skip
    except TransitionError as error:
        return form, str(error)
    except ValidationError as error:
        return form, " ".join(error.messages)
    return form, ""


@require_http_methods(READ)
@for_employer
def in_portal(request: EmployerRequest, pk: int) -> HttpResponse:
    referral = visible_referral(request, pk)
    count_referrals(request, [referral])
    here, back = reverse("placement:interview", args=[pk]), reverse("placement:referral", args=[pk])
    return proposal(request, referral, here, back, request.user)


@require_safe
@for_employer
def employers_file(request: EmployerRequest, pk: int) -> HttpResponse:
    referral = get_object_or_404(Referral.objects.visible_to(request.user).with_page_data(), pk=pk)
    count_referrals(request, [referral])
    return file_of(referral, to_employer=True)


@require_http_methods(READ)
@for_link()
def by_link(request: HtmxRequest, referral: Referral, secret: str) -> HttpResponse:
    here, back = (reverse(name, args=[secret]) for name in ("reply:interview", "reply:answer"))
    return proposal(request, referral, here, f"{back}#thread", of_link(secret, referral), by_link=True)


@require_safe
@for_link()
def file_by_link(request: HtmxRequest, referral: Referral, secret: str) -> HttpResponse:
    return file_of(referral, to_employer=True)
