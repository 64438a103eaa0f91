"""The public catalogue. Strangers' pages may be kept for a minute by anybody; signed-in people's by nobody."""

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from courses import catalogue, progress, services
from courses.forms import CatalogueForm
from courses.lessons import lesson_body
from courses.models import Course, CoursePage
from courses.outline import Outline, all_outlines, best_outline
from courses.selectors import get_learning
from lms.accounts.data_saver import HEADER, saves_data
from lms.lib.numbers import read_number

PAGE_SIZE = 24


def shared_briefly(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let caches keep what holds nothing of the reader."""
    is_personal = request.user.is_authenticated or getattr(get_messages(request), "used", False)
    if is_personal:
        patch_cache_control(response, private=True, no_store=True)
    else:
        patch_cache_control(response, public=True, max_age=60)
        patch_vary_headers(response, [HEADER])
    return response


@require_safe
def course_list(request: HttpRequest) -> HttpResponse:
    """All published courses, searched and filtered by a plain GET form."""
    listed = catalogue.entries()
    form = CatalogueForm(request.GET or None, entries=listed)
    found = catalogue.search(listed, form.cleaned_data) if form.is_bound and form.is_valid() else listed
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, "count": len(found), "is_empty": not listed}
    return shared_briefly(request, render(request, "courses/catalogue.html", context))


@require_safe
def course_detail(request: HttpRequest, code: str) -> HttpResponse:
    """What a course is about, what it asks, and the way in."""
    course = get_object_or_404(Course.objects.prefetch_related("skills__skill", "prerequisites"), code=code)
    outline = best_outline(course)
    if outline is None:
        return shared_briefly(request, render(request, "courses/unpublished.html", {"course": course}))
    page = CoursePage.objects.select_related("cover").get(pk=outline.page_id)
    context = {"course": course, "outline": outline, "page": page, "languages": all_outlines(course)}
    context["on_tap"] = saves_data(request)
    context |= own_state(request, course, outline)
    return shared_briefly(request, render(request, "courses/catalogue_course.html", context))


@require_safe
def sample_lesson(request: HttpRequest, code: str) -> HttpResponseBase:
    """The first lesson of an open course, for whoever wants to see before they sign up."""
    course = get_object_or_404(Course, code=code, is_open=True)
    outline = best_outline(course)
    step = next((step for step in outline.steps if step.is_lesson), None) if outline else None
    shown = read_number(request.GET.get("picture", ""))
    on_tap = saves_data(request)
    body = lesson_body(course, step, outline.language, on_tap=on_tap, shown=shown) if outline and step else None
    if body is None:
        return redirect("catalogue:course", code)
    following = reverse("catalogue:course", args=[code])
    context = {"course": course, "outline": outline, "step": step, "body": body, "following": following}
    context["self_sign_up"] = settings.SELF_SIGN_UP
    return shared_briefly(request, render(request, "courses/sample.html", context))


def own_state(request: HttpRequest, course: Course, outline: Outline) -> dict[str, object]:
    """Their progress when they take the course; why they may not when they may not."""
    if not request.user.is_authenticated:
        return {}
    learning = get_learning(request.user, course.code)
    if learning is not None:
        return {
            "learning": learning,
            "progress": progress.measure(outline, learning.done, learning.enrolment.last_step_key),
        }
    try:
        services.check_may_enrol(user=request.user, course=course)
    except services.EnrolmentRefusedError as refusal:
        return {"refusal": refusal}
    return {"may_enrol": True}
