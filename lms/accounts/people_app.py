"""Wagtail's app of users, with our pages of people."""

from wagtail.users.apps import WagtailUsersAppConfig


class PeopleAdminConfig(WagtailUsersAppConfig):
    user_viewset = "lms.accounts.people_admin.PeopleViewSet"
