"""Every "no" carries its next step: the course that would raise the match most, or else something they can do today."""

from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import Course
from lms.accounts.models import User
from lms.lib.translated import pick
from placement.enums import PROPOSED_STATES
from placement.matching import MatchReason, reasons_from_json, unmet_needs
from placement.models import CandidateProfile, Referral
from placement.near_misses import near_misses
from placement.open_after import open_after


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


MOST_COURSES = 30  # that are compared by what they open


def step_of(user: User) -> NextStep | None:
    """What waits for a learner, else what brings them closer to work, in the active language; None for others."""
    if not user.is_learner:
        return None
    waiting = Referral.objects.of_learner(user).filter(state__in=PROPOSED_STATES).order_by("expires_at").first()
    if waiting is not None:
        sentence = _("An opportunity waits for your yes or no: %(title)s.") % {"title": waiting.opportunity.title}
        return NextStep(sentence, reverse("opportunities:detail", args=[waiting.pk]), _("See this opportunity"))
    profile = CandidateProfile.objects.filter(user=user).first()
    near = near_misses(profile) if profile else []
    if near:
        text = ngettext(
            "%(count)d opportunity suits what you can prove. Tell us a little more, and we ask the employer.",
            "%(count)d opportunities suit what you can prove. Tell us a little more, and we ask the employers.",
            len(near),
        )
        return NextStep(text % {"count": len(near)}, reverse("opportunities:index"), _("Tell us more"))
    return course_that_opens_most(user) or profile_step()


def course_that_opens_most(user: User) -> NextStep | None:
    """Of the courses they may take, the one that opens most opportunities; without any, the first."""
    courses = list(open_courses(user).prefetch_related("skills").order_by("position", "code")[:MOST_COURSES])
    if not courses:
        return None
    opened = {course.pk: open_after(course, user) for course in courses}
    best = max(courses, key=lambda course: opened[course.pk].count)
    count = opened[best.pk].count
    if not count:
        return course_step(courses[0], "")
    words = {"course": best.title, "hours": floatformat(best.hours), "count": count}
    text = ngettext(
        "The course “%(course)s” (%(hours)s h) opens %(count)d opportunity to you.",
        "The course “%(course)s” (%(hours)s h) opens %(count)d opportunities to you.",
        count,
    )
    return NextStep(text % words, reverse("catalogue:course", args=[best.code]), best.title, best)


def profile_step() -> NextStep:
    sentence = _(
        "Look at your candidate profile: more hours, a language or your own equipment open more opportunities."
    )
    return NextStep(sentence, reverse("opportunities:profile"), _("My candidate profile"))


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
    return profile_step()


def course_step(course: Course, skill: str) -> NextStep:
    words = {"course": course.title, "skill": skill, "hours": floatformat(course.hours)}
    sentence = (
        _("What would bring you closest: %(skill)s. The course “%(course)s” (%(hours)s h) proves it.")
        if skill
        else _("A next step that opens more opportunities: the course “%(course)s” (%(hours)s h).")
    )
    return NextStep(sentence % words, reverse("catalogue:course", args=[course.code]), course.title, course)
