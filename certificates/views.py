"""A learner's own certificates, and the check that anybody can make."""

from io import BytesIO

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from assessments.enums import Purpose
from assessments.models import Assessment
from assessments.previews import sample_context
from assessments.selectors import public_sample
from assessments.services.blueprints import skill_lines
from certificates import services
from certificates.codes import LENGTH, foreign_characters, is_code, normalise_code
from certificates.models import Certificate
from lms.accounts.http import SignedInRequest
from lms.lib.files import serve_file
from lms.lib.http import private
from lms.lib.ratelimit import client_network, may_try
from lms.lib.translated import pick

GUESSES_PER_MINUTE = 60  # well-formed unknown codes from one network address; known ones are never counted


@private
@login_required
@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """All their certificates, the newest first; one whose PDF is still being generated says so."""
    certificates = request.user.certificates.prefetch_related("skills")
    return render(request, "certificates/mine.html", {"certificates": certificates})


@private
@login_required
@require_GET
def download(request: SignedInRequest, code: str) -> HttpResponseBase:
    """Their own PDF. Another person's is not found."""
    certificate = get_object_or_404(Certificate, user=request.user, code=normalise_code(code))
    pdf = services.intact_pdf(certificate) if certificate.pdf else None
    if pdf is None:
        return redirect("certificates:mine")
    name, stored = f"passerelle-{certificate.printed_code}.pdf", str(certificate.pdf.name)
    return serve_file(request, BytesIO(pdf), stored, size=len(pdf), cache="private, no-store", download_as=name)


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """The form for a typed code; a good code leads to its page."""
    typed = request.GET.get("code", "").strip()
    if not typed:
        return render(request, "certificates/verify.html", {"host": our_host()})
    if services.find_certificate(typed) is not None:
        return redirect("verify:check", code=normalise_code(typed))
    return refuse(request, typed)


@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """What the certificate says and whether it still holds, for whoever has its code."""
    if len(code) > 64:
        raise Http404
    certificate = services.find_certificate(code)
    if certificate is None:
        return refuse(request, code)
    context = {
        "certificate": certificate,
        "language_urls": check_urls(certificate.code),
    }
    response = render(request, "certificates/check.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-store" if request.user.is_authenticated else "no-cache"
    return response


@require_safe
def how(request: HttpRequest, code: str) -> HttpResponse:
    """How a certifying assessment tests, for whoever reads a certificate; nobody is named in it."""
    rows = Assessment.objects.filter(purpose=Purpose.CERTIFYING, code=code).select_related("sample")
    assessment = rows.filter(Q(pages__live=True) | Q(proofs__isnull=False)).first()
    if assessment is None:
        raise Http404
    sample = public_sample(assessment)
    context = {
        "assessment": assessment,
        "about": pick(assessment.about),
        "skills": skill_lines(assessment),
        "sample": sample_context(sample) if sample else None,
    }
    return render(request, "certificates/how.html", context)


def check_urls(code: str) -> dict[str, str]:
    """The same page in each language; the short address itself has none."""
    urls = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            urls[language] = reverse("verify:check", args=[code])
    return urls


def our_host() -> str:
    """What the address of our pages begins with. Never the name that the request gives us: a forger may choose it."""
    return settings.BASE_URL.partition("//")[2]


def wrong_code(typed: str) -> str:
    """What is wrong with a text that is no code, for whoever has the paper before them."""
    code, foreign = normalise_code(typed), foreign_characters(typed)
    if len(code) != LENGTH:
        return _("This is not a complete code: it has 16 characters in 4 groups. Look at the paper again.")
    if foreign:
        return _("A code never has these characters: %(characters)s. Look at the paper again.") % {
            "characters": " ".join(foreign)
        }
    return _("The code is complete, but one character is wrong. Compare each character with the paper.")


def refuse(request: HttpRequest, typed: str) -> HttpResponse:
    """No such certificate: say whether it looks like a typing mistake, and keep what was typed."""
    if is_code(typed):
        if not may_try(f"verify:{client_network(request)}", limit=GUESSES_PER_MINUTE, seconds=60):
            return render(request, "429.html", status=429)
        error = _("No certificate has this code. It may be a fake. Ask the person for the original.")
    else:
        error = wrong_code(typed)
    shown = typed[:64]
    return render(request, "certificates/verify.html", {"typed": shown, "error": error, "host": our_host()}, status=404)
