"""The only way in which a referral changes state: allowed transitions, a conditional update, the log, the news."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.accounts.models import User
from placement.enums import OPEN_STATES, PROPOSED_STATES, ActorKind
from placement.enums import ReferralState as S
from placement.models import Referral, ReferralEvent, ThreadMessage
from placement.services import notices
from placement.signals import referral_changed

WITH_EMPLOYER_NOW = (S.FORWARDED, S.SEEN, S.QUESTION, S.INTERESTED, S.INTERVIEW, S.OFFER)
GOING_ON = PROPOSED_STATES | OPEN_STATES | {S.ACCEPTED}
SIDE_EXITS = frozenset({S.WITHDRAWN, S.OBSOLETE, S.AUTO_CLOSED})
TRANSITIONS: dict[str, frozenset[str]] = {
    S.PROPOSED: frozenset({S.CONSENTED, S.DECLINED, S.EXPIRED, S.OBSOLETE}),
    S.EXPIRED: frozenset({S.PROPOSED}),
    S.CONSENTED: frozenset({S.FORWARDED, S.WITHDRAWN, S.OBSOLETE}),
    S.FORWARDED: frozenset({S.SEEN, S.QUESTION, S.INTERESTED, S.INTERVIEW, S.OFFER, S.REFUSED}) | SIDE_EXITS,
    S.SEEN: frozenset({S.QUESTION, S.INTERESTED, S.INTERVIEW, S.OFFER, S.REFUSED}) | SIDE_EXITS,
    S.QUESTION: frozenset({S.SEEN, S.QUESTION, S.INTERESTED, S.INTERVIEW, S.OFFER, S.REFUSED}) | SIDE_EXITS,
    S.INTERESTED: frozenset({S.QUESTION, S.INTERVIEW, S.OFFER, S.REFUSED}) | SIDE_EXITS,
    S.INTERVIEW: frozenset({S.INTERVIEW, S.OFFER, S.REFUSED}) | SIDE_EXITS,
    S.OFFER: frozenset({S.OFFER, S.ACCEPTED, S.OFFER_DECLINED, S.REFUSED}) | SIDE_EXITS,
    S.ACCEPTED: frozenset({S.STARTED, S.WITHDRAWN, S.REFUSED}),
}


class TransitionError(Exception):
    """A change of state that cannot be. ``str`` is a sentence for the person who asked for it."""


class NotAllowedError(TransitionError):
    def __init__(self, why: object = "") -> None:
        super().__init__(why or _("This step is no longer possible. Look at where things stand now."))


class OvertakenError(TransitionError):
    def __init__(self) -> None:
        super().__init__(_("Something changed in the meantime. Look at where things stand now."))


@transaction.atomic
def change_state(
    *, referral: Referral, to: S, by: ActorKind, actor: User | None = None, note: str = "", note_key: str = "",
    note_for_learner: bool = True, **changes: Any,
) -> ReferralEvent:  # fmt: skip
    """Change the state once. Raises ``NotAllowedError``, or ``OvertakenError`` when the row moved since it was read.

    ``note``: what a person wrote with it, which becomes a message of the thread, or why it happened by itself.
    """
    before = referral.state
    if to not in TRANSITIONS.get(before, frozenset()):
        raise NotAllowedError
    if to in GOING_ON and Referral.objects.without_a_future().filter(pk=referral.pk).exists():
        raise NotAllowedError
    if Referral.objects.filter(pk=referral.pk, state=before).update(state=to, **changes) != 1:
        raise OvertakenError
    referral.state = to
    for name, value in changes.items():
        setattr(referral, name, value)
    return log(referral=referral, before=before, by=by, actor=actor, note=note, note_key=note_key,
               note_for_learner=note_for_learner)  # fmt: skip


def log(
    *, referral: Referral, before: str, by: ActorKind, actor: User | None, note: str = "", note_key: str = "",
    note_for_learner: bool = True,
) -> ReferralEvent:  # fmt: skip
    """Write the event and the words that came with it, tell both sides, and send ``referral_changed``."""
    words = note if by in {ActorKind.LEARNER, ActorKind.EMPLOYER} else ""
    event = ReferralEvent.objects.create(
        referral=referral, actor=actor, by=by, before=before, after=referral.state, note="" if words else note
    )
    if words:
        ThreadMessage.objects.create(
            referral=referral, event=event, at=event.at, by=by, author=actor, text=words,
            for_learner=note_for_learner, key=note_key or f"event:{event.pk}",
        )  # fmt: skip
    notices.announce(referral=referral, event=event)
    referral_changed.send(Referral, referral_id=referral.pk, before=before, after=referral.state)
    return event


def may(referral: Referral, to: str) -> bool:
    return to in TRANSITIONS.get(referral.state, frozenset())
