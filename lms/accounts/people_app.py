"""Wagtail's app of users, with our pages of people."""

from wagtail.users.apps import WagtailUsersAppConfig


class PeopleAdminConfig(WagtailUsersAppConfig):
    user_viewset = "lms.accounts.people_admin.PeopleViewSet"

    def ready(self) -> None:
        from lms.accounts.models import User
        from lms.accounts.people_admin import NoDeletePolicy
        from lms.lib.seams.policies import register_policy

        super().ready()
        register_policy(NoDeletePolicy(User))
