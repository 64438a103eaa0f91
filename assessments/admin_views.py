"""Trainers' own screens in the admin: importing and exporting questions, and how an assessment does."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import Locale

from assessments.admin_forms import ImportForm
from assessments.exporting import write_gift
from assessments.importing import MOST, Entry, add_to_bank, read_gift, refused_file
from assessments.models import Assessment, QuestionBank
from assessments.results import results_of
from assessments.services import regrade_all, try_regrade
from courses.outline import active_language
from lms.accounts.http import SignedInRequest, needs
from lms.lib.tables import csv_response


@needs("assessments.add_question")
def import_questions(request: SignedInRequest) -> HttpResponse:
    """First look: what is good, what is not and why. Then the good ones into the bank, or the others as a file."""
    if request.method != "POST":
        form = ImportForm(initial={"locale": Locale.objects.filter(language_code=active_language()).first()})
        return render(request, "assessments/admin/import.html", {"form": form})
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "assessments/admin/import.html", {"form": form}, status=422)
    source = form.source()
    entries = read_gift(source)
    if not 0 < len(entries) <= MOST:
        form.add_error("file", _("There are %(count)s questions in it. Give from 1 to %(most)s.")
                       % {"count": len(entries), "most": MOST})  # fmt: skip
        return render(request, "assessments/admin/import.html", {"form": form}, status=422)
    step = request.POST.get("step")
    if step == "refused":
        return refused(entries)
    if step == "add" and (not form.cleaned_data["live"] or request.user.has_perm("assessments.publish_question")):
        return add(request, form, entries)
    return preview(request, form, entries)


def preview(request: SignedInRequest, form: ImportForm, entries: list[Entry]) -> HttpResponse:
    """The entries, and the form again with the text in it: nothing is kept on the server between the two steps."""
    kept = ImportForm(initial={**form.cleaned_data, "text": "\n\n".join(in_full(entry) for entry in entries)})
    good = sum(entry.usable for entry in entries)
    context = {"form": kept, "entries": entries, "good": good, "bad": len(entries) - good}
    return render(request, "assessments/admin/import.html", context)


def in_full(entry: Entry) -> str:
    """The source of an entry with its identifier, which files keep in a comment."""
    identifier = entry.question.id if entry.question else ""
    return f"// [id:{identifier}]\n{entry.source}" if identifier else entry.source


def refused(entries: list[Entry]) -> HttpResponse:
    return gift_file(refused_file(entries), "questions-to-mend")


def add(request: SignedInRequest, form: ImportForm, entries: list[Entry]) -> HttpResponse:
    chosen = form.cleaned_data
    added, known = add_to_bank(
        entries=entries,
        bank=chosen["bank"],
        skill=chosen["skill"],
        difficulty=chosen["difficulty"],
        locale=chosen["locale"],
        live=chosen["live"],
        by=request.user,
    )
    text = ngettext("%(count)s question was added.", "%(count)s questions were added.", added) % {"count": added}
    messages.success(request, text)
    if known:
        text = ngettext(
            "%(count)s question was there already and stays as it is.",
            "%(count)s questions were there already and stay as they are.",
            known,
        )
        messages.info(request, text % {"count": known})
    listing = reverse("wagtailsnippets_assessments_question:list")
    return redirect(f"{listing}?bank={chosen['bank'].pk}&locale={chosen['locale'].language_code}")


@require_safe
@needs("assessments.change_question")
def export_questions(request: SignedInRequest, pk: int, language: str) -> HttpResponse:
    """The questions of a bank in one language, with their answers, as a file for other systems."""
    bank, locale = get_object_or_404(QuestionBank, pk=pk), get_object_or_404(Locale, language_code=language)
    return gift_file(write_gift(bank, locale), f"{bank.code}-{language}")


def gift_file(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.gift"'
    return response


@require_safe
@needs("assessments.view_assessment")
def results(request: SignedInRequest, pk: int) -> HttpResponse:
    """Pass rate, marks, and the questions from the hardest to the easiest; as CSV on demand."""
    assessment = get_object_or_404(Assessment, pk=pk)
    found = results_of(assessment)
    if request.GET.get("export") == "csv":
        header = [_("Question"), _("Skill"), _("Shown"), _("Without an answer"), _("Points earned")]
        rows = [[row.text, row.skill, row.shown, row.unanswered, row.percent] for row in found.questions]
        return csv_response(f"{assessment.code}", header, rows)
    return render(request, "assessments/admin/results.html", {"assessment": assessment, "results": found})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("assessments.change_assessment")
def regrade(request: SignedInRequest, pk: int) -> HttpResponse:
    """Marking again after a mended question: first whose mark would change, then the writing of it."""
    assessment = get_object_or_404(Assessment, pk=pk)
    if request.method == "POST":
        written = regrade_all(assessment=assessment, by=request.user, may_lower="lower" in request.POST)
        text = ngettext("%(count)s mark was changed.", "%(count)s marks were changed.", len(written))
        messages.success(request, text % {"count": len(written)})
        return redirect("assessment_regrade", pk=pk)
    reports = try_regrade(assessment=assessment, by=request.user)
    lowered = sum(report.lowered for report in reports)
    context = {"assessment": assessment, "reports": reports, "lowered": lowered, "raised": len(reports) - lowered}
    return render(request, "assessments/admin/regrade.html", context)
