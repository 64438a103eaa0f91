"""The admin's menu entry and addresses of accounts."""

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import ListingButton

from lms.accounts import access, learner_admin, merge_admin, on_behalf_admin, people_access, run_admin, undelivered
from lms.accounts.models import User


class TeamMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_team", False))


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern | URLResolver]:
    own = [
        path("", learner_admin.list_learners, name="list"),
        path("import/", learner_admin.start_import, name="import"),
        path("import/example/", learner_admin.template_file, name="template"),
        path("cards/", learner_admin.print_cards, name="print_cards"),
        path("cards/<str:batch>/", learner_admin.show_cards, name="cards"),
        path("<int:pk>/", learner_admin.edit_learner, name="edit"),
        path("<int:pk>/lift-pause/", learner_admin.unlock_sign_in, name="unlock_sign_in"),
    ]
    bulk = [
        path("", run_admin.list_runs, name="list"),
        path("<uuid:pk>/", run_admin.show_run, name="run"),
        path("<uuid:pk>/file/", run_admin.run_file, name="file"),
    ]
    merges = [
        path("", merge_admin.list_merges, name="list"),
        path("duplicates/", merge_admin.list_duplicates, name="duplicates"),
        path("of/<int:pk>/", merge_admin.choose_other, name="choose"),
        path("of/<int:kept>/<int:other>/", merge_admin.compare, name="compare"),
        path("of/<int:kept>/<int:other>/separate/", merge_admin.separate, name="separate"),
        path("separate/<int:pk>/take-back/", merge_admin.take_back, name="take_back"),
        path("<int:pk>/", merge_admin.show_merge, name="show"),
        path("<int:pk>/undo/", merge_admin.undo_merge, name="undo"),
    ]
    about = [
        path("<int:pk>/", people_access.show, name="access"),
        path("<int:pk>/lift-pause/", people_access.unlock_sign_in, name="unlock_sign_in"),
        path("<int:pk>/reset-second-factor/", people_access.reset_factor, name="reset_factor"),
    ]
    return [
        path("learners/", include((own, "learners"))),
        path("runs/", include((bulk, "runs"))),
        path("merges/", include((merges, "merges"))),
        path("people-access/", include((about, "people"))),
        path("on-behalf/", include(([path("<int:pk>/", on_behalf_admin.act, name="act")], "on_behalf"))),
        path("undelivered/", include(([path("", undelivered.list_undelivered, name="list")], "undelivered"))),
    ]


class ManagerMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_manager", False))


@hooks.register("register_user_listing_buttons")
def access_button(user: User, request_user: User) -> list[ListingButton]:
    """In the list of people: how this person gets in."""
    if not access.may_help(request_user, user):
        return []
    return [ListingButton(_("Sign-in"), reverse("people:access", args=[user.pk]), icon_name="key", priority=20)]


@hooks.register("register_admin_menu_item")
def learners_menu_item() -> MenuItem:
    return TeamMenuItem(
        pgettext_lazy("menu, short", "Learners"),
        reverse("learners:list"),
        name="learners",
        icon_name="user",
        order=130,
    )


@hooks.register("register_reports_menu_item")
def runs_menu_item() -> MenuItem:
    return TeamMenuItem(_("Bulk work"), reverse("runs:list"), name="runs", icon_name="tasks", order=90)


@hooks.register("register_reports_menu_item")
def duplicates_menu_item() -> MenuItem:
    return ManagerMenuItem(
        _("Likely duplicates"), reverse("merges:duplicates"), name="duplicates", icon_name="duplicate", order=95
    )


@hooks.register("register_reports_menu_item")
def undelivered_menu_item() -> MenuItem:
    return ManagerMenuItem(
        _("Messages that did not arrive"), reverse("undelivered:list"), name="undelivered", icon_name="mail", order=15
    )
