"""Courses in the admin: skills and courses as snippets, flat lists of pages, groups and their progress."""

from typing import Any, ClassVar

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from cms.templatetags.content import file_size
from courses import admin_views
from courses.cohorts import cohorts_of
from courses.models import Course, CoursePage, LessonPage, Skill


class CourseViewSet(SnippetViewSet):
    model = Course
    icon = "glasses"
    menu_label = _("Courses, all languages")
    menu_name = "courses-rows"
    copy_view_enabled = False
    list_display: ClassVar[list[Any]] = [
        "code",
        Column("title", label=_("Title")),
        Column("get_level_display", label=_("Level")),
        "hours",
        BooleanColumn("is_open", label=_("Open to everyone")),
    ]
    list_filter: ClassVar[list[str]] = ["level", "is_open"]
    search_fields: ClassVar[list[str]] = ["code", "titles"]
    ordering: ClassVar[list[str]] = ["position", "code"]


class SkillViewSet(SnippetViewSet):
    model = Skill
    icon = "tasks"
    menu_label = _("Skills")
    copy_view_enabled = False
    list_display: ClassVar[list[Any]] = ["code", Column("name", label=_("Name")), "framework"]
    list_filter: ClassVar[list[str]] = ["framework"]
    search_fields: ClassVar[list[str]] = ["code", "names"]
    list_per_page = 60


class CoursePageListing(PageListingViewSet):
    model = CoursePage
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
    icon = "doc-full"
    name = "lesson_pages"
    menu_label = _("Lessons")
    list_display: ClassVar[list[Any]] = [
        *PageListingViewSet.index_view_class.base_columns[:3],
        Column("minutes", label=_("Minutes")),
        Column(lambda page: file_size(page.body_bytes), label=_("On a phone"), sort_key="body_bytes"),
        *PageListingViewSet.index_view_class.base_columns[3:],
    ]


class CourseMenu(SnippetViewSetGroup):
    """One entry of the main menu for all that makes a course."""

    menu_label = _("Courses")
    menu_name = "courses"
    menu_icon = "openquote"
    menu_order = 110
    items = (CourseViewSet, SkillViewSet)


register_snippet(CourseMenu)


@hooks.register("register_admin_viewset")
def page_listings() -> list[PageListingViewSet]:
    return [CoursePageListing(), LessonListing()]


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [
        path("cohorts/", admin_views.cohort_list, name="courses_cohorts"),
        path("cohorts/new/", admin_views.cohort_edit, name="courses_cohort_new"),
        path("cohorts/<int:pk>/", admin_views.cohort_detail, name="courses_cohort"),
        path("cohorts/<int:pk>/edit/", admin_views.cohort_edit, name="courses_cohort_edit"),
        path("cohorts/<int:pk>/members/<int:user_id>/remove/", admin_views.cohort_remove, name="courses_cohort_remove"),
    ]


class TeamItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_team", False))


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


@hooks.register("construct_homepage_panels")
def add_groups(request: HttpRequest, panels: list[Component]) -> None:
    panels.append(GroupsPanel())
