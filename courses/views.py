"""The learner's pages. Each fetches their own enrolment first; whoever has none is led to the course's public page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses import progress, services
from courses.access import for_enrolled
from courses.enums import StepKind
from courses.lessons import body_key, lesson_body
from courses.models import Course
from courses.outline import (
    Outline,
    Step,
    active_language,
    all_outlines,
    best_outline,
    get_outline,
    get_outlines,
    languages,
)
from courses.packs import pack_bytes
from courses.selectors import Learning, get_learnings, unread_news
from lms.accounts.data_saver import saves_data
from lms.accounts.http import SignedInRequest
from lms.accounts.models import OutboundMessage
from lms.lib.direct_answers import shown_directly
from lms.lib.http import private
from lms.lib.numbers import read_number
from lms.lib.shared_pages import OWNER, shared_page


@require_safe
@private
@login_required
def my_courses(request: SignedInRequest) -> HttpResponse:
    """What they learn, the course to go on with first, and what is new for them."""
    learnings = get_learnings(request.user)
    outlines = outlines_for([learning.course for learning in learnings])
    cards = [
        {
            "learning": learning,
            "outline": outlines[learning.course.pk],
            "progress": progress.measure(outlines[learning.course.pk], learning.done, learning.enrolment.last_step_key),
        }
        for learning in learnings
        if learning.course.pk in outlines
    ]
    return render(request, "courses/my_courses.html", {"cards": cards, "news": unread_news(request.user)})


def outlines_for(courses: list[Course]) -> dict[int, Outline]:
    """The outline of each course in the active language, else in another it is published in."""
    found: dict[int, Outline] = {}
    for language in dict.fromkeys([active_language(), *languages()]):
        missing = [course for course in courses if course.pk not in found]
        if missing:
            found |= get_outlines(missing, language)
    return found


@require_POST
@private
@login_required
def open_news(request: SignedInRequest, pk: str) -> HttpResponse:
    """Mark one of their messages read and go where it leads."""
    message = get_object_or_404(OutboundMessage, pk=pk, user=request.user)
    if message.read_at is None:
        OutboundMessage.objects.filter(pk=message.pk).update(read_at=timezone.now())
    is_ours = url_has_allowed_host_and_scheme(message.link, {request.get_host()}, require_https=request.is_secure())
    return redirect(message.link if message.link and is_ours else "courses:my_courses")


@shown_directly
@require_safe
@for_enrolled
def course(request: SignedInRequest, learning: Learning) -> HttpResponse:
    """The outline with what is done, what is next, and the end of the course when it is reached."""
    outline = best_outline(learning.course)
    if outline is None:
        return render(request, "courses/withdrawn.html", {"course": learning.course})
    measured = progress.measure(outline, learning.done, learning.enrolment.last_step_key)
    everywhere = all_outlines(learning.course)
    required = progress.required_keys(outline, everywhere)
    context = {
        "learning": learning,
        "outline": outline,
        "progress": measured,
        "elsewhere": progress.elsewhere(outline, everywhere, learning.done),
        "pack_bytes": bytes_to_keep(request, learning.course, outline),
        "can_finish": learning.enrolment.completed_at is None and progress.is_complete(required, learning.done),
    }
    return render(request, "courses/course.html", context)


def bytes_to_keep(request: SignedInRequest, chosen: Course, outline: Outline) -> int:
    """What it weighs to keep the course on this phone; 0 where it cannot be kept in this language."""
    if outline.language != active_language():
        return 0
    return pack_bytes(chosen, outline.language, on_tap=saves_data(request))


@shown_directly
@require_safe
@for_enrolled
def lesson(request: SignedInRequest, learning: Learning, slug: str) -> HttpResponse:
    """One lesson: the kept body, and around it their own state."""
    outline, step = find_step(learning.course, slug)
    if outline is None or step is None or step.path != iri_to_uri(request.path):
        return redirect(step.path if step else lesson_has_moved(request, learning.course))
    shown = read_number(request.GET.get("picture", ""))
    body = lesson_body(learning.course, step, outline.language, on_tap=saves_data(request), shown=shown)
    if body is None:
        return redirect(lesson_has_moved(request, learning.course))
    services.save_last_step(enrolment=learning.enrolment, step_key=step.key, language=outline.language)
    is_done = step.key in learning.done

    def render(csrf_token: str) -> str:
        steps = outline.steps
        context = {
            "outline": outline,
            "step": step,
            "body": body,
            "number": steps.index(step) + 1,
            "total": len(steps),
            "next_step": outline.after(step.key),
            "is_done": is_done,
            "language_urls": language_urls(learning.course, outline, step),
            "csrf_token": csrf_token,
            "page_owner": OWNER,
        }
        return render_to_string("courses/lesson.html", context, request)

    key = f"frame:{body_key(learning.course, step, outline.language)}{body.variant}:{is_done}"
    return shared_page(request, key, render)


@for_enrolled
def step_done(request: SignedInRequest, learning: Learning, slug: str) -> HttpResponse:
    """They have read the lesson: note it and go on. Assessments are never done by saying so."""
    outline, step = find_step(learning.course, slug)
    if outline is None or step is None:
        return redirect(lesson_has_moved(request, learning.course))
    if request.method != "POST" or not step.is_lesson:
        return redirect(step.path)
    was_complete = learning.enrolment.completed_at is not None
    services.mark_step_done(enrolment=learning.enrolment, step_key=step.key, kind=StepKind.LESSON)
    if learning.enrolment.completed_at and not was_complete:
        messages.success(request, _("Well done! You have finished this course."))
        return redirect(outline.path)
    following = outline.after(step.key)
    return redirect(following.path if following else outline.path)


@require_POST
@for_enrolled
def finish(request: SignedInRequest, learning: Learning) -> HttpResponse:
    """Close a course whose last missing step was withdrawn by its trainers."""
    if services.finish_course(enrolment=learning.enrolment):
        messages.success(request, _("Well done! You have finished this course."))
    return redirect("courses:course", learning.course.code)


@private
@login_required
def enrol(request: SignedInRequest, code: str) -> HttpResponse:
    chosen = get_object_or_404(Course, code=code)
    if request.method != "POST":
        return redirect("catalogue:course", code)
    try:
        services.enrol(user=request.user, course=chosen)
    except services.EnrolmentRefusedError as refusal:
        messages.error(request, refusal.message)
        return redirect("catalogue:course", code)
    return redirect("courses:course", code)


def find_step(course: Course, slug: str) -> tuple[Outline | None, Step | None]:
    """The step of that slug in the active language; a slug of another language leads to its translation, if there
    is one."""
    here = get_outline(course, active_language())
    if here is not None and (step := here.by_slug(slug)):
        return here, step
    for outline in all_outlines(course):
        step = outline.by_slug(slug)
        if step is not None:
            translation = here.by_key(step.key) if here else None
            return (here, translation) if translation else (outline, step)
    return here, None


def language_urls(course: Course, outline: Outline, step: Step) -> dict[str, str]:
    """This lesson's address in every other language; where it is not translated, the course's."""
    addresses = {}
    for other in all_outlines(course):
        if other.language != outline.language:
            translation = other.by_key(step.key)
            addresses[other.language] = translation.path if translation else other.path
    return addresses


def lesson_has_moved(request: SignedInRequest, course: Course) -> str:
    """Where to go when a lesson is not there any more."""
    messages.info(request, _("This lesson has moved. Here is the course as it is now."))
    return reverse("courses:course", args=[course.code])
