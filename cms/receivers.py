"""What this app does when it hears news from the apps below."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.images import get_image_model
from wagtail.models import DraftStateMixin, Page, Site
from wagtail.signals import copy_for_translation_done
from wagtail.users.models import UserProfile

from cms import contacts, tasks
from cms.models import CentreContact
from lms.accounts.enums import STAFF_ROLES, Role
from lms.accounts.models import User
from lms.accounts.signals import role_changed
from lms.lib.publish import wake_on_commit


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


UNPUBLISHED = {
    "live": False, "has_unpublished_changes": True, "live_revision": None, "latest_revision": None,
    "first_published_at": None, "last_published_at": None, "go_live_at": None, "expire_at": None, "expired": False,
}  # fmt: skip


@receiver(copy_for_translation_done)
def begin_translation_as_draft(sender: Any, target_obj: Any, **kwargs: Any) -> None:
    """Wagtail copies a row with its state: published, in the words of another language, with versions that are not its
    own. The copy is saved after this. Pages it copies as drafts.
    """
    if isinstance(target_obj, DraftStateMixin) and not isinstance(target_obj, Page):
        for name, value in UNPUBLISHED.items():
            setattr(target_obj, name, value)


@receiver(post_save, sender=get_image_model(), dispatch_uid="cms.picture_sizes")
def on_picture_stored(sender: Any, instance: Any, **kwargs: Any) -> None:
    if not kwargs.get("raw"):
        wake_on_commit(tasks.sweep_pictures)


@receiver([post_save, post_delete], sender=CentreContact, dispatch_uid="cms.centre_contact")
@receiver([post_save, post_delete], sender=Site, dispatch_uid="cms.site_of_contact")
def on_contact_changed(sender: Any, **kwargs: Any) -> None:
    if not kwargs.get("raw"):
        transaction.on_commit(contacts.refresh, robust=True)
