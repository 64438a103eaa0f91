"""People for tests."""

from typing import Any

from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.accounts.services import set_role

PASSWORD = "une-phrase-de-passe"


def make_user(username: str, role: Role = Role.LEARNER, **fields: Any) -> User:
    user = User.objects.create_user(username, password=PASSWORD, **fields)
    if role != Role.LEARNER:
        set_role(user=user, role=role)
    return user
