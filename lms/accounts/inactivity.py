"""Learners who have not been here for two years are told, and a month later their account is erased.

Any sign of life stops it: whether somebody is inactive is asked of the rows each time, never remembered.
"""

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts.enums import Role
from lms.accounts.erasing import erase
from lms.accounts.messages import tell
from lms.accounts.models import InactivityNotice, User
from lms.accounts.recipient import in_language_of
from lms.lib import sweeps
from lms.lib.moments import site_day

NOTICE = timedelta(days=30)
SIGNS: list[tuple[str, str, str]] = [("accounts.SignIn", "user", "seen_at")]
"""Tables that tell of a sign of life: label, lookup of the person, column with the moment."""


def register_sign(label: str, path: str, column: str) -> None:
    SIGNS.append((label, path, column))


def inactive(now: datetime) -> "QuerySet[User]":
    """Open accounts of learners without a sign of life for ``INACTIVE_DAYS``; nobody where that is 0."""
    if not settings.INACTIVE_DAYS:
        return User.objects.none()
    since = now - timedelta(days=settings.INACTIVE_DAYS)
    rows = User.objects.filter(role=Role.LEARNER, is_active=True, is_staff=False, is_superuser=False, is_demo=False)
    rows = rows.annotate(came_at=Coalesce("last_login", "date_joined")).filter(came_at__lt=since, date_joined__lt=since)
    for label, path, column in SIGNS:
        model: Any = apps.get_model(label)
        rows = rows.filter(~Exists(model._base_manager.filter(Q(**{path: OuterRef("pk"), f"{column}__gte": since}))))
    return rows


def to_tell(now: datetime) -> "QuerySet[User]":
    return inactive(now).filter(inactivity_notice=None)


def notify(key: int, now: datetime) -> bool:
    """By every way there is: the date, and that signing in is all it takes."""
    user = to_tell(now).filter(pk=key).first()
    if user is None:
        return False
    InactivityNotice.objects.create(user=user, told_at=now)
    with in_language_of(user):
        words = {"day": site_day(now + NOTICE).strftime("%d/%m/%Y")}
        text = _(
            "You have not signed in for a long time. On %(day)s we erase your account and what we know of you. To keep"
            " it, sign in once before."
        )
        tell(user=user, key=f"inactive:{user.pk}:{now:%Y%m%d}", kind="inactive-account", body=text % words,
             subject=_("Your account will be erased"), link=reverse("accounts:settings"))  # fmt: skip
    return True


def due(now: datetime) -> "QuerySet[InactivityNotice]":
    return InactivityNotice.objects.filter(told_at__lte=now - NOTICE)


def told(now: datetime) -> "QuerySet[InactivityNotice]":
    return InactivityNotice.objects.filter(told_at__gt=now - NOTICE)


def to_erase(now: datetime) -> "QuerySet[User]":
    return inactive(now).filter(pk__in=due(now).values("user"))


def settle(key: int, now: datetime) -> bool:
    """The month is over: erase whoever has not come; forget the notice of whoever has, or has another role now."""
    notice = due(now).filter(pk=key).select_related("user").first()
    if notice is None:
        return False
    user = notice.user
    is_gone = inactive(now).filter(pk=user.pk).exists()
    notice.delete()
    if is_gone:
        erase(user=user, by=None, fields=["inactive"])
    return True


TELL = sweeps.register(
    sweeps.Sweep(
        name="accounts.inactive",
        label=gettext_lazy("Learners who have not been here for long"),
        remedy=gettext_lazy("Look at this person’s account and addresses."),
        rows=lambda now: to_tell(now).order_by("pk"),
        work=notify,
    )
)
ERASE = sweeps.register(
    sweeps.Sweep(
        name="accounts.erase-inactive",
        label=gettext_lazy("Accounts to erase after a notice"),
        remedy=gettext_lazy("Look at this person’s account; sign of life or not, the notice ends with it."),
        rows=lambda now: due(now).order_by("told_at", "pk"),
        work=settle,
        batch=50,
    )
)
