"""Attempts taken along on a phone: drawn here, answered offline, marked here by the versions that were shown."""

from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from assessments.content import QuestionContent, content_of
from assessments.form_keys import issue_run
from assessments.models import AssessmentPage, Attempt, AttemptItem
from assessments.pictures import picture_of
from assessments.presentation import fill, presentation_of, refilled
from assessments.question_types import InvalidResponse, Public, Submission, get_question_type
from assessments.rules import may_be_taken_along
from assessments.selectors import attempts_on, has_passed, may_certify, newest_of
from assessments.services.practice import TRIES_BEFORE_ANSWER, Told, tell_at_once
from assessments.services.starting import AttemptRefusedError, start
from courses.outline import Outline, Step
from courses.packs import KeptPage
from courses.selectors import Learning

ONE_CHOICE = ("single", "true_false")


@dataclass(slots=True)
class KeptAttempts:
    """``refused``: which assessments cannot come along, and why."""

    attempts: list[dict[str, Any]] = field(default_factory=list)
    refused: list[list[str]] = field(default_factory=list)


def take_along(*, learning: Learning, outline: Outline) -> KeptAttempts:
    """Each assessment of the course that may be taken offline, with its open attempt or a new one."""
    kept = KeptAttempts()
    pages = AssessmentPage.objects.live().select_related("assessment").in_bulk([step.page_id for step in outline.steps])
    for step in outline.steps:
        page = pages.get(step.page_id)
        if page is None or step.is_lesson:
            continue
        if not may_be_taken_along(page.assessment):
            kept.refused.append([step.title, _("It has a time limit or is supervised: it needs a network.")])
            continue
        if not page.assessment.is_practice and has_passed(attempts_on(learning.enrolment, page.assessment)):
            continue
        try:
            attempt = start(enrolment=learning.enrolment, page=page, language=outline.language)
        except AttemptRefusedError as refusal:
            kept.refused.append([step.title, refusal.message])
            continue
        kept.attempts.append(pages_of(attempt, page, step, outline))
    return kept


def pages_of(attempt: Attempt, page: AssessmentPage, step: Step, outline: Outline) -> dict[str, Any]:
    """What the phone keeps of one attempt: its pages, and for each question the run of its keys and what was saved."""
    items = list(attempt.items.select_related("question__skill").order_by("position"))
    contents = content_of(item.revision_id for item in items)
    place = [outline.code, step.slug, attempt.pk]
    paths = {item.position: reverse("assessments:question", args=[*place, item.position]) for item in items}
    result = reverse("assessments:result", args=place)
    overview = reverse("assessments:overview", args=place)
    rules, title = page.assessment, step.title
    kept, runs, places = [], {}, []
    for item in items:
        item.attempt = attempt
        _pk, newest, saved = newest_of(item)
        places.append((item.position, paths[item.position], bool(saved)))
        runs[item.position] = str(issue_run(after=newest))
        main = question_main(item, contents[item.revision_id], saved, len(items))
        name = get_question_type(contents[item.revision_id].type).place(item.position, len(items))
        bar = f"{item.position}/{len(items)}"
        kept.append(KeptPage(paths[item.position], name, overview, _("All questions"), bar, main))
    intro = {"page": page, "rules": rules, "total": len(items), "first": paths[1]}
    intro["is_begun"] = any(is_saved for _place, _path, is_saved in places)
    listed = {"places": places, "waiting": result}
    for path, back, label, template, context in (
        (step.path, outline.path, outline.title, "intro", intro),
        (overview, step.path, title, "overview", listed),
        (result, outline.path, outline.title, "waiting", {"outline": outline}),
    ):
        kept.append(KeptPage(path, title, back, label, "", render_to_string(f"offline/{template}.html", context)))
    return {
        "id": str(attempt.pk),
        "title": title,
        "result": result,
        "overview": overview,
        "paths": paths,
        "runs": runs,
        "pages": [one.as_list() for one in kept],
    }


def question_main(item: AttemptItem, content: QuestionContent, saved: dict[str, Any], total: int) -> str:
    attempt = item.attempt
    presentation = presentation_of(attempt, item, content)
    is_practice = attempt.assessment.is_practice
    is_told = is_practice and not may_certify(item.question)
    with override(attempt.language):
        tells = tells_of(content, presentation) if is_told else []
        right = get_question_type(content.type).explain(content.spec, {})["right_answer"] if is_told else ""
    context = {
        "item": item,
        "total": total,
        "is_practice": is_practice,
        "prompt": content.prompt,
        "picture": picture_of(content),
        "presentation": fill(presentation, refilled(content, presentation, saved)),
        "template": get_question_type(content.type).template,
        "is_told": is_told,
        "tells": tells,
        "right_answer": right,
        "explanation": content.feedback,
    }
    return render_to_string("offline/question.html", context)


def tells_of(content: QuestionContent, presentation: Public) -> list[tuple[str, Told]]:
    """What is told at once for each option of a practice question with one choice."""
    if content.type not in ONE_CHOICE:
        return []
    kind, told = get_question_type(content.type), []
    for option in presentation["options"]:
        try:
            response = kind.read(content.spec, presentation, Submission({presentation["field"]: [option["token"]]}))
        except InvalidResponse:
            continue
        told.append((option["token"], tell_at_once(content, response, TRIES_BEFORE_ANSWER - 1)))
    return told
