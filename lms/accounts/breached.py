"""Passwords that are known from a breach are refused, where a site may ask a list of them (``BREACHED_PASSWORDS_URL``).

The list is asked by the first five characters of a hash, as Have I Been Pwned and its mirrors take it: some thousand
passwords share them, so whoever keeps the list learns no password. A list that is away keeps nobody from choosing one.
"""

import hashlib
import logging

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.lib.outbound import OutboundError, get

logger = logging.getLogger(__name__)
PREFIX = 5


def is_breached(password: str) -> bool:
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    try:
        answer = get(settings.BREACHED_PASSWORDS_URL.rstrip("/") + "/" + digest[:PREFIX])
    except OutboundError as error:
        logger.warning("the list of breached passwords was not asked: %s", error)
        return False
    if answer.status != 200:
        logger.warning("the list of breached passwords answers %s", answer.status)
        return False
    for line in answer.body.decode(errors="replace").splitlines():
        rest, _colon, times = line.strip().partition(":")
        if rest.upper() == digest[PREFIX:]:
            return times.strip() != "0"  # what only fills the answer up
    return False


class BreachedPasswordValidator:
    """Not of PINs: every number of six digits is in such a list, and decision 5 says what makes up for it."""

    def validate(self, password: str, user: User | None = None) -> None:
        is_learner = user is None or (user.role == Role.LEARNER and not user.is_superuser)
        if not settings.BREACHED_PASSWORDS_URL or (is_learner and password.isdigit()):
            return
        if is_breached(password):
            text = _("This password is known from a theft of passwords elsewhere: choose another one.")
            raise ValidationError(text, code="password_breached")

    def get_help_text(self) -> str:
        return ""
