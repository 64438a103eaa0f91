"""Every "no" carries its next step: the course that would raise the match most, or else something they can do today."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from courses.models import Course
from lms.accounts.models import User
from lms.lib.translated import pick
from placement.matching import MatchReason, reasons_from_json, unmet_needs
from placement.models import Referral


@dataclass(frozen=True)
class NextStep:
    """``course`` is None when the step is to look at their own profile."""

    sentence: str
    url: str
    action: str
    course: Course | None = None


def skill_name(line: MatchReason) -> str:
    return pick(dict(line.names)) or line.code


def course_for(*, user: User, code: str, above: int) -> Course | None:
    """The shortest open course, not finished by them, that proves this skill above a level."""
    return (
        open_courses(user)
        .filter(skills__skill__code=code, skills__level__gt=above)
        .order_by("hours", "position")
        .first()
    )


def open_courses(user: User) -> Any:
    """Published courses that everyone may take and that they have not finished."""
    done = user.enrolments.filter(completed_at__isnull=False).values("course_id")
    return Course.objects.filter(is_open=True, pages__live=True).exclude(pk__in=done).distinct()


def next_step(referral: Referral) -> NextStep | None:
    """In the active language."""
    user = referral.profile.user
    for line in unmet_needs(reasons_from_json(referral.reasons)):
        course = course_for(user=user, code=line.code, above=line.found or 0)
        if course:
            return course_step(course, skill_name(line))
    course = open_courses(user).order_by("position", "code").first()
    if course:
        return course_step(course, "")
    sentence = _(
        "Look at your candidate profile: more hours, a language or your own equipment open more opportunities."
    )
    return NextStep(sentence, reverse("opportunities:profile"), _("My candidate profile"))


def course_step(course: Course, skill: str) -> NextStep:
    words = {"course": course.title, "skill": skill, "hours": f"{course.hours:g}"}
    sentence = (
        _("What would bring you closest: %(skill)s. The course “%(course)s” (%(hours)s h) proves it.")
        if skill
        else _("A next step that opens more opportunities: the course “%(course)s” (%(hours)s h).")
    )
    return NextStep(sentence % words, reverse("catalogue:course", args=[course.code]), course.title, course)
