"""The screen on which a course is put together: one tree in one language, one form; every button works without script.

With htmx the answer to a button is the tree alone. Each act ends in the page, which says what it did.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods
from wagtail.models import Locale, Page

from cms.rows import may
from courses import arranging
from courses.access import courses_of
from courses.enums import Level
from courses.models import Course, CoursePage, ModulePage, Skill, TrashedPage
from courses.outline import active_language
from courses.tree import Row, Tree, gaps_of, get_tree, languages_with_home
from lms.accounts.http import SignedInRequest
from lms.lib.comparison import storable
from lms.lib.http import private
from lms.lib.numbers import read_number
from lms.lib.translated import as_read

LONGEST_TITLE = 200
MAX_NEW = 50
"""Titles that one press of a button takes."""
MAX_TARGETS = 50
"""Other courses offered to copy to."""


LINKS: list[Callable[[Course], list[tuple[str, str]]]] = []
"""Addresses and words beside the title of a course. An app above adds its own."""


class NewCourseForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title of the course"), max_length=LONGEST_TITLE)
    locale: Any = forms.ModelChoiceField(
        label=gettext_lazy("Language"), queryset=None, empty_label=None, required=False
    )
    like: Any = forms.ModelChoiceField(
        label=gettext_lazy("Begin with"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("an empty course"),
        help_text=gettext_lazy("Or with a copy of a course: all of it as drafts, without results of learners."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["locale"].queryset = languages_with_home()  # type: ignore[attr-defined]
        self.fields["locale"].initial = Locale.objects.filter(language_code=active_language()).first()
        self.fields["like"].queryset = courses_of(user, "change")  # type: ignore[attr-defined]


@private
def new(request: SignedInRequest) -> HttpResponse:
    """A course from its title: code, addresses and the page in a language are made of it."""
    if not request.user.has_perm("courses.add_course"):
        raise PermissionDenied
    form = NewCourseForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        title, like = form.cleaned_data["title"], form.cleaned_data["like"]
        if like is not None:
            course = arranging.new_course_like(course=like, title=title, by=request.user)
        else:
            locale = form.cleaned_data["locale"] or Locale.get_active()
            course = arranging.new_course(title=title, locale=locale, by=request.user)
        return redirect("courses_tree", course.pk)
    return render(request, "courses/admin/new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def tree(request: SignedInRequest, pk: int) -> HttpResponse:
    """The course in the language that ``language`` names; POST: what one button does."""
    course = get_object_or_404(Course, pk=pk)
    pages = list(CoursePage.objects.filter(course=course).select_related("locale").order_by("locale__pk"))
    if not pages:
        return redirect("courses_pages", pk)
    wanted = request.GET.get("language") or active_language()
    page = next((page for page in pages if page.locale.language_code == wanted), pages[0])
    allowed = may(request.user, "change", course)
    undo = 0
    if request.method == "POST":
        if not allowed:
            raise PermissionDenied
        undo = act(request, get_tree(course, page))
        if not request.htmx:
            query = f"?language={page.locale.language_code}" + (f"&undo={undo}" if undo else "")
            return redirect(reverse("courses_tree", args=[pk]) + query)
        page = CoursePage.objects.select_related("locale").get(pk=page.pk)
    shown = get_tree(course, page)
    undo = undo or read_number(request.GET.get("undo", "")) or 0
    context = {
        "tree": shown,
        "may_change": allowed,
        "undone": next((row for row in shown.trash if row.page.pk == undo), None),
        "kinds": arranging.NEW_STEPS,
        "skills": course.skills.select_related("skill"),
        "all_skills": as_read(Skill.objects.exclude(pk__in=course.skills.values("skill"))) if allowed else [],
        "levels": Level.choices,
        "targets": courses_of(request.user, "change").exclude(pk=pk)[:MAX_TARGETS] if allowed else [],
        "links": [link for links in LINKS for link in links(course)] if allowed else [],
        "is_part": bool(request.htmx),
    }
    template = "courses/admin/_tree.html" if context["is_part"] else "courses/admin/tree.html"
    return render(request, template, context)


# --- what the buttons do. Each ends with a sentence; the one that throws away returns what can be brought back.


def act(request: SignedInRequest, tree: Tree) -> int:
    """Write what was typed, then do what the button says. Returns the id of a page that was thrown away."""
    write_typed(request, tree)
    name, _sign, rest = request.POST.get("do", "").partition(":")
    if name in ACTS:
        return ACTS[name](request, tree, rest) or 0
    if name:
        raise Http404
    return 0


def find(tree: Tree, text: str) -> Row:
    """A module or a step of this tree; what stands elsewhere is not found."""
    number = read_number(text)
    row = next((row for row in tree.rows if row.page.pk == number), None)
    if row is None:
        raise Http404
    return row


def write_typed(request: SignedInRequest, tree: Tree) -> None:
    """Titles that were changed, and those of new modules, lessons and assessments."""
    by = request.user
    for row in [tree.top, *tree.rows]:
        typed, was = (clean(request.POST.get(f"{name}-{row.page.pk}", "")) for name in ("title", "was"))
        if typed and typed != was:  # what somebody else wrote meanwhile stays where nothing was typed over it
            arranging.rename(page=row.page, title=typed, by=by)
    for module in tree.modules:
        for kind in arranging.NEW_STEPS:
            for title in typed_titles(request, f"new-{kind}-{module.page.pk}"):
                arranging.add_step(module=module.page, course=tree.course, kind=kind, title=title, by=by)
    for title in typed_titles(request, "new-module"):
        arranging.add_module(page=tree.page, title=title, by=by)


def typed_titles(request: SignedInRequest, name: str) -> list[str]:
    """One title a line, so that a plan pasted from a document is a module with its lessons."""
    lines = (clean(line) for line in request.POST.get(name, "").splitlines())
    return [line for line in lines if line][:MAX_NEW]


def clean(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:LONGEST_TITLE]


def move_up(request: SignedInRequest, tree: Tree, rest: str) -> None:
    arranging.shift(tree=tree, row=find(tree, rest), by=request.user, down=False)


def move_down(request: SignedInRequest, tree: Tree, rest: str) -> None:
    arranging.shift(tree=tree, row=find(tree, rest), by=request.user, down=True)


def put(request: SignedInRequest, tree: Tree, rest: str) -> None:
    """``dragged:target``: behind a step, or first in a module; a module behind a module."""
    one, _sign, other = rest.partition(":")
    row, target = find(tree, one), find(tree, other)
    if row.page.pk == target.page.pk or (not row.is_step and target.is_step):
        return
    if row.is_step and not target.is_step:
        arranging.place(page=row.page, into=target.page, after=None, by=request.user)
    else:
        arranging.place(page=row.page, into=target.page.get_parent(), after=target.page, by=request.user)


def duplicate(request: SignedInRequest, tree: Tree, rest: str) -> None:
    row = find(tree, rest)
    title = _("%(title)s (copy)") % {"title": row.title}
    arranging.duplicate(page=row.page, course=tree.course, title=title[:LONGEST_TITLE], by=request.user)
    messages.success(request, _("“%(page)s” has been copied, as a draft.") % {"page": row.title})


def copy_to(request: SignedInRequest, tree: Tree, rest: str) -> None:
    row, number = find(tree, rest), read_number(request.POST.get(f"to-{rest}", ""))
    course = get_object_or_404(courses_of(request.user, "change"), pk=number)
    parent: Any = CoursePage.objects.filter(course=course, locale=tree.page.locale).first()
    if parent is not None and row.is_step:
        parent = ModulePage.objects.child_of(parent).filter(in_trash=None).order_by("path").last()
    if parent is None:
        text = _("“%(course)s” has no place for it in this language. Add a module there first.")
        messages.error(request, text % {"course": course.title})
        return
    arranging.copy_part(page=row.page, parent=parent, target=course, by=request.user)
    text = _("“%(page)s” has been copied to “%(course)s”, as a draft.")
    messages.success(request, text % {"page": row.title, "course": course.title})


def throw_away(request: SignedInRequest, tree: Tree, rest: str) -> int:
    row = find(tree, rest)
    arranging.throw_away(page=row.page, by=request.user)
    return int(row.page.pk)


def bring_back(request: SignedInRequest, tree: Tree, rest: str) -> None:
    row = get_object_or_404(TrashedPage, page=read_number(rest), page__path__startswith=tree.page.path)
    arranging.bring_back(page=Page.objects.get(pk=row.page_id), by=request.user)
    messages.success(request, _("“%(page)s” is back in its place.") % {"page": row.page.draft_title})


def publish(request: SignedInRequest, tree: Tree, rest: str) -> None:
    """The whole course, or one part with what stands above and below it; what has a gap stays as it is."""
    fresh = get_tree(tree.course, CoursePage.objects.select_related("locale").get(pk=tree.page.pk))
    wanted = fresh.rows
    if rest:
        row = find(fresh, rest)
        above = [module for module in fresh.modules if row in module.steps]
        wanted = [*above, row, *row.steps]
    at = hour_of(request) if request.POST.get("at") else None
    pages = [row.page for row in wanted if row.has_changes and not gaps_of(row.page)]
    if fresh.top.has_changes and not gaps_of(fresh.page):
        pages = [fresh.page, *pages]
    left = sum(row.has_changes and bool(gaps_of(row.page)) for row in wanted)
    done = arranging.publish(rows=pages, by=request.user, at=at)
    if done and at is not None:
        text = ngettext("%d page will be published at that hour.", "%d pages will be published at that hour.", done)
        messages.success(request, text % done)
    elif done:
        text = ngettext("%d page has been published.", "%d pages have been published.", done)
        messages.success(request, text % done)
    if left:
        text = ngettext(
            "%d page was left as a draft: see what is missing.",
            "%d pages were left as drafts: see what is missing.",
            left,
        )
        messages.warning(request, text % left)


def hour_of(request: SignedInRequest) -> Any:
    """In the reader's own hours. None when it is no hour, or over."""
    try:
        return forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M"]).clean(request.POST["at"])
    except forms.ValidationError:
        raise Http404 from None


def begin_language(request: SignedInRequest, tree: Tree, rest: str) -> None:
    locale = get_object_or_404(languages_with_home(), language_code=storable(rest))
    arranging.begin_language(page=tree.page, locale=locale, by=request.user)
    text = _("The drafts in %(language)s are there, still in the words of this language. Translate them, then publish.")
    messages.success(request, text % {"language": locale.get_display_name()})


def add_skill(request: SignedInRequest, tree: Tree, rest: str) -> None:
    skill = get_object_or_404(Skill, pk=read_number(request.POST.get("skill", "")))
    level = read_number(request.POST.get("level", "")) or Level.BASIC
    arranging.add_skill(course=tree.course, skill=skill, level=level if level in Level.values else Level.BASIC,
                        by=request.user)  # fmt: skip


def take_skill(request: SignedInRequest, tree: Tree, rest: str) -> None:
    arranging.take_skill(course=tree.course, skill_id=read_number(rest) or 0, by=request.user)


ACTS: dict[str, Callable[[SignedInRequest, Tree, str], int | None]] = {
    "up": move_up, "down": move_down, "put": put, "duplicate": duplicate, "copy": copy_to, "trash": throw_away,
    "restore": bring_back, "publish": publish, "language": begin_language, "skill": add_skill, "unskill": take_skill,
}  # fmt: skip
