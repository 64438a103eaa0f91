"""Interviews: times proposed, one chosen or none, reminders the day before, and who came."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from lms.accounts.models import User
from lms.lib import sweeps
from lms.lib.locks import hold
from placement import interviews as rules
from placement.enums import ActorKind
from placement.enums import ReferralState as S
from placement.interview_enums import ENDS, RUNNING, InterviewState
from placement.models import Interview, InterviewSlot, Referral, ThreadMessage
from placement.rules import check_place, check_words, check_words_that_cannot_wait, findings_of
from placement.services import interview_notices, terms_agreed, thread_rules, threads
from placement.services.answers import check_asked
from placement.services.held import ask_about_message
from placement.services.indexing import index_profile
from placement.services.referrals import mark_active
from placement.services.transitions import NotAllowedError, change_state, may

DAY_BEFORE = timedelta(hours=24)


@transaction.atomic
def propose(
    *, referral: Referral, starts: Sequence[datetime], minutes: int, how: str, where: str = "",
    actor: User | None = None, message: str = "", key: str = "",
) -> Interview:  # fmt: skip
    """The employer proposes times; what stood before is cancelled. The same form (``key``) twice is one proposal.

    Doubtful words of ``message`` wait for the programme, the times go. Raises ValidationError
    (``interviews.check_proposal``), NotAllowedError, AskedOftenError, WordsWaitError.
    """
    hold(Referral.objects.filter(pk=referral.pk))
    referral = Referral.objects.with_page_data().get(pk=referral.pk)
    key = key or uuid4().hex
    if (same := Interview.objects.filter(referral=referral, key=key).first()) is not None:
        return same
    check_words(message=message)
    check_place(where=where)
    is_held = bool(findings_of(message))
    if is_held:
        ask_about_message(referral=referral, text=message, actor=actor, key=key)
    rules.check_proposal(starts=starts, minutes=minutes, how=how, where=where)
    if not may_propose(referral):
        raise NotAllowedError
    terms_agreed.check_agreed(referral, S.INTERVIEW)
    check_asked(referral)
    cancel_all(referral)
    interview = Interview.objects.create(
        referral=referral, how=how, where=where, minutes=minutes, proposed_by=actor, key=key
    )
    InterviewSlot.objects.bulk_create(InterviewSlot(interview=interview, starts_at=at) for at in sorted(starts))
    answered = referral.answered_at or timezone.now()
    change_state(referral=referral, to=S.INTERVIEW, by=ActorKind.EMPLOYER, actor=actor,
                 note="" if is_held else message, answered_at=answered)  # fmt: skip
    return interview


def may_propose(referral: Referral) -> bool:
    return may(referral, S.INTERVIEW) and thread_rules.is_open(referral)


@transaction.atomic
def choose(*, interview: Interview, slot: int, user: User) -> None:
    """The learner takes one of the times. NotAllowedError when it is over, taken back, or not one of them."""
    interview = held(interview)
    starts_at = interview.slots.filter(pk=slot).values_list("starts_at", flat=True).first()
    if interview.state != InterviewState.PROPOSED or starts_at is None or starts_at <= timezone.now():
        raise NotAllowedError
    change(interview, state=InterviewState.PLANNED, starts_at=starts_at, chosen_at=timezone.now())
    mark_active(interview.referral)
    interview_notices.tell_planned(interview)


@transaction.atomic
def none_fits(*, interview: Interview, user: User, text: str) -> None:
    """The learner says that none suits, and when would. Their words stand in the thread."""
    text = thread_rules.clean_text(text)
    interview = held(interview)
    if interview.state != InterviewState.PROPOSED:
        raise NotAllowedError
    threads.write(referral=interview.referral, by=ActorKind.LEARNER, actor=user, text=text,
                  key=f"none-fits:{interview.pk}")  # fmt: skip
    change(interview, state=InterviewState.NONE_FITS)


@transaction.atomic
def cancel(*, interview: Interview, by: ActorKind, text: str, actor: User | None = None) -> None:
    """Either side calls it off, with words. The other is told, and calendars take it out."""
    text = thread_rules.clean_text(text)
    if by == ActorKind.EMPLOYER:
        check_words_that_cannot_wait(text=text)
    interview = held(interview)
    if interview.state not in RUNNING or interview.is_over:
        raise NotAllowedError
    was_planned = interview.state == InterviewState.PLANNED
    message = threads.write(referral=interview.referral, by=by, actor=actor, text=text, key=f"cancel:{interview.pk}",
                            is_told=not was_planned)  # fmt: skip
    call_off(interview, message)


def cancel_all(referral: Referral) -> None:
    """A new proposal, or the end of the referral: what was to come does not take place."""
    for interview in referral.interviews.filter(state__in=RUNNING).select_related(*WITH):
        if not interview.is_over:
            call_off(interview)


@transaction.atomic
def say_end(*, interview: Interview, by: ActorKind, end: str) -> None:
    """One side says what became of it, once its time has come; it may correct itself."""
    interview = held(interview)
    if end not in ENDS or not interview.is_over:
        raise NotAllowedError
    name = "told_by_learner" if by == ActorKind.LEARNER else "told_by_employer"
    setattr(interview, name, end)
    interview.ended_as = rules.verdict(interview.told_by_employer, interview.told_by_learner)
    interview.save(update_fields=[name, "ended_as"])
    index_profile(profile=interview.referral.profile)  # who keeps interviews stands higher in suggested orders


WITH = ("referral__opportunity__employer", "referral__profile__user", "referral__consent")


def held(interview: Interview) -> Interview:
    """As it is now, behind the lock of its referral."""
    hold(Referral.objects.filter(pk=interview.referral_id))
    found: Interview = Interview.objects.select_related(*WITH).get(pk=interview.pk)
    return found


def change(interview: Interview, **values: Any) -> None:
    Interview.objects.filter(pk=interview.pk).update(sequence=F("sequence") + 1, changed_at=timezone.now(), **values)
    interview.refresh_from_db(fields=["sequence", "changed_at", *values])


def call_off(interview: Interview, message: ThreadMessage | None = None) -> None:
    was_planned = interview.state == InterviewState.PLANNED
    change(interview, state=InterviewState.CANCELLED)
    if was_planned:
        interview_notices.tell_cancelled(interview, message)


def to_remind(now: datetime) -> QuerySet[Interview]:
    """Planned within a day, and nobody was reminded."""
    return Interview.objects.filter(
        state=InterviewState.PLANNED, reminded_at=None, starts_at__gt=now, starts_at__lte=now + DAY_BEFORE
    )


@transaction.atomic
def remind(interview_id: Any, now: datetime) -> bool:
    if not to_remind(now).filter(pk=interview_id).update(reminded_at=now):
        return False
    interview_notices.remind(Interview.objects.select_related(*WITH).get(pk=interview_id))
    return True


REMIND = sweeps.register(
    sweeps.Sweep(
        name="placement.interviews",
        label=gettext_lazy("Interviews to remind of"),
        remedy=gettext_lazy("Look at this referral, its opportunity and the employer’s contacts."),
        rows=lambda now: to_remind(now).order_by("starts_at", "pk"),
        work=remind,
    )
)
