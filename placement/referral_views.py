"""The employer's inbox: who was sent, what they proved, and the answer, in the page or by an ordinary form."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lms.lib.form_problems import NO_BUTTON
from lms.lib.moments import site_day
from lms.lib.numbers import read_number
from placement import interviews, thread_words
from placement.access import EmployerRequest, for_employer
from placement.email_frequency import EmailFrequency
from placement.employer_views import count_referrals, to_choose_from
from placement.enums import ActorKind
from placement.enums import ReferralState as S
from placement.evidence import reasons_today, with_evidence
from placement.forms import AnswerForm, OutcomeForm, StartForm
from placement.models import EmployerContact, Opportunity, Outcome, Referral
from placement.reply_views import start_form
from placement.selectors import start_of
from placement.services import answers, held, offers, reviews, terms_agreed
from placement.services import thread_rules as threads
from placement.services.disclosure import agreed, of_referral
from placement.services.transitions import TransitionError, may
from placement.thread_forms import MessageForm
from placement.words import explain

GROUPS = (
    ("answer", gettext_lazy("Waiting for your answer"), (S.FORWARDED, S.SEEN)),
    ("going", gettext_lazy("In progress"), (S.QUESTION, S.INTERESTED, S.INTERVIEW, S.OFFER)),
    ("hired", gettext_lazy("Hired"), (S.ACCEPTED, S.STARTED)),
    ("asked", gettext_lazy("Asked, waiting for the candidate"), (S.PROPOSED, S.CONSENTED)),
    (
        "closed",
        gettext_lazy("Closed"),
        (S.REFUSED, S.DECLINED, S.EXPIRED, S.OFFER_DECLINED, S.WITHDRAWN, S.OBSOLETE, S.AUTO_CLOSED),
    ),
)
SHOWN = 300


@require_safe
@for_employer
def index(request: EmployerRequest) -> HttpResponse:
    """Everything sent to this employer, in groups of what to do with it."""
    mine, wanted = to_choose_from(Opportunity.objects.visible_to(request.user), chosen := request.GET.get("for", ""))
    rows = Referral.objects.visible_to(request.user).with_page_data().order_by("-forwarded_at", "-created_at")
    if read_number(chosen) is not None:
        rows = rows.filter(opportunity=wanted) if wanted else rows.none()
    by_state: dict[str, list[Referral]] = {}
    for row in count_referrals(request, rows[:SHOWN]):
        by_state.setdefault(row.state, []).append(row)
    groups = [
        {"key": key, "title": title, "rows": [row for state in states for row in by_state.get(state, [])]}
        for key, title, states in GROUPS
    ]
    context = {"groups": groups, "opportunities": mine, "chosen": chosen, "is_empty": not by_state,
               "paces": EmailFrequency.choices, "pace": request.user.employer_contact.mails}  # fmt: skip
    return render(request, "placement/referrals.html", context)


@require_POST
@for_employer
def email_frequency(request: EmployerRequest) -> HttpResponse:
    """One e-mail a day, or each at once: every contact chooses."""
    pace = request.POST.get("mails", "")
    if pace in EmailFrequency.values:
        EmployerContact.objects.filter(user=request.user).update(mails=pace)
        messages.success(request, _("Your choice is saved."))
    else:
        messages.warning(request, NO_BUTTON)
    return redirect("placement:referrals")


def visible_referral(request: EmployerRequest, pk: int) -> Referral:
    referral: Referral = get_object_or_404(Referral.objects.visible_to(request.user).with_page_data(), pk=pk)
    return referral


@require_safe
@for_employer
def detail(request: EmployerRequest, pk: int) -> HttpResponse:
    referral = visible_referral(request, pk)
    answers.open_referral(referral=referral, user=request.user)
    return show(request, referral)


def show(
    request: EmployerRequest, referral: Referral, form: AnswerForm | None = None, *, start: StartForm | None = None,
    message: MessageForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The referral with what they agreed to show, and nothing more."""
    count_referrals(request, [referral])
    seen = of_referral(referral)
    person = seen.limit(with_evidence([referral.profile])[0])
    if seen.shows_proofs:
        referral.reasons = reasons_today(referral, person)
    is_answerable = referral.forwarded_at and not seen.has_withdrawn
    allowed = tuple(to for to in answers.ANSWERS if may(referral, to) and is_answerable)
    context: dict[str, Any] = {
        "referral": referral,
        "seen": seen,
        "person": person if seen.shows_proofs else None,
        "reasons": explain(referral.reasons, with_proof=seen.shows_certificates, to_employer=True),
        "events": referral.events.all(),
        "interview": interviews.current(referral),
        "may_propose": may(referral, S.INTERVIEW) and threads.is_open(referral),
        "thread": threads.for_employer(referral, read_number(request.GET.get("before", ""))),
        "message": (message or MessageForm()) if threads.is_open(referral) else None,
        "next": thread_words.for_employer(referral.state),
        "review": reviews.of_referral(referral),
        "offers": list(referral.offers.all()),
        "may_offer": offers.may_offer(referral),
        "is_asked_again": terms_agreed.is_asked(referral),
        "form": form or (AnswerForm(allowed=allowed) if allowed else None),
        "start": start or start_form(referral),
        "doubt": start_of(referral) if may_ask(referral) else None,
        "outcomes": answers.outcomes_due(referral, ActorKind.EMPLOYER) if may_ask(referral) else (),
        "answered": answers.answered_outcomes(referral, ActorKind.EMPLOYER) if may_ask(referral) else (),
    }
    part = "#body" if request.htmx else ""
    return render(request, f"placement/referral.html{part}", context, status=status)


@require_POST
@for_employer
def answer(request: EmployerRequest, pk: int) -> HttpResponse:
    referral = visible_referral(request, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return show(request, referral, form, status=422)
    data = form.cleaned_data
    try:
        if held.answer(referral=referral, to=S(data["answer"]), actor=request.user, message=data["message"],
                       reason=data["reason"], shared=data["shared"]):  # fmt: skip
            messages.success(request, _("Your answer has been sent. Thank you for answering."))
        else:
            messages.info(request, _("Thank you for answering. We read your words before the candidate does."))
    except answers.AskedOftenError as error:
        form.add_error("answer", str(error))
        return show(request, referral, form, status=422)
    except TransitionError as error:
        messages.warning(request, str(error))
    return done(request, pk)


@require_POST
@for_employer
def started(request: EmployerRequest, pk: int) -> HttpResponse:
    referral = visible_referral(request, pk)
    form = start_form(referral, request.POST)
    if form and not form.is_valid():
        return show(request, referral, start=form, status=422)
    try:
        day = form.cleaned_data["on"] if form else site_day()
        answers.mark_started(referral=referral, on=day, actor=request.user)
        messages.success(request, _("Noted. We will ask after 30, 90, 180 and 365 days how it is going."))
    except TransitionError as error:
        messages.warning(request, str(error))
    return done(request, pk)


@require_POST
@for_employer
def outcome(request: EmployerRequest, pk: int, outcome: int) -> HttpResponse:
    """Do they still work there? The question of the e-mail, on the page: while their yes stands."""
    referral = visible_referral(request, pk)
    if not may_ask(referral):
        raise Http404
    row = get_object_or_404(Outcome, pk=outcome, referral=referral)
    form = OutcomeForm(request.POST)
    if form.is_valid():
        if answers.answer_outcome(outcome=row, by=ActorKind.EMPLOYER, actor=request.user, **form.cleaned_data):
            messages.success(request, _("Noted. Thank you."))
        else:
            messages.info(request, _("An answer has already been given, or the day has not come yet."))
    else:
        messages.warning(request, NO_BUTTON)
    return done(request, pk)


def may_ask(referral: Referral) -> bool:
    return referral.state == S.STARTED and agreed(referral) is not None


def done(request: EmployerRequest, pk: int) -> HttpResponse:
    if request.htmx:
        return show(request, visible_referral(request, pk))
    return redirect("placement:referral", pk)
