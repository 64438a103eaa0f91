"""The one-click answer from an e-mail: reading the page changes nothing, only its buttons do. No account needed."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lms.lib.http import HtmxRequest
from lms.lib.moments import site_day
from lms.lib.numbers import read_number
from placement import interviews, thread_words
from placement.enums import ActorKind
from placement.enums import ReferralState as S
from placement.evidence import evidence_of, with_evidence
from placement.forms import AnswerForm, OutcomeForm, StartForm
from placement.link_access import for_link, of_link
from placement.models import Outcome, Referral
from placement.services import answers, held, link_secrets, offers, reviews
from placement.services import thread_rules as threads
from placement.services.disclosure import of_referral
from placement.services.transitions import TransitionError, may
from placement.thread_forms import MessageForm


@require_http_methods(["GET", "HEAD", "POST"])
@for_link()
def answer(request: HtmxRequest, referral: Referral, secret: str) -> HttpResponse:
    """Mail scanners open links: GET only shows. POST answers; the same answer again is harmless."""
    if request.method != "POST":
        return show_answer(request, referral, secret)
    allowed = tuple(to for to in answers.ANSWERS if may(referral, to))
    form = AnswerForm(request.POST, allowed=allowed)
    if request.POST.get("answer") == referral.state not in allowed:
        return redirect("reply:answer", secret)  # pressed twice
    if not allowed:
        return show_answer(request, referral, secret, error=_("An answer has already been given: here it is."))
    if not form.is_valid():
        return show_answer(request, referral, secret, form=form, status=422)
    data = form.cleaned_data
    try:
        held.answer(referral=referral, to=S(data["answer"]), message=data["message"], reason=data["reason"],
                    shared=data["shared"], actor=of_link(secret, referral))  # fmt: skip
    except answers.AskedOftenError as error:
        form.add_error("answer", str(error))
        return show_answer(request, referral, secret, form=form, status=422)
    except TransitionError as error:
        return show_answer(request, referral, secret, error=str(error))
    return redirect("reply:answer", secret)


def show_answer(
    request: HtmxRequest, referral: Referral, secret: str, *, form: AnswerForm | None = None,
    message: MessageForm | None = None, start: StartForm | None = None, error: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Who it is, what was said, what happens next, and everything that can be done now."""
    allowed = tuple(to for to in answers.ANSWERS if may(referral, to))
    seen = of_referral(referral)
    profile = seen.limit(with_evidence([referral.profile])[0])
    context = {
        "referral": referral, "seen": seen, "person": profile, "evidence": evidence_of(profile),
        "secret": secret, "error": error, "next": thread_words.for_employer(referral.state),
        "interview": interviews.current(referral),
        "may_propose": may(referral, S.INTERVIEW) and threads.is_open(referral),
        "form": form or (AnswerForm(allowed=allowed) if allowed else None),
        "message": (message or MessageForm()) if threads.is_open(referral) else None,
        "thread": threads.for_employer(referral, read_number(request.GET.get("before", ""))),
        "review": reviews.of_referral(referral),
        "offers": list(referral.offers.all()),
        "may_offer": offers.may_offer(referral),
        "start": start or start_form(referral),
    }  # fmt: skip
    return render(request, "placement/reply.html", context, status=status)


@require_POST
@for_link()
def started(request: HtmxRequest, referral: Referral, secret: str) -> HttpResponse:
    """The first day, noted by the link."""
    form = start_form(referral, request.POST)
    if form is None:
        return redirect("reply:answer", secret)  # pressed twice
    if not form.is_valid():
        return show_answer(request, referral, secret, start=form, status=422)
    try:
        answers.mark_started(referral=referral, on=form.cleaned_data["on"], actor=of_link(secret, referral))
    except TransitionError as error:
        return show_answer(request, referral, secret, error=str(error))
    return redirect("reply:answer", secret)


def start_form(referral: Referral, data: QueryDict | None = None) -> StartForm | None:
    """For the first day; None when they cannot start now."""
    if not referral.forwarded_at or not may(referral, S.STARTED) or of_referral(referral).has_withdrawn:
        return None
    return StartForm(data, sent_on=site_day(referral.forwarded_at))


@require_http_methods(["GET", "HEAD", "POST"])
@for_link(link_secrets.find_outcome)
def outcome(request: HtmxRequest, row: Outcome, secret: str) -> HttpResponse:
    """Do they still work there? As ``answer``: GET shows, POST answers, each side for itself; the employer may correct
    its own.
    """
    form = OutcomeForm(request.POST)
    if form.is_valid():
        answers.answer_outcome(outcome=row, by=ActorKind.EMPLOYER, **form.cleaned_data)
        return redirect("reply:outcome", secret)
    context = {"outcome": row, "referral": row.referral, "seen": of_referral(row.referral), "secret": secret,
               "by_employer": row.told_by_employer is not None,
               "is_known": row.answered_by in answers.FOR_GOOD}  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "placement/reply_outcome.html", context, status=status)
