"""What trainers see of learners' attempts: marks by person and group, answers one by one, and how questions do."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from assessments import item_analysis
from assessments.content import content_of
from assessments.models import Assessment, Attempt, Grade, ItemMark, Response
from assessments.pictures import picture_of
from assessments.question_types import get_question_type
from assessments.results import QuestionResult, named
from assessments.verdicts import remark_on_languages, remarks_on_options, sentence_of
from cms.rows import may
from courses.cohorts import cohorts_of
from courses.models import Cohort
from lms.accounts.access import needs
from lms.accounts.http import SignedInRequest
from lms.accounts.visibility import visible_to
from lms.lib.http import private
from lms.lib.moments import reader_day
from lms.lib.numbers import read_number
from lms.lib.percentages import percent
from lms.lib.tables import csv_response, xlsx_response

PER_PAGE, PER_FILE = 50, 5000
GROUPS = 200  # in the drop-down


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
    """Who handed in, with which mark, newest first; of one group on demand, and as a file."""
    assessment = get_object_or_404(Assessment, pk=pk)
    groups = cohorts_of(request.user)
    group = group_of(request, groups)
    rows = attempts_for(request, assessment)
    if group:
        rows = rows.filter(enrolment__user__in=group.members.values("user"))
    if (export := request.GET.get("export")) in FILES:
        return FILES[export](assessment.code, header(), table(rows[:PER_FILE]))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "assessment": assessment, "page_obj": page, "attempts": page.object_list, "group": group,
        "groups": groups[:GROUPS], "is_cut": page.paginator.count > PER_FILE,
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
    """One attempt: each question with the answer, the right one, and what was earned."""
    found = get_object_or_404(attempts_for(request, get_object_or_404(Assessment, pk=pk)), pk=attempt_id)
    newest = Response.objects.filter(item=OuterRef("pk")).order_by("-pk").values("answer")[:1]
    items = list(found.items.annotate(newest_answer=Subquery(newest)).order_by("position"))
    contents = content_of(item.revision_id for item in items)
    grade = Grade.objects.filter(attempt=found).order_by("-at", "-pk").first()
    marks = {mark.item_id: mark for mark in ItemMark.objects.filter(grade=grade)} if grade else {}
    with override(found.language):
        rows = [
            {
                "item": item,
                "content": contents[item.revision_id],
                "picture": picture_of(contents[item.revision_id]),
                "review": explained(contents[item.revision_id], item.newest_answer or {}),
                "earned": percent(round(100 * marks[item.pk].fraction)) if item.pk in marks else "—",
            }
            for item in items
        ]
    others = attempts_for(request, found.assessment).filter(enrolment=found.enrolment_id).order_by("number")
    context = {"assessment": found.assessment, "attempt": found, "rows": rows, "attempts": list(others[:PER_PAGE])}
    return render(request, "assessments/admin/attempt.html", context)


def explained(content: Any, answer: dict[str, Any]) -> Any:
    return get_question_type(content.type).explain(content.spec, answer)


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
    (row,) = named([QuestionResult(key, figures=figures)])
    options = item_analysis.options_of(analysis, key)
    languages = item_analysis.languages_of(analysis, key)
    remark = remark_on_languages(languages)
    context = {
        "assessment": assessment, "row": row, "figures": figures, "sentence": sentence_of(row.verdict, figures),
        "remarks": [*remarks_on_options(options, figures.shown), *([remark] if remark else [])],
        "options": item_analysis.bars(item_analysis.shown_options(options), figures.shown),
        "languages": languages if len(languages) > 1 else [],
        "may_change": may(request.user, "change", assessment),
    }  # fmt: skip
    return render(request, "assessments/admin/question.html", context)
