"""Speaking to one person: in their language, with hours of their zone."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import translation

from lms.accounts.models import User
from lms.lib.moments import in_zone


@contextmanager
def in_language_of(user: User) -> Iterator[None]:
    """What is written within is for this person: an e-mail, an SMS, a message on the site."""
    with translation.override(user.language), in_zone(user.time_zone):
        yield
