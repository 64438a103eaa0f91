"""Whom the learners of a group reach."""

from cms.contacts import Contact
from courses.models import Cohort
from lms.accounts.models import User
from lms.lib.moments import site_day


def contact_of_group(user: User) -> Contact | None:
    """The contact of the last group that this learner joined and that has one; a group that is over has none."""
    if not user.is_learner:
        return None
    groups = Cohort.objects.filter(members__user=user).exclude(contact_whatsapp="", contact_phone="")
    group = groups.exclude(ends_on__lt=site_day()).order_by("-members__joined_at").first()
    if group is None:
        return None
    return Contact(group.name, group.contact_whatsapp, group.contact_phone, {"": group.place} if group.place else {})
