"""What this app does when it hears news from the apps below."""

from typing import Any

from django.dispatch import receiver
from wagtail.users.models import UserProfile

from lms.accounts.enums import STAFF_ROLES, Role
from lms.accounts.models import User
from lms.accounts.signals import role_changed


@receiver(role_changed)
def set_admin_language(sender: Any, user_id: int, role: Role, **kwargs: Any) -> None:
    """The admin begins in the language of the person's account; they may choose another in the admin itself."""
    if role not in STAFF_ROLES:
        return
    user = User.objects.get(pk=user_id)
    profile = UserProfile.get_for_user(user)
    if not profile.preferred_language:
        profile.preferred_language = user.language
        profile.save(update_fields=["preferred_language"])
