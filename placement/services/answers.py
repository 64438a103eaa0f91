"""What the employer does with a referral: open, answer, invite, offer, confirm the first day."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from lms.accounts.models import User
from placement.enums import By, OutcomeMark, RefusalReason
from placement.enums import ReferralState as S
from placement.models import Outcome, Referral
from placement.services.moves import MoveError, NotAllowedError, move

ANSWERS = (S.INTERESTED, S.QUESTION, S.INTERVIEW, S.OFFER, S.REFUSED)
NEEDS_WORDS = frozenset({S.QUESTION, S.INTERVIEW, S.OFFER})  # say what, when, how much
FOLLOW_UP = {OutcomeMark.DAY_30: 30, OutcomeMark.DAY_90: 90, OutcomeMark.DAY_180: 180, OutcomeMark.DAY_365: 365}


def open_referral(*, referral: Referral, user: User) -> None:
    """The employer opened it in the portal: the learner sees that. Nothing happens the second time."""
    if referral.state == S.FORWARDED:
        try:
            move(referral=referral, to=S.SEEN, by=By.EMPLOYER, actor=user)
        except MoveError:  # a colleague opened it in the same second, or she withdrew
            referral.refresh_from_db()


@transaction.atomic
def answer(
    *, referral: Referral, to: S, actor: User | None = None, message: str = "", reason: str = "", shared: bool = True
) -> None:
    """One of ``ANSWERS``. A no has a reason; the learner sees it when ``shared``. The same words twice count once."""
    if to not in ANSWERS or not referral.forwarded_at:
        raise NotAllowedError
    refused = to == S.REFUSED
    said = message if shared or not refused else ""
    rows = Referral.objects.select_for_update(no_key=True).filter(pk=referral.pk)
    if rows.values_list("state", "employer_message").get() == (to, said):
        return  # pressed twice, or repeated by a proxy
    move(
        referral=referral, to=to, by=By.EMPLOYER, actor=actor, note=message,
        answered_at=referral.answered_at or timezone.now(),
        employer_message=said,
        refusal_reason=(reason or RefusalReason.OTHER) if refused else "",
        refusal_shared=shared,
    )  # fmt: skip


@transaction.atomic
def mark_started(*, referral: Referral, on: date, by: By = By.EMPLOYER, actor: User | None = None) -> list[Outcome]:
    """She began to work: only now is she placed. Makes the rows of the follow-up at 30, 90, 180 and 365 days."""
    move(referral=referral, to=S.STARTED, by=by, actor=actor)
    rows = [Outcome(referral=referral, mark=OutcomeMark.STARTED, due_on=on, in_work=True,
                    answered_at=timezone.now(), answered_by=by)]  # fmt: skip
    rows += [
        Outcome(referral=referral, mark=mark, due_on=on + timedelta(days=days)) for mark, days in FOLLOW_UP.items()
    ]
    return Outcome.objects.bulk_create(rows)


def record_outcome(*, outcome: Outcome, in_work: bool, by: By) -> bool:
    """Still there on that day, yes or no. The first answer stands; False when there was one."""
    changed = Outcome.objects.filter(pk=outcome.pk, answered_at=None, due_on__lte=timezone.localdate()).update(
        in_work=in_work, answered_at=timezone.now(), answered_by=by
    )
    return changed == 1
