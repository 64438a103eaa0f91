"""Who works on which course, and what follows for pages, files and everything else that belongs to one.

An author writes and publishes their courses; a reviewer reads them whole and proposes corrections as drafts; who has
the right to all courses needs no role. A trainer without a role leads groups, and sees nothing of how courses are made.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from wagtail.models import GroupPagePermission, Page, ReferenceIndex

from cms.rows import Action, has_site_right
from cms.version_references import drafts, used_in_versions
from courses.enums import CourseRoleKind
from courses.models import Course, CoursePage, CourseRole, Enrolment, StepProgress
from courses.selectors import get_learning
from lms.accounts.http import SignedInRequest
from lms.lib.http import View, private

DRAFTS: tuple[Action, ...] = ("view", "change")
"""What a reviewer may do with what has drafts."""

PAGE_ACTIONS = {
    CourseRoleKind.AUTHOR: ("add", "change", "publish", "lock", "unlock"),
    CourseRoleKind.REVIEWER: ("change",),
}


def for_enrolled(view: View) -> View:
    """Give the view their ``Learning`` in place of the course's code; others are shown where to enrol."""

    @private
    @login_required
    @wraps(view)
    def wrapped(request: SignedInRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        learning = get_learning(request.user, code)
        if learning is None:
            get_object_or_404(Course, code=code)
            messages.info(request, _("You are not enrolled in this course yet. You can enrol here."))
            return redirect("catalogue:course", code)
        return view(request, learning, *args, **kwargs)

    return wrapped


def roles_of(user: Any) -> dict[int, str]:
    """Course id -> role. Read once for each request: ``user`` lives as long."""
    if not hasattr(user, "course_roles_read"):
        user.course_roles_read = dict(CourseRole.objects.filter(user=user).values_list("course_id", "role"))
    roles: dict[int, str] = user.course_roles_read
    return roles


def course_ids(user: Any, action: Action, *, has_drafts: bool = False) -> list[int]:
    """Courses on which this person has a role that allows it. Those who work on all courses are asked before."""
    if action == "view" or (has_drafts and action in DRAFTS):
        return list(roles_of(user))
    return [pk for pk, role in roles_of(user).items() if role == CourseRoleKind.AUTHOR]


def courses_of(user: Any, action: Action, model: type[Model] = Course) -> QuerySet[Course]:
    return Course.objects.all() if has_site_right(user) else Course.objects.filter(pk__in=course_ids(user, action))


def courses_to_take(user: Any) -> QuerySet[Course]:
    """What a group may be put on: courses in the public catalogue, and one's own."""
    published = CoursePage.objects.filter(live=True).values("course")
    return Course.objects.filter(Q(pk__in=published) | Q(pk__in=courses_of(user, "view").values("pk")))


def paths_of(user: Any, action: Action) -> list[str]:
    """Places in the page tree of the courses on which they may do that, in every language."""
    ids = course_ids(user, action, has_drafts=True)
    return list(CoursePage.objects.filter(course__in=ids).values_list("path", flat=True)) if ids else []


def inside(paths: list[str]) -> Q:
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(path__startswith=path)
    return found


def pages_of(user: Any, action: Action, model: type[Model] = Page) -> QuerySet[Page]:
    """Of what stands in courses, their own. Pages of the site are for Wagtail's own permissions to guard."""
    if has_site_right(user):
        return Page.objects.all()
    others = CoursePage.objects.exclude(path__in=paths_of(user, action)).values_list("path", flat=True)
    return Page.objects.exclude(inside(list(others)))


USES: list[Callable[[Any], tuple[type[Model], list[Any]]]] = []
"""Where files are used: a person -> a model, and the ids of its rows that they see. An app above adds its own."""


def pages_with_files(user: Any) -> tuple[type[Model], list[Any]]:
    return Page, list(Page.objects.filter(inside(paths_of(user, "view"))).values_list("pk", flat=True))


USES.append(pages_with_files)


def content_type_of(model: type[Model]) -> ContentType:
    return ContentType.objects.get_for_model(model, for_concrete_model=False)


def files_of(user: Any, action: Action, model: type[Model]) -> QuerySet[Any]:
    """Pictures, sound and documents: those they sent, and to look at and choose also those in their courses."""
    rows = model._default_manager.all()
    if has_site_right(user):
        return rows
    allowed = Q(uploaded_by_user=user)
    if action == "view":
        for use in USES:
            base, pks = use(user)
            references = ReferenceIndex.objects.filter(
                base_content_type=content_type_of(base),
                object_id__in=[str(pk) for pk in pks],
                to_content_type=content_type_of(model),
            )
            allowed |= Q(pk__in=[int(pk) for pk in references.values_list("to_object_id", flat=True).distinct()])
    return rows.filter(allowed)


# --- what is never deleted


def kept_courses(rows: QuerySet[Course]) -> QuerySet[Course]:
    return rows.filter(pk__in=Enrolment.objects.values("course"))


STEPS_IN_USE: list[Callable[[], QuerySet[Any]]] = [lambda: StepProgress.objects.values_list("step_key", flat=True)]
"""Keys of the steps that learners have met. An app above adds its own."""


def kept_pages(rows: QuerySet[Page]) -> QuerySet[Page]:
    """A step that somebody did or has open, in any language, and whatever stands above one; home and plain pages that
    are the roots of the site.
    """
    met = Q(translation_key__in=Enrolment.objects.exclude(last_step_key=None).values("last_step_key"))
    for keys in STEPS_IN_USE:
        met |= Q(translation_key__in=keys())
    kept = []
    taken = CoursePage.objects.filter(course__in=Enrolment.objects.values("course")).values("pk")
    for page in rows:
        below = Page.objects.filter(path__startswith=page.path)
        if below.filter(met).exists() or below.filter(pk__in=taken).exists():
            kept.append(page.pk)
    return rows.filter(pk__in=kept)


SHOWN_VERSIONS: list[Callable[[], Q]] = []
"""Versions that somebody is still shown, besides drafts, as a filter of revisions. An app above adds its own."""


def kept_files(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Used in what is live, in a newest draft, or in a version that somebody is still shown."""
    return rows.filter(pk__in=used(rows))


def kept_skills(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(pk__in=used(rows))


def used(rows: QuerySet[Any]) -> set[int]:
    references = ReferenceIndex.objects.filter(
        to_content_type=content_type_of(rows.model),
        to_object_id__in=[str(pk) for pk in rows.values_list("pk", flat=True)],
    )
    found = {int(pk) for pk in references.values_list("to_object_id", flat=True).distinct()}
    versions = drafts()
    for shown in SHOWN_VERSIONS:
        versions |= shown()
    return found | {int(pk) for pk in used_in_versions(rows, versions)}


# --- what Wagtail asks


def page_permissions(user: Any) -> Iterator[GroupPagePermission]:
    """What their roles in courses allow, in the form of Wagtail's own permissions; never saved."""
    roles = roles_of(user)
    if not roles or has_site_right(user):
        return
    for page in CoursePage.objects.filter(course__in=list(roles)):
        for action in PAGE_ACTIONS[CourseRoleKind(roles[page.course_id])]:
            yield GroupPagePermission(page=page.page_ptr, permission=Permission(codename=f"{action}_page"))
