"""Wagtail knows rights to pages by group and tree only, and makes its policy anew in places: its class learns more."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from wagtail.models import GroupPagePermission
from wagtail.permission_policies.pages import PagePermissionPolicy


def add_page_permissions(more: Callable[[Any], Iterable[GroupPagePermission]]) -> None:
    """What ``more`` yields for a person of the team counts beside what their groups allow; superusers need none.

    Those rows are saved nowhere. Wagtail puts rights into sets, so each gets a key that no saved row has.
    """
    by_group = PagePermissionPolicy.get_all_permissions_for_user

    def with_more(self: PagePermissionPolicy, user: Any) -> Any:
        given = by_group(self, user)
        if not user.is_active or user.is_anonymous or user.is_superuser or not getattr(user, "is_team", False):
            return given
        return [*given, *numbered(more(user))]

    PagePermissionPolicy.get_all_permissions_for_user = with_more


def numbered(rights: Iterable[GroupPagePermission]) -> Iterator[GroupPagePermission]:
    for number, right in enumerate(rights, start=1):
        right.pk = -number
        yield right
