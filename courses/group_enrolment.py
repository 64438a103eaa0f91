"""Members of a group who are not on one of its courses and might be: it was published after the group took it, or
published again, or they have finished meanwhile what comes before it. A sweep puts them on it, whatever came first.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from courses import services
from courses.models import Cohort, CohortMember, Course, CoursePage, Enrolment
from courses.outline import languages
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.lib.moments import site_day
from lms.lib.runs import ROWS_AT_ONCE
from lms.lib.sweeps import Sweep, register


def not_enrolled() -> QuerySet[CohortMember]:
    """Learners of groups that are not over, whom a published course of their group waits for."""
    published = CoursePage.objects.filter(live=True, locale__language_code__in=languages())
    person = OuterRef(OuterRef("user"))
    finished = Enrolment.objects.filter(user=OuterRef(person), course=OuterRef("to_course"), completed_at__isnull=False)
    to_finish = Course.prerequisites.through.objects.filter(~Exists(finished), from_course=OuterRef("course"))
    own = Enrolment.objects.filter(user=person, course=OuterRef("course"))
    to_begin = Cohort.courses.through.objects.filter(
        ~Exists(own), ~Exists(to_finish), cohort=OuterRef("cohort"), course__in=published.values("course")
    )
    members = CohortMember.objects.filter(user__role=Role.LEARNER, user__is_active=True)
    is_on = Q(cohort__ends_on=None) | Q(cohort__ends_on__gte=site_day())
    return members.filter(is_on, Exists(to_begin))


def groups_to_enrol(now: datetime) -> QuerySet[Cohort]:
    return Cohort.objects.filter(Exists(not_enrolled().filter(cohort=OuterRef("pk")))).order_by("pk")


def enrol_some(pk: int, now: datetime) -> bool:
    """Those of a group who wait, as many as one transaction may write; the next round takes the others."""
    cohort = Cohort.objects.filter(pk=pk).first()
    if cohort is None:
        return False
    courses = list(cohort.courses.all())
    at_once = max(ROWS_AT_ONCE // max(len(courses), 1), 1)
    waiting = not_enrolled().filter(cohort=cohort).order_by("pk").values("user")[:at_once]
    people = list(User.objects.filter(pk__in=list(waiting.values_list("user", flat=True))))
    return sum([services.enrol_many(users=people, course=course) for course in courses]) > 0


ENROL = register(
    Sweep(name="courses.enrol", label=_("Groups to put on their courses"), rows=groups_to_enrol, work=enrol_some,
          remedy=_("Open the group and its courses in the administration and correct what is wrong with them."))
)  # fmt: skip
