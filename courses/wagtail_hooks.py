"""Courses in the admin: skills and courses as snippets, flat lists of pages, groups and their progress."""

from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.admin.widgets.button import Button
from wagtail.models import Locale, Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.chooser import SnippetCreateView
from wagtail.snippets.views.snippets import CreateView, EditView, SnippetViewSetGroup

from cms.gates import OPEN, Rows
from cms.gates import allow as allow_views
from cms.models import HomePage
from cms.rows import may
from cms.search import RowsViewSet, WordsChooser, WordsIndexView
from cms.units import file_size
from courses import (
    admin_calls,
    admin_copy,
    admin_group,
    admin_help,
    admin_join,
    admin_learner,
    admin_move,
    admin_notes,
    admin_pages,
    admin_roles,
    admin_tree,
    admin_views,
    admin_write,
    roles,
)
from courses.access import courses_of
from courses.admin_forms import CourseForm
from courses.cohorts import cohorts_of
from courses.models import Course, CoursePage, LessonPage, ModulePage, Skill, StepPage
from courses.places import ChoosePlaceView
from lms.lib.http import for_pages_only
from lms.lib.translated import untranslated


class CourseChooserCreateView(SnippetCreateView):
    def save_form(self, form: Any) -> Course:
        course: Course = super().save_form(form)
        roles.make_author(course=course, user=self.request.user)
        return course


class CourseChooser(WordsChooser):
    """A new course can be made where it is chosen: on its page."""

    create_view_class = CourseChooserCreateView
    form_fields: ClassVar[list[str]] = ["code", "titles", "level", "hours"]


class CourseCreateView(CreateView):
    """Whoever makes a course is its author."""

    def save_instance(self) -> Course:
        course: Course = super().save_instance()
        roles.make_author(course=course, user=self.request.user)
        return course


class CourseEditView(EditView):
    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """One transaction, so that what comes before the course is still as it was checked when it is saved."""
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer


class CourseViewSet(RowsViewSet):
    model = Course
    base_form_class = CourseForm
    add_view_class = CourseCreateView
    edit_view_class = CourseEditView
    chooser_viewset_class = CourseChooser
    icon = "glasses"
    menu_label = _("Courses, all languages")
    menu_name = "courses-rows"
    copy_view_enabled = False
    list_display: ClassVar[list[Any]] = [
        "code",
        Column("title", label=_("Title")),
        Column(untranslated, label=_("To translate")),
        Column("get_level_display", label=_("Level")),
        "hours",
        BooleanColumn("is_open", label=_("Open to everyone")),
    ]
    list_filter: ClassVar[list[str]] = ["level", "is_open"]
    search_fields: ClassVar[list[str]] = ["code", "titles"]
    index_view_class = WordsIndexView
    ordering: ClassVar[list[str]] = ["position", "code"]


class SkillViewSet(RowsViewSet):
    model = Skill
    icon = "tasks"
    menu_label = _("Skills")
    copy_view_enabled = False
    list_display: ClassVar[list[Any]] = [
        "code",
        Column("name", label=_("Name")),
        Column(untranslated, label=_("To translate")),
        "framework",
    ]
    list_filter: ClassVar[list[str]] = ["framework"]
    search_fields: ClassVar[list[str]] = ["code", "names"]
    index_view_class = WordsIndexView
    chooser_viewset_class = WordsChooser
    list_per_page = 60


class CoursePageListing(PageListingViewSet):
    model = CoursePage
    choose_parent_view_class = ChoosePlaceView
    icon = "globe"
    name = "course_pages"
    menu_label = _("Course pages")
    list_display: ClassVar[list[Any]] = [
        *PageListingViewSet.index_view_class.base_columns[:2],
        Column("course", label=_("Course")),
        *PageListingViewSet.index_view_class.base_columns[3:],
    ]


class LessonListing(PageListingViewSet):
    model = LessonPage
    choose_parent_view_class = ChoosePlaceView
    icon = "doc-full"
    name = "lesson_pages"
    menu_label = _("Lessons")
    list_display: ClassVar[list[Any]] = [
        *PageListingViewSet.index_view_class.base_columns[:3],
        Column("minutes", label=_("Minutes")),
        Column(lambda page: file_size(page.body_bytes), label=_("On a phone"), sort_key="body_bytes"),
        *PageListingViewSet.index_view_class.base_columns[3:],
    ]


class TeamItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_team", False))


class ManagerItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_manager", False))


class CourseMenu(SnippetViewSetGroup):
    """One entry of the main menu for all that makes a course."""

    menu_label = _("Courses")
    menu_name = "courses"
    menu_icon = "clipboard-list"
    menu_order = 110
    items = (CourseViewSet, SkillViewSet)

    def get_submenu_items(self) -> list[MenuItem]:
        """The pages first: they are what a trainer works on every day."""
        pages = [
            TeamItem(_("Course pages"), reverse("course_pages:index"), icon_name="glasses", order=-2),
            TeamItem(_("Lessons"), reverse("lesson_pages:index"), icon_name="doc-full", order=-1),
        ]
        people = ManagerItem(
            _("Who works on which course"), reverse("courses_all_people"), icon_name="group", order=900
        )
        return [*pages, *super().get_submenu_items(), people]


register_snippet(CourseMenu)


@hooks.register("register_admin_viewset")
def page_listings() -> list[PageListingViewSet]:
    return [CoursePageListing(), LessonListing()]


allow_views(
    dict.fromkeys(
        [
            "courses_learner_help",
            "courses_learner",
            "courses_learner_notes",
            "courses_note_change",
            "courses_note_withdraw",
            "courses_note_put_back",
            "courses_cohorts",
            "courses_cohort_new",
            "courses_cohort",
            "courses_cohort_edit",
            "courses_cohort_remove",
            "courses_cohort_write",
            "courses_cohort_move",
            "courses_cohort_calls",
            "courses_cohort_code",
        ],
        OPEN,
    )
)  # each finds its group through ``cohorts_of``, its learner through ``visible_to``
allow_views(
    {
        "courses_new": OPEN,  # it asks whether they may add courses
        "courses_tree": Rows(lambda: Course, "pk", "view"),  # a change asks for the right to change
        "courses_copy": Rows(lambda: Course, "pk", "change"),
        "courses_pages": Rows(lambda: Course, "pk", "change"),
        "courses_people": Rows(lambda: Course, "pk", "change"),
        "courses_person_remove": Rows(lambda: Course, "pk", "change"),
        "courses_all_people": OPEN,  # for programme managers: it asks
    }
)
allow_views({"create": OPEN}, "wagtailsnippetchoosers_courses_course")  # Wagtail asks whether they may add courses
for listing in ("course_pages", "lesson_pages"):
    allow_views(dict.fromkeys(["index", "index_results", "choose_parent"], OPEN), listing)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [
        path("learner-help/", admin_help.help_learner, name="courses_learner_help"),
        path("learner/<int:pk>/", admin_learner.show, name="courses_learner"),
        path("learner/<int:pk>/notes/", admin_notes.notes, name="courses_learner_notes"),
        path("learner/<int:pk>/notes/<int:note_id>/", admin_notes.change, name="courses_note_change"),
        path("learner/<int:pk>/notes/<int:note_id>/withdraw/", admin_notes.withdraw, name="courses_note_withdraw"),
        path("learner/<int:pk>/notes/<int:note_id>/put-back/", admin_notes.put_back, name="courses_note_put_back"),
        path("cohorts/", admin_views.cohort_list, name="courses_cohorts"),
        path("cohorts/new/", admin_views.cohort_edit, name="courses_cohort_new"),
        path("cohorts/<int:pk>/", admin_group.cohort_detail, name="courses_cohort"),
        path("cohorts/<int:pk>/edit/", admin_views.cohort_edit, name="courses_cohort_edit"),
        path("cohorts/<int:pk>/remove/", admin_group.remove, name="courses_cohort_remove"),
        path("cohorts/<int:pk>/move/", admin_move.move, name="courses_cohort_move"),
        path("cohorts/<int:pk>/calls/", admin_calls.calls, name="courses_cohort_calls"),
        path("cohorts/<int:pk>/write/", admin_write.write, name="courses_cohort_write"),
        path("cohorts/<int:pk>/code/", admin_join.join_code, name="courses_cohort_code"),
        path("courses/new/", admin_tree.new, name="courses_new"),
        path("courses/<int:pk>/", admin_tree.tree, name="courses_tree"),
        path("courses/<int:pk>/copy/", admin_copy.copy, name="courses_copy"),
        path("courses/<int:pk>/pages/", admin_pages.pages, name="courses_pages"),
        path("courses/people/", admin_roles.all_courses, name="courses_all_people"),
        path("courses/<int:pk>/people/", admin_roles.course_people, name="courses_people"),
        path(
            "courses/<int:pk>/people/<int:user_id>/remove/",
            admin_roles.course_person_remove,
            name="courses_person_remove",
        ),
    ]


@hooks.register("register_snippet_listing_buttons")
def people_button(snippet: Any, user: Any, next_url: str | None = None) -> Any:
    if isinstance(snippet, Course) and may(user, "change", snippet):
        url = reverse("courses_tree", args=[snippet.pk])
        yield Button(_("Modules and lessons"), url, icon_name="list-ul", priority=10)
        url = reverse("courses_pages", args=[snippet.pk])
        yield Button(_("Pages of this course"), url, icon_name="globe", priority=54)
        url = reverse("courses_people", args=[snippet.pk])
        yield Button(_("Authors and reviewers"), url, icon_name="group", priority=55)
        url = reverse("courses_copy", args=[snippet.pk])
        yield Button(_("Copy this course"), url, icon_name="copy", priority=56)


@hooks.register("before_copy_page")
def limit_page_copy(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A course page means its course; of the rest lessons alone stand on their own."""
    page = page.specific
    if isinstance(page, CoursePage):
        return redirect("courses_copy", page.course_id)
    if getattr(page, "is_copied_alone", True):
        return None
    text = _("Modules and assessments are not copied one by one. Copy the whole course, or write a new one.")
    messages.error(request, text)
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("before_move_page")
def move_where_the_slug_is_free(request: HttpRequest, page: Page, destination: Page) -> HttpResponse | None:
    """A step's slug is its own in the whole course, and Wagtail looks only below the new parent."""
    if not slug_is_taken_there(request, page, destination):
        return None
    return redirect("wagtailadmin_pages:move", page.pk)


@hooks.register("before_bulk_action")
def move_all_where_slugs_are_free(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Nothing is moved unless everything can be."""
    if action_type != "move" or not objects or not isinstance(objects[0], Page):
        return None
    destination = action.cleaned_form.cleaned_data["chooser"]
    taken = [page for page in objects if slug_is_taken_there(request, page, destination)]
    return redirect("wagtailadmin_explore", objects[0].get_parent().pk) if taken else None


def slug_is_taken_there(request: HttpRequest, page: Page, destination: Page) -> bool:
    """Whether another step of the course at ``destination`` has the page's slug; says so, and what to do."""
    page = page.specific
    if not isinstance(page, StepPage) or not page.slug_is_taken(destination, page.slug, own=page.pk):
        return False
    text = _("“%(page)s” was not moved: another step of that course has the slug “%(slug)s”. Give it another slug"
             " under “Promote”, publish it, then move it.")  # fmt: skip
    edit = messages.button(reverse("wagtailadmin_pages:edit", args=[page.pk]), _("Edit"))
    messages.error(request, text % {"page": page.get_admin_display_title(), "slug": page.slug}, buttons=[edit])
    return True


@hooks.register("register_admin_menu_item")
def cohorts_item() -> MenuItem:
    return TeamItem(_("My groups"), reverse("courses_cohorts"), name="groups", icon_name="group", order=120)


class GroupsPanel(Component):
    """On the first page: the trainer's groups, one step from their progress."""

    name = "groups"
    template_name = "courses/admin/groups_panel.html"
    order = 100

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        return {"cohorts": cohorts_of(user)[:8], "user": user}


class CoursesPanel(Component):
    """On the first page: the courses in writing, and how one is made."""

    name = "courses"
    template_name = "courses/admin/courses_panel.html"
    order = 110

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        allowed = courses_of(user, "view")
        pages = CoursePage.objects.filter(course__in=allowed).select_related("course", "locale")
        pages = pages.order_by("course__position", "locale_id")
        home = HomePage.objects.filter(locale=Locale.get_active()).first()
        may_add_course = user.has_perm("courses.add_course")
        may_add = home is not None and home.permissions_for_user(user).can_add_subpage()
        has_others = CoursePage.objects.exists()
        return {
            "pages": pages[:12],
            "home": home if may_add else None,
            "has_others": has_others,
            "may_add_course": may_add_course,
        }


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
@for_pages_only
def suggest_next_step(request: HttpRequest, page: Page) -> None:
    """One who writes a first course need not know where Wagtail hides “Add child page”.

    Said after “published”, which Wagtail says later than its hook ``after_publish_page``.
    """
    page = page.specific
    lead_back_to_course(request, page)
    if not page.live or "action-publish" not in request.POST:
        return
    if isinstance(page, CoursePage):
        text, parent = _("Next: the modules of this course."), page
    elif isinstance(page, ModulePage):
        text, parent = _("Next: the lessons and assessments of this module."), page
    elif isinstance(page, StepPage):
        text, parent = _("Next: another lesson or an assessment in this module."), page.get_parent()
    else:
        return
    url = reverse("wagtailadmin_pages:add_subpage", args=[parent.pk])
    messages.info(request, text, buttons=[messages.button(url, _("Add"))])


def lead_back_to_course(request: HttpRequest, page: Page) -> None:
    """From the editor of one page to the screen where all of its course is."""
    if isinstance(page, CoursePage | ModulePage | StepPage):
        course = CoursePage.objects.ancestor_of(page, inclusive=True).select_related("locale").first()
        if course is not None:
            url = reverse("courses_tree", args=[course.course_id]) + f"?language={course.locale.language_code}"
            text = _("This page is a part of “%(course)s”.") % {"course": course.draft_title}
            messages.info(request, text, buttons=[messages.button(url, _("Back to the course"))])


@hooks.register("after_create_snippet")
@for_pages_only
def link_to_course_page(request: HttpRequest, snippet: Any) -> None:
    if isinstance(snippet, Course):
        url = reverse("courses_pages", args=[snippet.pk])
        messages.info(request, _("Next: the page of this course."), buttons=[messages.button(url, _("Add"))])


@hooks.register("construct_homepage_panels")
def add_panels(request: HttpRequest, panels: list[Component]) -> None:
    panels.extend([GroupsPanel(), CoursesPanel()])
