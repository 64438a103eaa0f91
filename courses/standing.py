"""How a learner stands in a course, as a trainer needs it: who needs help first, and why, in one sentence.

One function says it, ``standing_of``; the first rule that holds decides:

1. finished: the course is complete. Completion wins, whatever was failed on the way.
2. stuck: an assessment was failed ``FAILED_OFTEN`` times and never passed; or a step was opened, the learner was here
   again ``STUCK_AFTER`` later, and nothing was done since.
3. silent: no act in the course for ``SILENT_AFTER``; or put on the course so long ago, and never came.
4. not begun: on the course for less than that, or not on it yet.
5. on track.

Why so: Kolibri's “needs help” lost its readers by alarms after completion (learningequality/kolibri #14515, #5908) and
after one wrong try or none (#5324), so that one failure says nothing here. A week is the rhythm of groups that meet; a
step that is open over less than ``STUCK_AFTER`` is perhaps being read. That somebody opens the same step again is not
written down: the last time they were here at all (``SignIn.seen_at``) is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lms.lib.moments import day

FAILED_OFTEN = 2
STUCK_AFTER = timedelta(days=3)
SILENT_AFTER = timedelta(days=7)


class Status(TextChoices):
    """In the order in which people need somebody."""

    STUCK = "stuck", gettext_lazy("stuck")
    SILENT = "silent", gettext_lazy("silent")
    NOT_BEGUN = "not-begun", gettext_lazy("not begun")
    ON_TRACK = "on-track", gettext_lazy("on track")
    FINISHED = "finished", gettext_lazy("finished")


@dataclass(frozen=True, slots=True)
class Failure:
    """Attempts at one step that were not passed, of somebody who never passed it."""

    step: str  # its title
    count: int
    since: datetime  # the first of them was handed in
    last: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one learner in one course."""

    enrolled_at: datetime | None = None  # None: not on the course
    last_act: datetime | None = None  # None: never came
    completed_at: datetime | None = None
    open_step: str = ""  # the title of the step that was opened last, while it is not done
    seen_at: datetime | None = None  # on the site at all
    failure: Failure | None = None


class Standing(NamedTuple):
    status: Status
    sentence: str


def standing_of(facts: Facts, now: datetime) -> Standing:
    if facts.enrolled_at is None:
        return Standing(Status.NOT_BEGUN, _("Not on this course yet."))
    if facts.completed_at is not None:
        return Standing(Status.FINISHED, _("Finished on %(day)s.") % {"day": day(facts.completed_at)})
    if (failure := facts.failure) is not None and failure.count >= FAILED_OFTEN:
        text = ngettext(
            "Failed “%(step)s” %(count)d time since %(day)s.",
            "Failed “%(step)s” %(count)d times since %(day)s.",
            failure.count,
        )
        return Standing(Status.STUCK, text % {"step": failure.step, "count": failure.count, "day": day(failure.since)})
    if facts.last_act is None:
        return never_came(facts.enrolled_at, now)
    return after_last_act(facts, facts.last_act, now)


def never_came(enrolled_at: datetime, now: datetime) -> Standing:
    status = Status.SILENT if now - enrolled_at >= SILENT_AFTER else Status.NOT_BEGUN
    return Standing(status, _("Enrolled on %(day)s, not started yet.") % {"day": day(enrolled_at)})


def after_last_act(facts: Facts, last_act: datetime, now: datetime) -> Standing:
    words = {"day": day(last_act), "step": facts.open_step}
    came_back = facts.seen_at is not None and facts.seen_at - last_act >= STUCK_AFTER
    if facts.open_step and facts.seen_at is not None and came_back and now - facts.seen_at < SILENT_AFTER:
        words["seen"] = day(facts.seen_at)
        text = _("Opened “%(step)s” on %(day)s, was here again on %(seen)s, and has not finished it.")
        return Standing(Status.STUCK, text % words)
    status = Status.SILENT if now - last_act >= SILENT_AFTER else Status.ON_TRACK
    text = _("Last active on %(day)s, in “%(step)s”.") if facts.open_step else _("Last active on %(day)s.")
    return Standing(status, text % words)
