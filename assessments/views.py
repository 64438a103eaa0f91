"""The learner's pages: introduction, one question at a time, overview, result, answers. No script is needed.

Whatever belongs to somebody else answers 404. Every form may be sent twice.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from assessments import selectors
from assessments.access import on_own_attempt
from assessments.content import QuestionContent, content_of
from assessments.form_keys import issue_key, read_key
from assessments.models import Allowance, Assessment, AssessmentPage, Attempt, AttemptItem
from assessments.pictures import picture_of
from assessments.presentation import fill, presentation_of, refilled
from assessments.question_types import InvalidResponse, get_question_type, work_words
from assessments.services import (
    AttemptClosedError,
    AttemptRefusedError,
    check_may_start,
    save_response,
    start,
    submit,
)
from assessments.services.allowances import unused, what_is_given
from assessments.services.practice import practised, tell_at_once
from assessments.services.starting import has_attempt
from courses.access import for_enrolled
from courses.outline import Outline, Step, active_language, best_outline
from courses.selectors import Learning, lessons_by_skill
from courses.services import save_last_step
from courses.views import find_step, language_urls, lesson_has_moved
from lms.accounts.http import SignedInRequest
from lms.lib.direct_answers import shown_directly

# -- before


@shown_directly
@for_enrolled
def intro(request: SignedInRequest, learning: Learning, slug: str) -> HttpResponse:
    """What awaits them, what they did so far, and the button that starts or goes on."""
    outline, step = find_step(learning.course, slug)
    page = None if step is None else AssessmentPage.objects.live().filter(pk=step.page_id).first()
    if outline is None or step is None or page is None:
        return redirect(lesson_has_moved(request, learning.course))
    if request.method == "POST":
        return begin(request, learning, page, step.slug)
    if step.path != iri_to_uri(request.path):
        return redirect(step.path)
    save_last_step(enrolment=learning.enrolment, step_key=step.key, language=outline.language)
    return render(request, "assessments/intro.html", intro_context(learning, outline, step, page))


def begin(request: SignedInRequest, learning: Learning, page: AssessmentPage, slug: str) -> HttpResponse:
    """Start, or go on where they were."""
    try:
        attempt = start(enrolment=learning.enrolment, page=page, language=active_language())
    except AttemptRefusedError as refusal:
        messages.warning(request, refusal.message)
        return redirect("assessments:intro", learning.course.code, slug)
    return redirect("assessments:question", learning.course.code, slug, attempt.pk, resume_place(request, attempt))


def resume_place(request: SignedInRequest, attempt: Attempt) -> int:
    """The first question without an answer; the last one when all have theirs."""
    items = selectors.get_items(request.user, attempt)
    return next((item.position for item in items if not item.newest_answer), len(items))


def intro_context(learning: Learning, outline: Outline, step: Step, page: AssessmentPage) -> dict[str, Any]:
    attempts = selectors.attempts_on(learning.enrolment, page.assessment)
    current = next((attempt for attempt in attempts if attempt.submitted_at is None), None)
    ended = [attempt for attempt in attempts if attempt.submitted_at is not None]
    limit = page.assessment.max_attempts
    allowances = unused(learning.enrolment, page.assessment)
    return {
        "page": page,
        "rules": page.assessment,
        "outline": outline,
        "step": step,
        "course": learning.course,
        "current": current,
        "ended": ended,
        "has_passed": selectors.has_passed(attempts),
        "practised": practised(learning.enrolment) if page.assessment.is_practice and attempts else [],
        "questions": page.question_count(),
        "left": max(limit - len(ended), 0) + has_attempt(allowances) if limit else None,
        "given": [what_is_given(row) for row in allowances],
        "refusal": "" if current else why_not(page.assessment, attempts, allowances),
        "language_urls": language_urls(learning.course, outline, step),
    }


def why_not(assessment: Assessment, attempts: Iterable[Attempt], allowances: Iterable[Allowance]) -> str:
    """Why no new attempt may start now, in words for them; empty when one may."""
    try:
        check_may_start(assessment, attempts, has_more=has_attempt(allowances))
    except AttemptRefusedError as refusal:
        return refusal.message
    return ""


# -- during


@shown_directly
@on_own_attempt
def question(request: SignedInRequest, code: str, slug: str, attempt_id: UUID, position: int) -> HttpResponse:
    """One question. Posting saves the answer and goes on, back, or marks it to be read again."""
    if request.method == "POST":
        return answer(request, code, slug, attempt_id, position)
    item = selectors.get_item(request.user, attempt_id, position, code)
    if closed := close_if_over(request, code, slug, item.attempt):
        return closed
    return show_question(request, code, slug, item, checked="checked" in request.GET)


def answer(request: SignedInRequest, code: str, slug: str, attempt_id: UUID, position: int) -> HttpResponse:
    go = request.POST.get("go", "next")
    try:
        saved = save_response(
            user=request.user,
            attempt_id=attempt_id,
            position=position,
            key=read_key(request.POST.get("key", "")),
            raw=dict(request.POST.lists()),
            flagged={"flag": True, "unflag": False}.get(go),
        )
    except InvalidResponse as error:
        item = selectors.get_item(request.user, attempt_id, position, code)
        return show_question(request, code, slug, item, typed=dict(request.POST.lists()), error=str(error))
    except AttemptClosedError as error:
        return close_if_over(request, code, slug, error.attempt) or redirect(request.path)
    if saved.stale:
        messages.warning(request, _("You sent an older page: nothing has changed. Your saved answer is below."))
        return redirect("assessments:question", code, slug, attempt_id, position)
    if go == "check":
        address = reverse("assessments:question", args=[code, slug, attempt_id, position])
        return redirect(f"{address}?checked")
    stays = go in ("flag", "unflag")
    target = position if stays else position - 1 if go == "back" else position + 1
    if go == "overview" or target < 1:
        return redirect("assessments:overview", code, slug, attempt_id)
    return redirect("assessments:question", code, slug, attempt_id, target)


def show_question(
    request: SignedInRequest,
    code: str,
    slug: str,
    item: Any,
    typed: dict[str, list[str]] | None = None,
    error: str = "",
    checked: bool = False,
) -> HttpResponse:
    """The form of one question with their answer in it; what they typed wrongly stays as typed.

    Practice tells at once what was right, and why; an assessment that certifies never does.
    """
    content = content_of([item.revision_id])[item.revision_id]
    presentation = presentation_of(item.attempt, item, content)
    _pk, newest_key, saved = selectors.newest_of(item)
    values = typed if typed is not None else refilled(content, presentation, saved)
    is_practice = item.attempt.assessment.is_practice
    told = told_at_once(item, content, saved) if is_practice and checked and saved and not error else {}
    kind = get_question_type(content.type)
    total = AttemptItem.objects.filter(attempt=item.attempt_id).count()
    context = {
        **told,
        "code": code,
        "slug": slug,
        "item": item,
        "attempt": item.attempt,
        "is_practice": is_practice,
        "prompt": content.prompt,
        "picture": picture_of(content),
        "presentation": fill(presentation, values),
        "key": issue_key(after=newest_key),
        "saved_key": newest_key,
        "is_saved": bool(saved) and not error,
        "total": total,
        "place": kind.place(item.position, total),
        "pace": selectors.pace_on(item.attempt) if kind.is_work else None,
        "other_language": "" if item.attempt.language == active_language() else item.attempt.language,
        "template": kind.template,
        "error": error,
    }
    return render(request, "assessments/question.html", context, status=422 if error else 200)


def told_at_once(item: AttemptItem, content: QuestionContent, saved: dict[str, Any]) -> dict[str, Any]:
    """Why, for what they chose; where to read; and how far they are in this skill."""
    attempt, skill = item.attempt, item.question.skill
    with override(attempt.language):
        told = tell_at_once(content, saved, item.responses.count())
    outline = best_outline(attempt.enrolment.course)
    lessons = lessons_by_skill(outline, [skill.code]) if outline and not told.correct else {}
    return {
        "told": told,
        "explanation": content.feedback if told.explained else "",
        "hint": next(iter(lessons.get(skill.code, ())), None),
        "mastery": next((row for row in practised(attempt.enrolment) if row.code == skill.code), None),
    }


def close_if_over(request: SignedInRequest, code: str, slug: str, attempt: Attempt) -> HttpResponseRedirect | None:
    """Lead to the result when nothing can be answered any more; grade what was saved if time has run out."""
    if attempt.submitted_at is None and not attempt.is_overdue():
        return None
    if attempt.submitted_at is None:
        submit(attempt=attempt)
        messages.warning(request, _("Time is up. The answers saved until then have been marked."))
    elif request.method == "POST":
        messages.info(request, _("This attempt is already handed in: nothing has changed."))
    return redirect("assessments:result", code, slug, attempt.pk)


@shown_directly
@on_own_attempt
def overview(request: SignedInRequest, code: str, slug: str, attempt_id: UUID) -> HttpResponse:
    """All questions at a glance before handing in; posting hands in."""
    attempt = selectors.get_attempt(request.user, code, attempt_id)
    if request.method == "POST":
        was_over = attempt.is_overdue() and attempt.submitted_at is None
        submit(attempt=attempt)
        if was_over:
            messages.warning(request, _("Time is up. The answers saved until then have been marked."))
        return redirect("assessments:result", code, slug, attempt_id)
    if closed := close_if_over(request, code, slug, attempt):
        return closed
    items = selectors.get_items(request.user, attempt)
    context = {
        "code": code,
        "slug": slug,
        "attempt": attempt,
        "items": items,
        "missing": sum(not item.newest_answer for item in items),
        "flagged": sum(item.flagged for item in items),
    }
    return render(request, "assessments/overview.html", context)


# -- after


@shown_directly
@require_safe
@on_own_attempt
def result(request: SignedInRequest, code: str, slug: str, attempt_id: UUID) -> HttpResponse:
    """What it was worth, skill by skill, and what comes next."""
    attempt = selectors.get_attempt(request.user, code, attempt_id)
    if attempt.submitted_at is None:
        return redirect("assessments:question", code, slug, attempt.pk, resume_place(request, attempt))
    detail = attempt.grades.latest("at", "pk").detail
    names = selectors.skill_names(detail["skills"])
    outline = best_outline(attempt.enrolment.course)
    weak, failed = [row["skill"] for row in detail["review"]], set(detail.get("failed", ()))
    taught_in = lessons_by_skill(outline, weak) if outline else {}
    attempts = selectors.attempts_on(attempt.enrolment, attempt.assessment)
    context = {
        "code": code,
        "slug": slug,
        "attempt": attempt,
        "unanswered": detail["unanswered"],
        "work": [words for name, done in detail.get("work", {}).items() for words in work_words(name, done)],
        "pace": selectors.pace_on(attempt) if detail.get("work") else None,
        "skills": [
            {
                "name": names.get(code, code),
                "percent": int(float(row["percent"])),
                "failed": code in failed,
                "questions": row.get("questions", 0),
                "missed": row.get("missed", 0),
            }
            for code, row in detail["skills"].items()
        ],
        "review": [{"name": names.get(skill, skill), "lessons": taught_in.get(skill, [])} for skill in weak],
        "failed": [names.get(code, code) for code in detail.get("failed", ())],
        "reread": next((lesson for code in weak for lesson in taught_in.get(code, ())), None),
        "outline": outline,
        "next_step": outline.after(attempt.step_key) if outline else None,
        "refusal": why_not(attempt.assessment, attempts, unused(attempt.enrolment, attempt.assessment)),
        "may_see_answers": selectors.may_see_answers(attempt),
    }
    return render(request, "assessments/result.html", context)


@require_safe
@on_own_attempt
def answers(request: SignedInRequest, code: str, slug: str, attempt_id: UUID) -> HttpResponse:
    """Their answers beside the right ones, once the rules allow it."""
    attempt = selectors.get_attempt(request.user, code, attempt_id)
    if not selectors.may_see_answers(attempt):
        return redirect("assessments:result", code, slug, attempt_id)
    items = selectors.get_items(request.user, attempt)
    contents = content_of(item.revision_id for item in items)
    with override(attempt.language):
        reviews = [
            {
                "item": item,
                "content": content,
                "picture": picture_of(content),
                "review": kind.explain(content.spec, item.newest_answer or {}),
                "is_work": kind.is_work,
                "of_texts": kind.is_of_texts,
            }
            for item in items
            for content in [contents[item.revision_id]]
            for kind in [get_question_type(content.type)]
        ]
    other = "" if attempt.language == active_language() else attempt.language
    context = {"code": code, "slug": slug, "attempt": attempt, "reviews": reviews, "other_language": other}
    return render(request, "assessments/answers.html", context)
