"""A group's code: whoever has it joins the group by themselves, until a day and as long as there are places.

It says nothing of who somebody is: an account that was made a minute ago joins with it, as itself.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from courses.cohorts import join_many
from courses.models import Cohort, CohortMember
from lms.accounts.cards import ALPHABET, normalise
from lms.accounts.models import User
from lms.accounts.services import record

LENGTH, GROUP = 8, 4  # 40 bits: wrong ones are counted
LONGEST_DAYS, MOST_PLACES = 60, 300


def printed(code: str) -> str:
    """As it is written and typed: ``ABCD-EFGH``."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def address(cohort: Cohort) -> str:
    return settings.BASE_URL + reverse("join:group", args=[cohort.join_code])


@transaction.atomic
def open_code(*, cohort: Cohort, by: User, days: int, places: int) -> Cohort:
    """A new code for the group; the one before works no more."""
    cohort.join_code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    cohort.join_until = timezone.now() + timedelta(days=min(days, LONGEST_DAYS))
    cohort.join_places = min(places, MOST_PLACES)
    cohort.save(update_fields=["join_code", "join_until", "join_places"])
    record(actor=by, verb="open-join-code", target=cohort)
    return cohort


@transaction.atomic
def close_code(*, cohort: Cohort, by: User) -> None:
    cohort.join_code, cohort.join_until, cohort.join_places = None, None, 0
    cohort.save(update_fields=["join_code", "join_until", "join_places"])
    record(actor=by, verb="close-join-code", target=cohort)


def is_open(cohort: Cohort) -> bool:
    is_in_time = cohort.join_until is not None and cohort.join_until > timezone.now()
    return bool(cohort.join_code) and is_in_time and cohort.join_places > 0


def find(typed: str) -> Cohort | None:
    """The group of this code, in whatever spaces, dashes and letters, while it works."""
    code = normalise(typed)
    cohort = Cohort.objects.filter(join_code=code).first() if code else None
    return cohort if cohort is not None and is_open(cohort) else None


class FullError(Exception):
    """The last place went, or the code ended, a moment before."""


@transaction.atomic
def join(*, user: User, cohort: Cohort) -> None:
    """Into the group and on its courses. Raises FullError. Who is in already takes no second place."""
    _member, is_new = CohortMember.objects.get_or_create(cohort=cohort, user=user)
    if is_new:
        code = Cohort.objects.filter(pk=cohort.pk, join_code=cohort.join_code, join_places__gt=0)
        if not code.filter(join_until__gt=timezone.now()).update(join_places=F("join_places") - 1):
            raise FullError
        record(actor=user, verb="join-group", target=cohort, fields=["members"])
    join_many([user], cohort)
