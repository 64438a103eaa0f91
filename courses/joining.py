"""The column "group" of the learners' import: rows that name a group of the importer put people into it."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.cohorts import cohorts_of, join_many, rows_of_membership
from courses.models import Cohort
from lms.accounts.imports import Column
from lms.accounts.models import User
from lms.lib.sql_contains import equals


def clean_group(text: str, by: User) -> Cohort | None:
    """The importer's own group of that name; another trainer's is as unknown as one that does not exist."""
    if not text:
        return None
    found = cohorts_of(by).filter(equals("name", text)).order_by("-starts_on", "-pk").first()
    if found is None:
        raise ValidationError(_("You have no group of this name. Create it under “My groups”, or correct the name."))
    return found


def join(user_ids: Sequence[int], cohort: Cohort, by: User) -> None:
    """Put learners into the group and on its open courses. Repeating it changes nothing."""
    join_many(list(User.objects.filter(pk__in=user_ids)), cohort)


GROUP = Column(
    "group",
    gettext_lazy("Group"),
    ("groupe", "group", "classe", "class", "cohorte", "cohort"),
    clean_group,
    join,
    rows_of_membership,
)
