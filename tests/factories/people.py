"""People for tests."""

from typing import Any

from django.contrib.auth.models import Group

from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.services import ALL_COURSES, set_role

PASSWORD = "une-phrase-de-passe"


def make_user(username: str, role: Role = Role.LEARNER, *, all_courses: bool = True, **fields: Any) -> User:
    """A trainer works on all courses unless told: what hangs on roles in courses has its own tests."""
    user = User.objects.create_user(username, password=PASSWORD, **fields)
    if role != Role.LEARNER:
        set_role(user=user, role=role)
    if role == Role.TRAINER and all_courses:
        user.groups.add(Group.objects.get_or_create(name=ALL_COURSES)[0])
    return user
