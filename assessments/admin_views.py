"""Trainers' own screens in the admin: importing and exporting questions, and how an assessment does."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import Locale

from assessments.admin_forms import CorrectionForm, ImportForm
from assessments.drawing import DrawError
from assessments.enums import EvidenceKind
from assessments.exporting import export_bank
from assessments.item_analysis import analysis_of, pass_rate_bars
from assessments.models import Assessment, AttemptItem, Correction, Question, QuestionBank
from assessments.question_imports import start_question_import
from assessments.results import results_of
from assessments.services import start_regrade
from assessments.services.trial import Trial, trial_of
from assessments.verdicts import reliability_notes
from cms.rows import may
from courses.outline import active_language
from lms.accounts.access import needs
from lms.accounts.http import SignedInRequest
from lms.lib.tables import csv_response


@needs("assessments.add_question")
def import_questions(request: SignedInRequest) -> HttpResponse:
    """Takes the file as it is; the worker reads it, and the run's page says what is in it."""
    if request.method != "POST":
        locale = Locale.objects.filter(language_code=active_language()).first()
        form = ImportForm(user=request.user, initial={"locale": locale})
        return render(request, "assessments/admin/import.html", {"form": form})
    form = ImportForm(request.POST, request.FILES, user=request.user)
    if form.is_valid() and form.cleaned_data["live"] and not request.user.has_perm("assessments.publish_question"):
        form.add_error("live", _("You may add drafts. Ask somebody who may publish questions to publish them."))
    if not form.is_valid():
        return render(request, "assessments/admin/import.html", {"form": form}, status=422)
    filing = {name: form.cleaned_data[name] for name in ("bank", "skill", "difficulty", "locale", "live")}
    run = start_question_import(content=form.content(), by=request.user, **filing)
    return redirect("runs:run", run.pk)


@require_safe
@needs("assessments.change_question")
def export_questions(request: SignedInRequest, pk: int, language: str) -> HttpResponse | FileResponse:
    """The questions of a bank in one language, with their answers and pictures, as a file for other systems."""
    bank, locale = get_object_or_404(QuestionBank, pk=pk), get_object_or_404(Locale, language_code=language)
    name, content = export_bank(bank, locale)
    if name.endswith(".zip"):
        return FileResponse(content, as_attachment=True, filename=name, content_type="application/zip")
    response = HttpResponse(content.read(), content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@needs("assessments.view_assessment")
def results(request: SignedInRequest, pk: int) -> HttpResponse:
    """Pass rate, marks, how far a mark can be trusted, and the questions from the hardest to the easiest; as CSV on
    demand.
    """
    assessment = get_object_or_404(Assessment, pk=pk)
    found, analysis = results_of(assessment), analysis_of(assessment)
    for row in found.questions:
        row.figures = analysis.by_key.get(row.key)
    if request.GET.get("export") == "csv":
        header = [
            _("Question"), _("Skill"), _("Times shown"), _("Without an answer"), _("Points earned"),
            _("Agreement with the rest"), _("In short"),
        ]  # fmt: skip
        rows = [
            [row.text, row.skill, row.shown, row.unanswered, row.percent, row.agreement, row.verdict.label]
            for row in found.questions
        ]
        return csv_response(f"{assessment.code}", header, rows)
    context = {
        "assessment": assessment, "results": found, "may_change": may(request.user, "change", assessment),
        "figures": analysis.figures, "reliability_notes": reliability_notes(analysis.figures),
        "pass_rates": pass_rate_bars(analysis, assessment) if analysis.attempts else [],
        "may_be_tried": assessment.evidence == EvidenceKind.SIMULATION,
        "trial": tried(assessment) if "trial" in request.GET else None,
    }  # fmt: skip
    return render(request, "assessments/admin/results.html", context)


def tried(assessment: Assessment) -> Trial | None:
    """What the key earns and how often guessing passes; nothing while it cannot be drawn."""
    try:
        return trial_of(assessment)
    except DrawError:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@needs("assessments.change_assessment")
def regrade(request: SignedInRequest, pk: int) -> HttpResponse:
    """Marking again after a corrected question: POST lets the worker look whose mark would change."""
    assessment = get_object_or_404(Assessment, pk=pk)
    if request.method == "POST":
        return redirect("runs:run", start_regrade(assessment=assessment, by=request.user).pk)
    earlier = assessment.regrade_runs.filter(by=request.user)[:10]
    return render(request, "assessments/admin/regrade.html", {"assessment": assessment, "runs": earlier})


@needs("assessments.change_assessment")
def correct_question(request: SignedInRequest, pk: int, key: UUID) -> HttpResponse:
    """A question that was wrong: what shall count. POST lets the worker look who would change; nothing is applied."""
    assessment = get_object_or_404(Assessment, pk=pk)
    asked = AttemptItem.objects.filter(attempt__assessment=assessment, question_key=key)
    question = Question.objects.filter(translation_key=key, pk__in=asked.values("question")).first()
    if question is None:
        raise Http404
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        run = start_regrade(assessment=assessment, by=request.user, question_key=key, **form.cleaned_data)
        return redirect("runs:run", run.pk)
    earlier = Correction.objects.filter(assessment=assessment, question_key=key).order_by("-at", "-pk")[:10]
    context = {"assessment": assessment, "question": question, "form": form, "earlier": earlier}
    return render(request, "assessments/admin/correct.html", context)
