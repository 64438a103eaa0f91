"""What trainers see of learners' attempts: marks by person and group, answers one by one, and how questions do."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments import item_analysis
from assessments.answer_sheets import read_sheet
from assessments.models import Assessment, Attempt
from assessments.results import QuestionResult, with_titles
from assessments.selectors import may_see_answers
from assessments.verdicts import remark_on_languages, remarks_on_options, sentence_of
from cms.rows import may
from courses.cohorts import cohorts_of
from courses.models import Cohort
from lms.accounts.access import needs
from lms.accounts.http import SignedInRequest
from lms.accounts.services import record
from lms.accounts.visibility import visible_to
from lms.lib.http import private
from lms.lib.moments import reader_day, timestamp
from lms.lib.numbers import read_number
from lms.lib.tables import csv_response, xlsx_response

PER_PAGE, PER_FILE = 50, 5000
GROUPS = 200  # in the drop-down
RESULTS = {"passed": gettext_lazy("passed"), "not-passed": gettext_lazy("not passed")}


def attempts_for(request: SignedInRequest, assessment: Assessment) -> QuerySet[Attempt]:
    """Attempts at it that were handed in by learners whom this person may see."""
    rows = Attempt.objects.filter(assessment=assessment, submitted_at__isnull=False)
    rows = rows.filter(enrolment__user__in=visible_to(request.user).values("pk"))
    return rows.select_related("enrolment__user").order_by("-submitted_at", "pk")


def group_of(request: SignedInRequest, groups: QuerySet[Cohort]) -> Cohort | None:
    """The one that is asked for; another person's does not exist."""
    asked = request.GET.get("group", "")
    if not asked:
        return None
    return get_object_or_404(groups, pk=read_number(asked) or 0)


@require_safe
@private
@needs("assessments.view_assessment")
def attempts(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who handed in, with which mark, newest first; of one group or result on demand, and as a file."""
    assessment = get_object_or_404(Assessment, pk=pk)
    groups = cohorts_of(request.user)
    group = group_of(request, groups)
    result = request.GET.get("result", "")
    rows = attempts_for(request, assessment)
    if group:
        rows = rows.filter(enrolment__user__in=group.members.values("user"))
    if result in RESULTS:
        rows = rows.filter(passed=result == "passed")
    if (export := request.GET.get("export")) in FILES:
        record(actor=request.user, verb="export-attempts", target=assessment)
        return FILES[export](assessment.code, header(), table(rows[:PER_FILE]))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "assessment": assessment, "page_obj": page, "attempts": page.object_list, "group": group,
        "groups": groups[:GROUPS], "result": result, "results": RESULTS, "is_filtered": group or result in RESULTS,
        "is_cut": page.paginator.count > PER_FILE,
    }  # fmt: skip
    return render(request, "assessments/admin/attempts.html", context)


FILES = {"csv": csv_response, "xlsx": xlsx_response}


def header() -> list[str]:
    return [
        _("Learner"), _("User name"), _("Attempt"), _("Handed in on"), _("Minutes"), _("Mark, %"), _("Passed"),
    ]  # fmt: skip


def table(rows: QuerySet[Attempt]) -> Iterator[list[Any]]:
    for row in rows:
        user = row.enrolment.user
        passed = _("yes") if row.passed else _("no")
        day = reader_day(row.submitted_at or row.started_at)
        yield [user.full_name, user.username, row.number, day, row.minutes, float(row.score or 0), passed]


@require_safe
@private
@needs("assessments.view_assessment")
def attempt(request: SignedInRequest, pk: int, attempt_id: UUID) -> HttpResponse:
    """One attempt: each question with the answer, what was earned and why. Each reading is written down."""
    found = get_object_or_404(attempts_for(request, get_object_or_404(Assessment, pk=pk)), pk=attempt_id)
    record(actor=request.user, verb="read-answers", target=found)
    others = attempts_for(request, found.assessment).filter(enrolment=found.enrolment_id).order_by("number")
    other_language = (
        "" if found.language == get_language() else dict(settings.LANGUAGES).get(found.language, found.language)
    )
    context = {
        "assessment": found.assessment, "attempt": found, "sheet": read_sheet(found, request.user),
        "attempts": list(others[:PER_PAGE]), "handed_in": timestamp(found.submitted_at or found.started_at),
        "other_language": other_language, "learner_sees_keys": may_see_answers(found),
    }  # fmt: skip
    return render(request, "assessments/admin/attempt.html", context)


@require_safe
@private
@needs("assessments.view_assessment")
def question(request: SignedInRequest, pk: int, key: UUID) -> HttpResponse:
    """How one question does its work: its figures in a sentence, who chose what, and in which language."""
    assessment = get_object_or_404(Assessment, pk=pk)
    analysis = item_analysis.analysis_of(assessment)
    if key not in analysis.by_key:
        raise Http404
    figures = analysis.by_key[key]
    (row,) = with_titles([QuestionResult(key, figures=figures)])
    options = item_analysis.options_of(analysis, key)
    languages = item_analysis.languages_of(analysis, key)
    remark = remark_on_languages(languages)
    context = {
        "assessment": assessment, "row": row, "figures": figures, "sentence": sentence_of(row.verdict, figures),
        "remarks": [*remarks_on_options(options, figures.shown), *([remark] if remark else [])],
        "options": item_analysis.bars(item_analysis.shown_options(options), figures.shown),
        "lines": item_analysis.lines_of(analysis, key), "has_rest": len(analysis.keys) > 1,
        "languages": languages if len(languages) > 1 else [],
        "may_change": may(request.user, "change", assessment),
    }  # fmt: skip
    return render(request, "assessments/admin/question.html", context)
