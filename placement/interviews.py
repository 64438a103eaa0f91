"""What may be proposed as an interview, what the two sides' words about it make."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from placement.interview_enums import InterviewEnd, InterviewHow, InterviewState
from placement.models import Interview, Referral

MOST_SLOTS = 5
SHORTEST, LONGEST = 10, 240  # minutes
SOONEST = timedelta(hours=2)
FURTHEST = timedelta(days=90)
PAST = gettext_lazy("A time is past or too soon: people need at least two hours’ notice.")
TOO_FAR = gettext_lazy("A time is more than 90 days away.")


def check_proposal(*, starts: Sequence[datetime], minutes: int, how: str, where: str) -> None:
    """Raises ValidationError that names ``slots``, ``minutes`` or ``where``."""
    problems = {}
    now = timezone.now()
    if not starts:
        problems["slots"] = _("Give at least one day and time.")
    elif len(starts) > MOST_SLOTS:
        problems["slots"] = _("Five times at most.")
    elif len(set(starts)) < len(starts):
        problems["slots"] = _("The same time is listed twice.")
    elif min(starts) < now + SOONEST:
        problems["slots"] = str(PAST)
    elif max(starts) > now + FURTHEST:
        problems["slots"] = str(TOO_FAR)
    if not SHORTEST <= minutes <= LONGEST:
        problems["minutes"] = _("Between 10 minutes and 4 hours.")
    if how != InterviewHow.PHONE and not where:
        problems["where"] = _("Write the address, or the link of the video call.")
    if problems:
        raise ValidationError(problems)


def has_neighbours(at: datetime) -> bool:
    """Whether every other place has a day and an hour for it, too."""
    return MINYEAR < at.year < MAXYEAR


def check_hours(typed: Mapping[str, datetime]) -> None:
    """When clocks go forward, the hour between does not exist: there and back it is another one. By field.

    The first and the last hours of the calendar have none in another place.
    """
    if ends := {name: PAST if at.year <= MINYEAR else TOO_FAR for name, at in typed.items() if not has_neighbours(at)}:
        raise ValidationError({name: [str(problem)] for name, problem in ends.items()})
    problem = _("This time does not exist on that day: the clocks go forward then.")
    there_and_back = {name: at.astimezone(UTC).astimezone(at.tzinfo) for name, at in typed.items()}
    wrong = [name for name, at in typed.items() if there_and_back[name].replace(tzinfo=None) != at.replace(tzinfo=None)]
    if wrong:
        raise ValidationError(dict.fromkeys(wrong, problem))


def current(referral: Referral) -> Interview | None:
    """The newest proposal: the one that counts."""
    return referral.interviews.prefetch_related("slots").first()


def waits_for_choice(referral: Referral) -> bool:
    """Do times stand there of which the learner has not chosen one?"""
    return referral.interviews.filter(state=InterviewState.PROPOSED).exists()


def verdict(by_employer: str, by_learner: str) -> str:
    """One word of one side stands; two that differ are a dispute, which a manager sees and nobody's count."""
    words = {word for word in (by_employer, by_learner) if word}
    if not words:
        return ""
    return words.pop() if len(words) == 1 else InterviewEnd.DISPUTED


def attendance(profiles: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Of each profile: interviews that were to take place and whose end is known, and those the candidate kept.

    One that the employer missed says nothing about the candidate, and neither does one in dispute.
    """
    known = Q(ended_as__in=[InterviewEnd.HELD, InterviewEnd.LEARNER_MISSED])
    rows = (
        Interview.objects.filter(known, state=InterviewState.PLANNED, referral__profile__in=profiles)
        .values("referral__profile")
        .order_by()
        .annotate(planned=Count("pk"), kept=Count("pk", filter=Q(ended_as=InterviewEnd.HELD)))
    )
    return {row["referral__profile"]: (row["planned"], row["kept"]) for row in rows}
