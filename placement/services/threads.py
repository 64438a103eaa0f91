"""Writing in the thread of a referral: once, in order, and told to the other side."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts.models import User
from lms.lib.locks import hold
from placement.enums import WAITING_FOR_EMPLOYER, ActorKind
from placement.enums import ReferralState as S
from placement.models import Referral, ThreadMessage
from placement.rules import check_words
from placement.services import notices
from placement.services import thread_rules as threads
from placement.services.referrals import mark_active
from placement.services.transitions import NotAllowedError, TransitionError, change_state

MOST_A_DAY = 30  # messages of one side in one thread


class WroteOftenError(TransitionError):
    def __init__(self) -> None:
        text = _("You have sent %(count)d messages in 24 hours here, which is the limit. Write again tomorrow.")
        super().__init__(text % {"count": MOST_A_DAY})


@transaction.atomic
def write(
    *, referral: Referral, by: ActorKind, text: str, actor: User | None = None, key: str = "", is_told: bool = True,
    is_checked: bool = False,
) -> ThreadMessage:  # fmt: skip
    """A message of the learner or the employer. The same form (``key``) with the same words counts once.

    An employer's first words are an answer, and so are the learner's to a question: those are steps of the referral.
    Raises ValidationError for words that the thread does not take or that harm, NotAllowedError before it was sent and
    after it ended, WroteOftenError for more than ``MOST_A_DAY``. Without ``is_told`` the caller tells the other side;
    ``is_checked``: somebody of the programme let these words pass.
    """
    text = threads.clean_text(text)
    if by == ActorKind.EMPLOYER and not is_checked:
        check_words(text=text)
    hold(Referral.objects.filter(pk=referral.pk))
    referral = Referral.objects.with_page_data().get(pk=referral.pk)
    mine = ThreadMessage.objects.filter(referral=referral, by=by)
    newest = mine.order_by("-at", "-pk").first()
    if not key and newest is not None and newest.text == text:
        return newest
    form = threads.key_of(key or timezone.now().isoformat(), text)
    if (same := mine.filter(key=form).first()) is not None:
        return same
    if not threads.is_open(referral):
        raise NotAllowedError
    if mine.filter(at__gt=timezone.now() - timedelta(days=1)).count() >= MOST_A_DAY:
        raise WroteOftenError
    message = as_step(referral, by, text, actor, form)
    if message is None:
        message = ThreadMessage.objects.create(referral=referral, by=by, author=actor, text=text, key=form)
        if is_told:
            notices.tell_of_message(referral=referral, message=message)
    if by == ActorKind.LEARNER:
        mark_active(referral)
    return message


def is_written(*, referral: Referral, by: ActorKind, text: str, key: str) -> bool:
    """Do these words of this form stand in the thread already?"""
    return bool(key) and referral.thread.filter(by=by, key=threads.key_of(key, text)).exists()


def as_step(referral: Referral, by: ActorKind, text: str, actor: User | None, key: str) -> ThreadMessage | None:
    """The message as words of a step; None when writing changes nothing about where the referral stands."""
    if by == ActorKind.EMPLOYER and referral.state in WAITING_FOR_EMPLOYER:
        answered = referral.answered_at or timezone.now()
        event = change_state(referral=referral, to=S.QUESTION, by=by, actor=actor, note=text, note_key=key,
                             answered_at=answered)  # fmt: skip
    elif by == ActorKind.LEARNER and referral.state == S.QUESTION:
        event = change_state(referral=referral, to=S.SEEN, by=by, actor=actor, note=text, note_key=key)
    else:
        return None
    return ThreadMessage.objects.get(event=event)
