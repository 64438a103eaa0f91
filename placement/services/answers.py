"""What the employer does with a referral: open, answer, invite, confirm the first day."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts.models import User
from lms.lib.locks import locked
from lms.lib.moments import site_day
from placement.enums import ActorKind, OutcomeMark, RefusalReason
from placement.enums import ReferralState as S
from placement.models import Outcome, OutcomeAnswer, Referral, ThreadMessage
from placement.services import terms_agreed
from placement.services.transitions import NotAllowedError, TransitionError, change_state

ANSWERS = (S.INTERESTED, S.QUESTION, S.INTERVIEW, S.REFUSED)
"""What is said with one button. An offer of work has terms: ``services.offers``."""
FOLLOW_UP = {OutcomeMark.DAY_30: 30, OutcomeMark.DAY_90: 90, OutcomeMark.DAY_180: 180, OutcomeMark.DAY_365: 365}

ASKING = (S.QUESTION, S.INTERVIEW)
MOST_ASKED = 10  # questions and interviews of one referral


class AskedOftenError(TransitionError):
    def __init__(self) -> None:
        text = _(
            "You have reached the limit of questions and interviews for one person (%(count)d). Decide now: make an "
            "offer of work, or answer no with the reason."
        )
        super().__init__(text % {"count": MOST_ASKED})


def open_referral(*, referral: Referral, user: User) -> None:
    """The employer opened it in the portal: the learner sees that. Nothing happens the second time."""
    if referral.state == S.FORWARDED:
        try:
            change_state(referral=referral, to=S.SEEN, by=ActorKind.EMPLOYER, actor=user)
        except TransitionError:  # a colleague opened it in the same second, or they withdrew
            referral.refresh_from_db()


@transaction.atomic
def answer(
    *, referral: Referral, to: S, actor: User | None = None, message: str = "", reason: str = "", shared: bool = True
) -> None:
    """One of ``ANSWERS``. A no has a reason; the learner sees it when ``shared``. The same words twice count once.

    Raises AskedOftenError for one question or interview more than ``MOST_ASKED``: each is a message to the learner.
    """
    if to not in ANSWERS or not referral.forwarded_at or not referral.profile.user.is_active:
        raise NotAllowedError
    refused = to == S.REFUSED
    rows = locked(Referral.objects.filter(pk=referral.pk))
    if rows.values_list("state", flat=True).get() == to and last_words(referral) == message:
        return  # pressed twice, or repeated by a proxy
    terms_agreed.check_agreed(referral, to)
    if to in ASKING:
        check_asked(referral)
    change_state(
        referral=referral, to=to, by=ActorKind.EMPLOYER, actor=actor, note=message,
        note_for_learner=shared or not refused,
        answered_at=referral.answered_at or timezone.now(),
        refusal_reason=(reason or RefusalReason.OTHER) if refused else "",
        refusal_shared=shared,
    )  # fmt: skip


def check_asked(referral: Referral) -> None:
    if referral.events.filter(by=ActorKind.EMPLOYER, after__in=ASKING).count() >= MOST_ASKED:
        raise AskedOftenError


def last_words(referral: Referral) -> str:
    """What was written with the last step, whoever took it."""
    words = ThreadMessage.objects.filter(event=referral.events.order_by("-at", "-pk")[:1])
    return words.values_list("text", flat=True).first() or ""


@transaction.atomic
def mark_started(
    *, referral: Referral, on: date, by: ActorKind = ActorKind.EMPLOYER, actor: User | None = None
) -> list[Outcome]:
    """They began to work: only now are they placed. Makes the rows of the follow-up at 30, 90, 180 and 365 days."""
    change_state(referral=referral, to=S.STARTED, by=by, actor=actor)
    rows = [Outcome(referral=referral, mark=OutcomeMark.STARTED, due_on=on, in_work=True,
                    answered_at=timezone.now(), answered_by=by)]  # fmt: skip
    rows += [
        Outcome(referral=referral, mark=mark, due_on=on + timedelta(days=days)) for mark, days in FOLLOW_UP.items()
    ]
    return Outcome.objects.bulk_create(rows)


def outcomes_due(referral: Referral) -> QuerySet[Outcome]:
    """Days that have come and of which nobody said anything."""
    return referral.outcomes.filter(answered_at=None, due_on__lte=site_day()).order_by("due_on")


def answered_outcomes(referral: Referral, by: ActorKind) -> QuerySet[Outcome]:
    """What this side answered, and may correct."""
    return referral.outcomes.filter(answered_by=by).exclude(mark=OutcomeMark.STARTED).order_by("due_on")


def answer_outcome(
    *, outcome: Outcome, in_work: bool, by: ActorKind, actor: User | None = None, correct: bool = False
) -> bool:
    """Still there on that day, yes or no; ``correct`` changes an answer. False when it does not count."""
    say = correct_outcome if correct else record_outcome
    return say(outcome=outcome, in_work=in_work, by=by, actor=actor)


@transaction.atomic
def record_outcome(*, outcome: Outcome, in_work: bool, by: ActorKind, actor: User | None = None) -> bool:
    """The first answer stands; False when there was one, or when the day has not come."""
    open_rows = Outcome.objects.filter(answered_at=None, due_on__lte=site_day())
    return write_outcome(open_rows, outcome=outcome, in_work=in_work, by=by, actor=actor)


@transaction.atomic
def correct_outcome(*, outcome: Outcome, in_work: bool, by: ActorKind, actor: User | None = None) -> bool:
    """The other answer, from whoever gave the first, or from a manager. What was said before stays in the log.

    A no that becomes a yes is taken back from the later days as well: they are asked again on their day.
    """
    earlier = Outcome.objects.filter(in_work=not in_work).exclude(mark=OutcomeMark.STARTED)
    if by != ActorKind.MANAGER:
        earlier = earlier.filter(answered_by=by)
    changed = write_outcome(earlier, outcome=outcome, in_work=in_work, by=by, actor=actor)
    if changed and in_work:
        take_back_carried_forward(outcome)
    return changed


def write_outcome(
    rows: QuerySet[Outcome], *, outcome: Outcome, in_work: bool, by: ActorKind, actor: User | None
) -> bool:
    now = timezone.now()
    if rows.filter(pk=outcome.pk).update(in_work=in_work, answered_at=now, answered_by=by) != 1:
        return False
    OutcomeAnswer.objects.create(outcome=outcome, at=now, by=by, actor=actor, in_work=in_work)
    return True


def take_back_carried_forward(outcome: Outcome) -> None:
    """Later days that counted as a no because of this one are unknown again."""
    later = Outcome.objects.filter(referral=outcome.referral_id, due_on__gt=outcome.due_on)
    keys = list(later.filter(answered_by=ActorKind.AUTOMATIC).values_list("pk", flat=True))
    Outcome.objects.filter(pk__in=keys).update(in_work=None, answered_at=None, answered_by="")
    OutcomeAnswer.objects.bulk_create(OutcomeAnswer(outcome_id=pk, by=ActorKind.AUTOMATIC) for pk in keys)
