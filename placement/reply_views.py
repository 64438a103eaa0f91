"""The one-click answer from an e-mail: reading the page changes nothing, only its buttons do. No account needed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.lib.http import HtmxRequest
from lms.lib.moments import in_zone
from placement.enums import ActorKind
from placement.enums import ReferralState as S
from placement.evidence import evidence_of, with_evidence
from placement.forms import AnswerForm, OutcomeForm
from placement.models import Referral
from placement.services import answers, held, reviews, secrets
from placement.services.disclosure import of_referral
from placement.services.transitions import TransitionError, may

BY_LINK = (S.INTERESTED, S.QUESTION, S.REFUSED)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HtmxRequest, secret: str) -> HttpResponse:
    """Mail scanners open links: GET only shows. POST answers; the same answer again is harmless.

    The site's ``Referrer-Policy: same-origin`` keeps the secret from other sites. Not ``no-referrer``: with it a
    browser posts with ``Origin: null``, which the check against forged forms refuses.
    """
    referral = secrets.find_referral(secret)
    with read_by(secret, referral, request):
        response = lost(request) if referral is None else answered(request, referral, secret)
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


def lost(request: HtmxRequest) -> HttpResponse:
    return render(request, "placement/reply_lost.html", status=404)


def answered(request: HtmxRequest, referral: Referral, secret: str) -> HttpResponse:
    allowed = tuple(to for to in BY_LINK if may(referral, to)) if referral.answered_at is None else ()
    form = AnswerForm(request.POST or None, allowed=allowed)
    error = ""
    if request.method == "POST" and allowed and form.is_valid():
        data = form.cleaned_data
        try:
            held.answer(referral=referral, to=S(data["answer"]), message=data["message"], reason=data["reason"],
                        shared=data["shared"])  # fmt: skip
            return redirect("reply:answer", secret)
        except TransitionError:
            return redirect("reply:answer", secret)
    if request.method == "POST" and not allowed:
        error = _("An answer has already been given: here it is.")
    seen = of_referral(referral)
    profile = seen.limit(with_evidence([referral.profile])[0])
    context = {
        "referral": referral, "seen": seen, "person": profile, "evidence": evidence_of(profile),
        "form": form if allowed else None, "error": error, "review": reviews.of_referral(referral),
    }  # fmt: skip
    return render(request, "placement/reply.html", context, status=422 if allowed and form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def outcome(request: HtmxRequest, secret: str) -> HttpResponse:
    """Do they still work there? As ``answer``: GET shows, POST answers. The first answer stands whoever gave it;
    the employer may correct its own.
    """
    row = secrets.find_outcome(secret)
    with read_by(secret, row.referral if row else None, request):
        if row is None:
            response = lost(request)
        elif (form := OutcomeForm(request.POST)).is_valid():
            answers.answer_outcome(outcome=row, by=ActorKind.EMPLOYER, **form.cleaned_data)
            response = redirect("reply:outcome", secret)
        else:
            context = {"outcome": row, "referral": row.referral, "seen": of_referral(row.referral), "secret": secret,
                       "by_employer": row.answered_by == ActorKind.EMPLOYER}  # fmt: skip
            status = 422 if request.method == "POST" else 200
            response = render(request, "placement/reply_outcome.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
