"""The one-click answer from an e-mail: reading the page changes nothing, only its buttons do. No account needed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lms.accounts.models import User
from lms.lib.http import HtmxRequest
from lms.lib.moments import in_zone, site_day
from lms.lib.numbers import read_number
from placement import interviews, talk_words
from placement.enums import ActorKind
from placement.enums import ReferralState as S
from placement.evidence import evidence_of, with_evidence
from placement.forms import AnswerForm, OutcomeForm, StartForm
from placement.models import Referral
from placement.services import answers, held, offers, reviews, secrets
from placement.services import thread_rules as threads
from placement.services.disclosure import of_referral
from placement.services.transitions import TransitionError, may
from placement.talk_forms import MessageForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HtmxRequest, secret: str) -> HttpResponse:
    """Mail scanners open links: GET only shows. POST answers; the same answer again is harmless.

    The site's ``Referrer-Policy: same-origin`` keeps the secret from other sites. Not ``no-referrer``: with it a
    browser posts with ``Origin: null``, which the check against forged forms refuses.
    """
    referral = secrets.find_referral(secret)
    with read_by(secret, referral, request):
        response = lost(request, secret) if referral is None else answered(request, referral, secret)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@contextmanager
def read_by(secret: str, referral: Referral | None, request: HtmxRequest) -> Iterator[None]:
    """In the language chosen on the page, else that of the contact whose link it is, else the browser's; with hours and
    days of the contact's zone.
    """
    contact = secrets.contact_of(secret, referral) if referral else None
    asked = request.GET.get("lang", "")
    if asked not in dict(settings.LANGUAGES):
        asked = contact.user.language if contact else translation.get_language_from_request(request)
    with translation.override(asked), in_zone(contact.user.time_zone if contact else ""):
        yield


def lost(request: HtmxRequest, secret: str) -> HttpResponse:
    """The link opens nothing: to whoever has a genuine one it is said when that is because the person has gone."""
    ended = secrets.find_ended(secret)
    if ended is None:
        return render(request, "placement/reply_lost.html", status=404)
    with read_by(secret, ended, request):
        context = {"title": ended.opportunity.title, "opportunity": ended.opportunity_id}
        return render(request, "placement/reply_gone.html", context, status=404)


def of_link(secret: str, referral: Referral) -> User | None:
    """Who writes with this link; None for one of an earlier version, which all contacts had in common."""
    contact = secrets.contact_of(secret, referral) if secrets.OF_A_CONTACT.fullmatch(secret) else None
    return contact.user if contact else None


def answered(request: HtmxRequest, referral: Referral, secret: str) -> HttpResponse:
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
        "secret": secret, "error": error, "next": talk_words.for_employer(referral.state),
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


@never_cache
@require_POST
def started(request: HtmxRequest, secret: str) -> HttpResponse:
    """The first day, noted by the link."""
    referral = secrets.find_referral(secret)
    with read_by(secret, referral, request):
        response = lost(request, secret) if referral is None else noted(request, referral, secret)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def noted(request: HtmxRequest, referral: Referral, secret: str) -> HttpResponse:
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


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def outcome(request: HtmxRequest, secret: str) -> HttpResponse:
    """Do they still work there? As ``answer``: GET shows, POST answers, each side for itself; the employer may correct
    its own.
    """
    row = secrets.find_outcome(secret)
    with read_by(secret, row.referral if row else None, request):
        if row is None:
            response = lost(request, secret)
        elif (form := OutcomeForm(request.POST)).is_valid():
            answers.answer_outcome(outcome=row, by=ActorKind.EMPLOYER, **form.cleaned_data)
            response = redirect("reply:outcome", secret)
        else:
            context = {"outcome": row, "referral": row.referral, "seen": of_referral(row.referral), "secret": secret,
                       "by_employer": row.told_by_employer is not None,
                       "is_known": row.answered_by in answers.FOR_GOOD}  # fmt: skip
            status = 422 if request.method == "POST" else 200
            response = render(request, "placement/reply_outcome.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
