"""The learner's pages: what is proposed to them, where they stand, what they show, who looked. No script anywhere."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lms.accounts.http import SignedInRequest
from lms.lib.form_problems import NO_BUTTON
from lms.lib.moments import site_day
from lms.lib.ratelimit import may_try
from placement import interviews
from placement.access import for_learner, own_referral
from placement.conduct import ReplyRate, conduct_of, reply_rates
from placement.countries import is_open, rules_of
from placement.employer_checks import checks_of
from placement.enums import END_STATES, OPEN_STATES, PROPOSED_STATES, ActorKind, Obstacle
from placement.enums import ReferralState as S
from placement.evidence import evidence_of, reasons_today, score_today, with_evidence
from placement.forms import (
    ConsentForm,
    FactsForm,
    OfferAnswerForm,
    OutcomeForm,
    ProfileForm,
    StartForm,
    WordsForm,
    YesNoForm,
)
from placement.mission_pay import sum_words
from placement.models import CandidateProfile, MissionLine, MissionSeat, Outcome, Referral
from placement.near_misses import near_misses
from placement.selectors import sent_count, stages, start_of
from placement.services import (
    answers,
    at_work,
    cases,
    notices,
    offer_answers,
    profiles,
    referrals,
    terms_agreed,
    withdrawals,
)
from placement.services import thread_rules as threads
from placement.services.disclosure import agreed
from placement.services.next_steps import next_step
from placement.services.transitions import NotAllowedError, TransitionError
from placement.words import explain

WITHDRAWN = gettext_lazy("Done. This employer no longer sees your name or your contact details.")
REPORTS_SHOWN = 50  # reports and replies about one opportunity
REPORTS_PER_DAY = 5  # of one learner: each is a message to every manager


@require_safe
@for_learner
def index(request: SignedInRequest) -> HttpResponse:
    rows = list(Referral.objects.of_learner(request.user).with_page_data().order_by("-created_at")[:100])
    rates = reply_rates(row.opportunity.employer_id for row in rows)
    for row in rows:
        row.rate = rates.get(row.opportunity.employer_id, ReplyRate())
    profile = CandidateProfile.objects.filter(user=request.user).first()
    context = {
        "near": near_misses(profile) if profile else [],
        "proposed": [row for row in rows if row.state in PROPOSED_STATES],
        "going": [row for row in rows if row.state in OPEN_STATES | {S.ACCEPTED}],
        "ended": [row for row in rows if row.state in END_STATES],
        "profile": profile,
        "is_certified": request.user.certificates.filter(revoked_at=None).exists(),
    }
    return render(request, "opportunities/index.html", context)


@require_safe
@own_referral
def detail(request: SignedInRequest, referral: Referral) -> HttpResponse:
    return show(request, referral)


def show(request: SignedInRequest, referral: Referral, status: int = 200, **extra: Any) -> HttpResponse:
    """One opportunity: the reasons, what would be sent, and what they can do now."""
    reasons = reasons_today(referral)
    context = {
        "referral": referral,
        "opportunity": referral.opportunity,
        "reasons": explain(reasons),
        "score": score_today(referral, reasons),
        "conduct": conduct_of(referral.opportunity.employer_id),
        "checks": checks_of(referral.opportunity.employer_id),
        "sent_count": sent_count(referral.opportunity_id),
        "stages": stages(referral) if referral.forwarded_at else [],
        "closing": referral.opportunity.may_be_undone
        and Referral.objects.without_a_future().filter(pk=referral.pk).exists(),
        "stopped": notices.stopped_words(referral),
        "next_step": next_step(referral) if referral.state in END_STATES - {S.STARTED} else None,
        "changes": terms_agreed.changes_for(referral),
        "seen_terms": terms_agreed.seen_of(referral),
        "outcomes": answers.outcomes_due(referral, ActorKind.LEARNER),
        "start": start_form(referral),
        "doubt": start_of(referral),
        "answered": answers.answered_outcomes(referral, ActorKind.LEARNER),
        "obstacle": referrals.obstacle(referral=referral, user=request.user) if referral.state == S.PROPOSED else None,
        "can_withdraw": referral.state in OPEN_STATES or agreed(referral) is not None,
        "words": None,
        **offer_of(referral),
        "last_message": threads.last_words_to_learner(referral),
        "messages_count": threads.seen_by_learner(referral).count(),
        "can_write": threads.is_open(referral),
        "must_choose": referral.state == S.INTERVIEW and interviews.waits_for_choice(referral),
        **sending(referral),
        **mission_of(referral),
        **extra,
    }
    return render(request, "opportunities/detail.html", context, status=status)


def mission_of(referral: Referral) -> dict[str, Any]:
    """The team that this work belongs to, when it does, and what a unit of it brings to whom."""
    rows = MissionLine.objects.select_related("mission").filter(opportunity=referral.opportunity_id)
    line = rows.first()
    if line is None:
        return {}
    seat = MissionSeat.objects.filter(referral=referral).first()
    return {"line": line, "seat": seat, "sum": sum_words(line.money, line.mission.currency)}


def sending(referral: Referral) -> dict[str, Any]:
    """Before their yes: the very values that would be sent, and the form that changes them."""
    if referral.state != S.PROPOSED:
        return {}
    (person,) = with_evidence([referral.profile])
    return {
        "country_rules": rules_of(person.country),
        "person": person,
        "evidence": evidence_of(person),
        "facts": FactsForm(instance=referral.profile),
    }


def offer_of(referral: Referral, form: OfferAnswerForm | None = None) -> dict[str, Any]:
    """The offer that stands, the versions before it, and the form under it."""
    versions = list(referral.offers.all())
    offer = versions[0] if versions else None
    asks = referral.state == S.OFFER and not terms_agreed.is_asked(referral)
    return {"offer": offer, "earlier_offers": versions[1:], "seen_offer": offer_answers.seen_of(offer),
            "answer_form": (form or OfferAnswerForm()) if asks else None}  # fmt: skip


def acted(request: SignedInRequest, referral: Referral, act: Callable[[], object], done: str) -> HttpResponse:
    """Do it, say so, and go back to the opportunity; a step that is no longer possible is said, never an error page."""
    try:
        act()
        messages.success(request, done)
    except TransitionError as error:
        messages.warning(request, str(error))
    return redirect("opportunities:detail", referral.pk)


@require_POST
@own_referral
def consent(request: SignedInRequest, referral: Referral) -> HttpResponse:
    form = ConsentForm(request.POST)
    form.is_valid()
    if "hours_per_week" in request.POST:  # the page with the values, which they may have corrected
        profile = CandidateProfile.objects.get(pk=referral.profile_id)
        facts = FactsForm(request.POST, instance=profile)
        if not facts.is_valid():
            return show(request, referral, status=422, facts=facts, form=facts)
        if facts.has_changed():
            profile = CandidateProfile.objects.get(pk=referral.profile_id)
            profiles.update_profile(profile=profile, languages=facts.languages(), **facts.values())
    if "look" in request.POST:
        return redirect("opportunities:detail", referral.pk)
    return acted(
        request, referral,
        lambda: referrals.consent(referral=referral, fields=form.fields_agreed(), user=request.user,
                                  seen=form.cleaned_data.get("seen", "")),
        _("Thank you. We are sending your profile to this employer."),
    )  # fmt: skip


@require_POST
@own_referral
def decline(request: SignedInRequest, referral: Referral) -> HttpResponse:
    return acted(
        request, referral, lambda: referrals.decline(referral=referral, user=request.user),
        _("Noted. Nothing was sent, and your training goes on as before."),
    )  # fmt: skip


@require_POST
@own_referral
def withdraw(request: SignedInRequest, referral: Referral) -> HttpResponse:
    return acted(request, referral, lambda: referrals.withdraw(referral=referral, user=request.user), str(WITHDRAWN))


@require_POST
@own_referral
def agree_terms(request: SignedInRequest, referral: Referral) -> HttpResponse:
    """Yes to what changed, or no: then the profile is withdrawn."""
    form = YesNoForm(request.POST)
    if not form.is_valid():
        messages.warning(request, NO_BUTTON)
        return show(request, referral, status=422)
    if form.cleaned_data["answer"]:
        return acted(
            request, referral,
            lambda: terms_agreed.agree(referral=referral, user=request.user, seen=form.cleaned_data["seen"]),
            _("Noted: you agree to the new terms."),
        )  # fmt: skip
    return acted(request, referral, lambda: referrals.withdraw(referral=referral, user=request.user), str(WITHDRAWN))


@require_POST
@own_referral
def answer_question(request: SignedInRequest, referral: Referral) -> HttpResponse:
    form = WordsForm(request.POST)
    if not form.is_valid():
        return show(request, referral, status=422, words=form)
    text = form.cleaned_data["text"]
    return acted(
        request, referral, lambda: referrals.answer_question(referral=referral, user=request.user, text=text),
        _("Your answer was sent."),
    )  # fmt: skip


@require_POST
@own_referral
def answer_offer(request: SignedInRequest, referral: Referral) -> HttpResponse:
    form = OfferAnswerForm(request.POST)
    if not form.is_valid():
        if "reason" not in form.errors:
            messages.warning(request, NO_BUTTON)
        return show(request, referral, status=422, **offer_of(referral, form))
    seen = form.cleaned_data["seen"]
    if form.cleaned_data["answer"]:
        return acted(
            request, referral, lambda: referrals.accept_offer(referral=referral, user=request.user, seen=seen),
            _("Congratulations! The employer knows that you said yes."),
        )  # fmt: skip
    return acted(
        request, referral,
        lambda: referrals.decline_offer(referral=referral, user=request.user, seen=seen,
                                        reason=form.cleaned_data["reason"]),
        _("The employer knows that you said no. Other opportunities will come."),
    )  # fmt: skip


def start_form(referral: Referral, data: QueryDict | None = None) -> StartForm | None:
    """For the first day, once an offer of work is accepted."""
    if referral.state != S.ACCEPTED or referral.forwarded_at is None:
        return None
    return StartForm(data, sent_on=site_day(referral.forwarded_at))


@require_POST
@own_referral
def started(request: SignedInRequest, referral: Referral) -> HttpResponse:
    """The learner notes the first day; the employer is asked whether it is so."""
    form = start_form(referral, request.POST)
    if form is None:
        messages.warning(request, str(NotAllowedError()))
        return redirect("opportunities:detail", referral.pk)
    if not form.is_valid():
        return show(request, referral, status=422, start=form)
    return acted(
        request, referral,
        lambda: answers.mark_started(referral=referral, on=form.cleaned_data["on"], by=ActorKind.LEARNER,
                                     actor=request.user),
        _("Noted. We will ask after 30, 90, 180 and 365 days how it is going."),
    )  # fmt: skip


@require_POST
@own_referral
def outcome(request: SignedInRequest, referral: Referral, outcome: int) -> HttpResponse:
    row = get_object_or_404(Outcome, pk=outcome, referral=referral)
    form = OutcomeForm(request.POST)
    if form.is_valid():
        if answers.answer_outcome(outcome=row, by=ActorKind.LEARNER, actor=request.user, **form.cleaned_data):
            messages.success(request, _("Thank you. This helps the people who come after you."))
        else:
            messages.info(request, _("An answer has already been given, or the day has not come yet."))
    else:
        messages.warning(request, NO_BUTTON)
    return redirect("opportunities:detail", referral.pk)


@own_referral
def report(request: SignedInRequest, referral: Referral) -> HttpResponse:
    """Tell the programme about an employer who asks for money or treats them badly."""
    form = WordsForm(request.POST or None)
    status = 422
    is_read = request.method == "POST" and form.is_valid()
    if is_read and not may_try(f"report:{request.user.pk}", limit=REPORTS_PER_DAY, seconds=86_400):
        text = _("You have sent several reports today, and they are being read. Send this one tomorrow.")
        form.add_error("text", text)
        status = 429
    if request.method == "POST" and form.is_valid():
        cases.report(referral=referral, user=request.user, text=form.cleaned_data["text"])
        messages.success(
            request, _("Thank you for telling us. We will look at it, and the employer is not told who wrote.")
        )
        return redirect("opportunities:report", referral.pk)
    written = list(cases.seen_by_reporter(referral)[:REPORTS_SHOWN])
    context = {"referral": referral, "form": form, "written": written,
               "case_is_closed": bool(written) and written[-1].case.is_closed}  # fmt: skip
    return render(request, "opportunities/report.html", context, status=status if form.errors else 200)


@for_learner
def profile(request: SignedInRequest) -> HttpResponse:
    """What they offer and whether employers may find them."""
    row = profiles.ensure_profile(user=request.user)
    sharing = withdrawals.sharing_of(request.user)
    form = ProfileForm(request.POST or None, instance=row, sharing=sharing)
    if request.method == "POST" and form.is_valid():
        profiles.update_profile(profile=type(row).objects.get(pk=row.pk), languages=form.languages(), **form.values())
        if form.stops_sharing():
            withdrawals.end_all(user=request.user)
        messages.success(request, _("Your profile is saved."))
        return redirect("opportunities:profile")
    context = {
        "form": form,
        "profile": row,
        "country_rules": rules_of(row.country),
        "not_found_because": not_found_because(row),
        "employers_count": row.sights.aggregate(count=Count("employer", distinct=True))["count"],
    }
    return render(request, "opportunities/profile.html", context, status=422 if form.errors else 200)


def not_found_because(profile: CandidateProfile) -> str:
    """To people who want to be found and live where placement is not open, or have not said where."""
    if not profile.is_searchable or is_open(profile.country):
        return ""
    return str(Obstacle.COUNTRY.label if profile.country else Obstacle.NO_COUNTRY.label)


@require_POST
@for_learner
def look_for_work(request: SignedInRequest) -> HttpResponse:
    """At work, and looking again: one button."""
    if at_work.look_for_work(profile=profiles.ensure_profile(user=request.user), user=request.user):
        messages.success(request, _("Noted: we propose opportunities to you again."))
    return redirect("opportunities:profile")
