"""What the employer does with a referral: open, answer, invite, confirm the first day."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts.models import User
from lms.lib.locks import hold, locked
from lms.lib.moments import site_day
from placement.enums import ActorKind, OutcomeMark, RefusalReason
from placement.enums import ReferralState as S
from placement.models import CandidateProfile, Outcome, OutcomeAnswer, Referral, ThreadMessage
from placement.outcome_rules import SIDES, verdict
from placement.rules import check_first_day
from placement.services import at_work, terms_agreed
from placement.services.transitions import NotAllowedError, TransitionError, change_state, may

ANSWERS = (S.INTERESTED, S.QUESTION, S.INTERVIEW, S.REFUSED)
"""What is said with one button. An offer of work has terms: ``services.offers``."""
FOR_GOOD = (ActorKind.MANAGER, ActorKind.AUTOMATIC)
"""Whose answer about a day nobody else adds to: a manager's, and an earlier no."""
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
    """They began to work: only now are they placed. Makes the rows of the follow-up at 30, 90, 180 and 365 days; the
    other side is asked whether it is so. Raises ValidationError for a day to come or before they were sent.
    """
    hold(Referral.objects.filter(pk=referral.pk))
    if may(referral, S.STARTED):
        check_first_day(on, sent_on=site_day(referral.forwarded_at))
    change_state(referral=referral, to=S.STARTED, by=by, actor=actor)
    told: dict[str, Any] = {name_of(by): True} if by in SIDES else {}
    if by == ActorKind.EMPLOYER:
        told["asked_at"] = timezone.now()  # the news of it asks the learner
    rows = [Outcome(referral=referral, mark=OutcomeMark.STARTED, due_on=on, in_work=True,
                    answered_at=timezone.now(), answered_by=by, **told)]  # fmt: skip
    rows += [
        Outcome(referral=referral, mark=mark, due_on=on + timedelta(days=days)) for mark, days in FOLLOW_UP.items()
    ]
    made = Outcome.objects.bulk_create(rows)
    at_work.record_start(referral=referral, on=on)
    return made


def name_of(by: str) -> str:
    """Of the column that keeps a side's word."""
    return f"told_by_{by}"


def outcomes_due(referral: Referral, by: ActorKind) -> QuerySet[Outcome]:
    """Days that have come and of which this side said nothing, nor anybody for good."""
    rows = referral.outcomes.filter(due_on__lte=site_day(), **{name_of(by): None}).exclude(answered_by__in=FOR_GOOD)
    return rows.order_by("due_on")


def answered_outcomes(referral: Referral, by: ActorKind) -> QuerySet[Outcome]:
    """What this side answered, and may correct."""
    rows = referral.outcomes.exclude(**{name_of(by): None}).exclude(mark=OutcomeMark.STARTED)
    return rows.annotate(mine=F(name_of(by))).order_by("due_on")


def answer_outcome(
    *, outcome: Outcome, in_work: bool, by: ActorKind, actor: User | None = None, correct: bool = False,
    paid: bool | None = None,
) -> bool:  # fmt: skip
    """Still there on that day, yes or no; ``correct`` changes an answer. False when it does not count."""
    say = correct_outcome if correct else record_outcome
    return say(outcome=outcome, in_work=in_work, by=by, actor=actor, paid=paid)


@transaction.atomic
def record_outcome(
    *, outcome: Outcome, in_work: bool, by: ActorKind, actor: User | None = None, paid: bool | None = None
) -> bool:
    """The first word of this side, or of a manager where nothing is certain; False when there was one, or when the day
    has not come.
    """
    row = held(outcome)
    is_known = row.answered_by in FOR_GOOD or row.due_on > site_day()
    is_known |= row.in_work is not None if by == ActorKind.MANAGER else getattr(row, name_of(by)) is not None
    return not is_known and write_outcome(row, in_work=in_work, by=by, actor=actor, paid=paid)


@transaction.atomic
def correct_outcome(
    *, outcome: Outcome, in_work: bool, by: ActorKind, actor: User | None = None, paid: bool | None = None
) -> bool:
    """The other answer, from whoever gave the first, or from a manager. What was said before stays in the log.

    A no that becomes a yes is taken back from the later days as well: they are asked again on their day.
    """
    row = held(outcome)
    before = row.in_work if by == ActorKind.MANAGER else getattr(row, name_of(by))
    if row.mark == OutcomeMark.STARTED or before is not (not in_work):
        return False
    write_outcome(row, in_work=in_work, by=by, actor=actor, paid=paid)
    if in_work and row.in_work is not False:
        take_back_carried_forward(outcome)
    return True


def held(outcome: Outcome) -> Outcome:
    """As it is now, behind the lock of all days of its referral."""
    hold(Outcome.objects.filter(referral=outcome.referral_id))
    return Outcome.objects.get(pk=outcome.pk)


def write_outcome(row: Outcome, *, in_work: bool, by: ActorKind, actor: User | None, paid: bool | None) -> bool:
    now = timezone.now()
    if by == ActorKind.MANAGER:
        row.in_work, row.answered_by = in_work, by
    else:
        setattr(row, name_of(by), in_work)
        if paid is not None:
            setattr(row, f"paid_by_{by}", paid)
        if row.answered_by != ActorKind.MANAGER:
            row.in_work = verdict(employer=row.told_by_employer, learner=row.told_by_learner)
            row.answered_by = by if row.in_work is not None else ""
    row.answered_at = now
    row.save(update_fields=["in_work", "answered_by", "answered_at", "told_by_employer", "told_by_learner",
                            "paid_by_employer", "paid_by_learner"])  # fmt: skip
    OutcomeAnswer.objects.create(outcome=row, at=now, by=by, actor=actor, in_work=in_work, paid=paid)
    if by == ActorKind.LEARNER and not in_work:
        profile = CandidateProfile.objects.select_related("user").get(referrals=row.referral_id)
        at_work.look_for_work(profile=profile, user=profile.user)
    return True


@transaction.atomic
def decide_pay(*, outcome: Outcome, paid: bool, actor: User) -> bool:
    """A manager's word where the two sides differ about the pay; False when there is nothing to decide."""
    row = held(outcome)
    if not row.pay_is_disputed:
        return False
    row.paid = paid
    row.save(update_fields=["paid"])
    OutcomeAnswer.objects.create(outcome=row, by=ActorKind.MANAGER, actor=actor, in_work=row.in_work, paid=paid)
    return True


def take_back_carried_forward(outcome: Outcome) -> None:
    """Later days that counted as a no because of this one are unknown again."""
    later = Outcome.objects.filter(referral=outcome.referral_id, due_on__gt=outcome.due_on)
    keys = list(later.filter(answered_by=ActorKind.AUTOMATIC).values_list("pk", flat=True))
    Outcome.objects.filter(pk__in=keys).update(in_work=None, answered_at=None, answered_by="")
    OutcomeAnswer.objects.bulk_create(OutcomeAnswer(outcome_id=pk, by=ActorKind.AUTOMATIC) for pk in keys)
