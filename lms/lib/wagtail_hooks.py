"""The status page in the admin's menu."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from lms.lib.status import may_see_status, status


class StatusItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_see_status(request)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [path("status/", status, name="installation_status")]


@hooks.register("register_reports_menu_item")
def menu_item() -> Any:
    return StatusItem(
        _("State of this installation"), reverse("installation_status"), icon_name="info-circle", order=10
    )
