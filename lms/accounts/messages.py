"""Messages to people: queue a row in the caller's transaction, send it from the worker, never twice."""

import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts import mail_rate, outages, sms_budget
from lms.accounts.channels import (
    REFUSED,
    ChannelError,
    DoubtfulError,
    OutageError,
    RefusedError,
    get_channel,
    one_connection,
)
from lms.accounts.enums import Channel, Role
from lms.accounts.models import OutboundMessage, User
from lms.accounts.recipient import in_language_of
from lms.accounts.sms_text import economical, segments
from lms.lib import leases, sweeps

SIGN_IN_CODE, PASSWORD_RESET, ACCOUNT_EXISTS = "sign-in-code", "password-reset", "account-exists"
URGENT = frozenset({SIGN_IN_CODE, PASSWORD_RESET})  # somebody stands at the door
DIGEST = "digest"  # the news of a day in one message
ERASED_WHEN_SENT = URGENT | {DIGEST}  # codes, links that open an account, what others wrote: not kept
USELESS_LATER = frozenset({SIGN_IN_CODE, ACCOUNT_EXISTS})  # SMS that are of no use tomorrow
CODE_LIFE = timedelta(minutes=10)
LIVES = {SIGN_IN_CODE: CODE_LIFE, PASSWORD_RESET: timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)}  # then useless
PAUSES = [timedelta(minutes=minutes) for minutes in (2, 5, 10, 20, 30, 60, 120, 240)]  # greylisting wants minutes
URGENT_PAUSES = [timedelta(minutes=minutes) for minutes in (1, 1, 2, 2, 5, 10)]
LONGEST_PROBE = timedelta(hours=1)  # a message that met a dead server lets others try it first, so long
DOUBTFUL_PAUSE = timedelta(minutes=30)
MOST_DOUBTFUL = 3  # handed over so often without an answer: perhaps it arrived as often
REFUSED_BY_SERVER = Q(stopped__startswith=REFUSED) | Q(stopped="address refused")  # so it was written before
NEWS_LIFE = timedelta(days=3)  # of an SMS that waits for a day with room: the same news stands on the site
OVER_BUDGET = "SMS budget used up"
NO_LONGER_TRUE = "no longer true"
StillTrue = Callable[[OutboundMessage], bool]
STILL_TRUE: dict[str, StillTrue] = {}  # by kind: asked before a message leaves
SUBJECT_LENGTH = 500  # the longest title and the longest name in the longest sentence: tests/test_lengths.py


def queue_message(
    *, key: str, user: User | None, channel: Channel, kind: str, body: str,
    subject: str = "", link: str = "", address: str = "", language: str = "", asked_for: bool = False,
) -> OutboundMessage:  # fmt: skip
    """Write the message's row; a second call with the same ``key`` returns the first row and changes nothing.

    ``asked_for`` sends also to a person who wants no SMS: they have just asked for this one (a sign-in code).
    A code for which the budgets of the day have no room is ``stopped`` from the beginning: who asked must hear it now.
    """
    if user is not None and not address:
        address = {Channel.SMS: user.phone or "", Channel.EMAIL: user.email, Channel.APP: ""}[channel]
    stopped = ""
    if channel != Channel.APP and not address:
        stopped = "no address"
    elif channel == Channel.SMS and user is not None and user.sms_stopped and not asked_for:
        stopped = "opted out"
    now = timezone.now() if channel == Channel.APP else None
    counted = channel == Channel.SMS and kind in USELESS_LATER and not stopped
    subject = " ".join(subject.split())[:SUBJECT_LENGTH]  # an e-mail with a line break in its subject never leaves
    try:
        with transaction.atomic():
            row = OutboundMessage(
                key=key, user=user, channel=channel, kind=kind, body=body, subject=subject, link=link,
                address=address, stopped=stopped, sent_at=now,
                language=language or (user.language if user else settings.LANGUAGE_CODE),
            )  # fmt: skip
            if counted and not has_room(row):
                row.stopped, row.body = OVER_BUDGET, ""
            row.save(force_insert=True)
            return row
    except IntegrityError:
        return OutboundMessage.objects.get(key=key)


def ask_before_sending(*kinds: str, is_true: StillTrue) -> None:
    """Messages of these kinds leave only while ``is_true`` says so: what they announce may end while they wait."""
    for kind in kinds:
        STILL_TRUE[kind] = is_true


NewsOver = Callable[[list[OutboundMessage]], set[uuid.UUID]]
_news_over: list[NewsOver] = []


def register_news_over(rule: NewsOver) -> None:
    """``rule`` names those of some news whose matter has moved on: nobody is called to what is over."""
    _news_over.append(rule)


def still_news(rows: list[OutboundMessage]) -> list[OutboundMessage]:
    """Without what is over."""
    over = {pk for rule in _news_over for pk in rule(rows)} if rows else set()
    return [row for row in rows if row.pk not in over]


def unsent() -> "leases.models.QuerySet[OutboundMessage]":
    return OutboundMessage.objects.filter(sent_at=None, stopped="")


def send_message(*, message_id: uuid.UUID | str) -> bool:
    """Send one message under a lease; True when this call sent it."""
    row = unsent().filter(pk=message_id)
    message = row.first()
    if message is None:
        return False
    outage = outages.outage_of(message.channel)
    if outage is not None and outage.rests:  # type: ignore[attr-defined]
        return False
    by_mail = message.channel == Channel.EMAIL
    if by_mail and not mail_rate.reserve(address=message.address, urgent=message.kind in URGENT):
        return False
    if not leases.claim(row):
        return False
    message.tries += 1
    if message.kind in LIVES and row.filter(created_at__lt=leases.from_now(-LIVES[message.kind])).exists():
        row.update(stopped="too late", body="", lease_until=None)
        return False
    if message.kind in STILL_TRUE and not STILL_TRUE[message.kind](message):
        row.update(stopped=NO_LONGER_TRUE, body="", link="", lease_until=None)
        return False
    counts_now = message.channel == Channel.SMS and message.kind not in USELESS_LATER
    if counts_now and not has_room(message):
        wait_for_tomorrow(message, row)
        return False
    try:
        receipt = get_channel(message.channel).send(message)
    except RefusedError as error:
        stop(row, message, error)
        return False
    except ChannelError as error:
        if counts_now:
            sms_budget.give_back(number=message.address, purpose=sms_budget.NEWS, parts=parts(message))
        try_later(row, message, error)
        return False
    row.update(
        sent_at=Now(), provider=receipt.provider, provider_id=receipt.provider_id,
        cost_micros=receipt.cost_micros, cost_currency=receipt.cost_currency, lease_until=None, last_error="",
        body="" if message.kind in ERASED_WHEN_SENT else message.body,
    )  # fmt: skip
    if outage is not None:
        outages.end(message.channel)
    return True


def stop(row: models.QuerySet[OutboundMessage], message: OutboundMessage, error: RefusedError) -> None:
    """A final answer about this one recipient. Whether the way itself works is another question: it does."""
    body = "" if message.kind in ERASED_WHEN_SENT else message.body
    row.update(stopped=str(error)[:60], last_error=str(error)[:300], lease_until=None, body=body)


def try_later(row: models.QuerySet[OutboundMessage], message: OutboundMessage, error: ChannelError) -> None:
    """What answers for everybody rests as a whole; what answers for one message has that one wait, longer each time.

    Given up after ``patience``, or after a few tries of which nobody knows whether they arrived: never for a fault
    of ours (password, sender, relay).
    """
    pauses = URGENT_PAUSES if message.kind in URGENT else PAUSES
    pause = pauses[min(message.tries, len(pauses)) - 1]
    by_us = False
    if isinstance(error, OutageError):
        by_us = error.by_us
        rest = outages.note(channel=message.channel, error=str(error), by_us=by_us)
        pause = rest if by_us else max(rest, min(pause, LONGEST_PROBE))
    if by_us:
        row.update(tries=F("tries") - 1)
    else:
        row.update(failing_since=Coalesce(F("failing_since"), Now()))
    if isinstance(error, DoubtfulError):
        row.update(doubtful=F("doubtful") + 1)
        pause = max(pause, DOUBTFUL_PAUSE)
    late = Q(failing_since__lt=leases.from_now(-patience(message))) | Q(doubtful__gte=MOST_DOUBTFUL)
    if not by_us and row.filter(late).exists():
        leases.give_up(row)
        row.update(last_error=str(error)[:300])
        return
    leases.release(row, error=str(error), tries=message.tries, pause=pause)


def patience(message: OutboundMessage) -> timedelta:
    """How long a message is tried after its first failure (RFC 5321, 4.5.4.1: four or five days for e-mail)."""
    return timedelta(days=settings.EMAIL_RETRY_DAYS) if message.channel == Channel.EMAIL else NEWS_LIFE


def loud(rows: Iterable[OutboundMessage]) -> "leases.models.QuerySet[OutboundMessage]":
    """Of messages that were just written, those that make a sound and have not left."""
    keys = [row.pk for row in rows if row.channel != Channel.APP]
    return OutboundMessage.objects.filter(pk__in=keys, sent_at=None, stopped="", tries=0)


def given_up() -> "leases.models.QuerySet[OutboundMessage]":
    """Tried for days; whoever corrected the cause has them tried again (``try_again``)."""
    return leases.given_up(unsent())


def refused() -> "leases.models.QuerySet[OutboundMessage]":
    """E-mails that a server refused for good: the address does not work."""
    return OutboundMessage.objects.filter(REFUSED_BY_SERVER, channel=Channel.EMAIL, sent_at=None)


def undelivered() -> "leases.models.QuerySet[OutboundMessage]":
    """Both, for the page of managers."""
    is_given_up = Q(tries__gte=OutboundMessage.max_tries, stopped="")
    return OutboundMessage.objects.filter(is_given_up | (REFUSED_BY_SERVER & Q(channel=Channel.EMAIL)), sent_at=None)


def try_again(*, with_refused: bool = False) -> int:
    """Give what was given up its tries back, and end the rest of ways that fail; how many messages.

    ``with_refused`` takes what was refused too, at the address that the person has now, but no code or link to sign in.
    """
    count = leases.retry(unsent())
    if with_refused:
        for message in refused().exclude(kind__in=ERASED_WHEN_SENT).select_related("user").iterator(chunk_size=500):
            address = (message.user.email if message.user else "") or message.address
            row = OutboundMessage.objects.filter(pk=message.pk, sent_at=None, stopped=message.stopped)
            count += row.update(stopped="", address=address, tries=0, due_at=Now(), **OutboundMessage.anew)
    outages.try_now()
    return count


def parts(message: OutboundMessage) -> int:
    return segments(economical(message.body))


def purpose_of(message: OutboundMessage) -> str:
    if message.kind not in USELESS_LATER:
        return sms_budget.NEWS
    unproved = message.kind == ACCOUNT_EXISTS or (message.user is not None and message.user.is_self_made)
    return sms_budget.SIGN_UP if unproved else sms_budget.CODE


def has_room(message: OutboundMessage) -> bool:
    """Count an SMS in the budgets of the day. False when one of them is used up: managers are told of the first."""
    purpose = purpose_of(message)
    try:
        sms_budget.reserve(number=message.address, purpose=purpose, parts=parts(message))
    except sms_budget.ExhaustedError as error:
        if sms_budget.record_refused(error.budget):
            tell_of_budget(codes_stop=purpose != sms_budget.NEWS)
        return False
    return True


def wait_for_tomorrow(message: OutboundMessage, row: models.QuerySet[OutboundMessage]) -> None:
    """The news goes when there is room again; not any more when it has grown old."""
    if row.filter(created_at__lt=leases.from_now(-NEWS_LIFE)).exists():
        row.update(stopped="too late", last_error=OVER_BUDGET, lease_until=None)
        return
    later = sms_budget.next_day()
    row.update(due_at=later, last_error=OVER_BUDGET, lease_until=None, tries=F("tries") - 1)


def tell_of_budget(*, codes_stop: bool) -> None:
    """Once a day for codes and once for news, whatever is held back after."""
    key, body = ("codes", codes_are_held_back) if codes_stop else ("news", news_is_held_back)
    tell_managers(
        key=f"sms-budget:{key}:{sms_budget.today().isoformat()}", kind="sms-budget",
        subject=lambda: _("SMS: the budget of today is used up"), body=body, link="/cms/status/", by_sms=False,
    )  # fmt: skip


def codes_are_held_back() -> str:
    return _(
        "A budget for SMS is used up. Until tomorrow codes go only where there is room; everybody else is told"
        " to use their PIN or a card. Check the numbers at your SMS provider: somebody may be abusing this."
    )


def news_is_held_back() -> str:
    return _("The budget for news by SMS is used up. News by SMS waits until tomorrow; everybody finds it on the site.")


def tell(
    *, user: User, key: str, kind: str, subject: str, body: str, link: str = "", by_sms: bool = True
) -> list[OutboundMessage]:
    """Tell a person by every way there is: on the site always, by e-mail if known, by SMS where ``SMS_NOTICES`` is on.

    The texts are plain and in their language (``in_language_of`` is the caller's). Idempotent by
    ``key``. The worker sends the rows; nothing leaves in the caller's request.
    """
    ways = [Channel.APP]
    if user.email:
        ways.append(Channel.EMAIL)
    if settings.SMS_NOTICES and user.phone and by_sms:
        ways.append(Channel.SMS)
    return [
        queue_message(key=f"{key}:{way}", user=user, channel=way, kind=kind, subject=subject, body=body, link=link)
        for way in ways
    ]


def tell_managers(
    *, key: str, kind: str, subject: Callable[[], Any], body: Callable[[], Any], link: str, by_sms: bool = True
) -> None:
    """``subject`` and ``body`` are called under each manager's language."""
    for manager in User.objects.filter(role=Role.MANAGER, is_active=True):
        with in_language_of(manager):
            tell(user=manager, key=f"{key}:{manager.pk}", kind=kind, subject=str(subject()), body=str(body()),
                 link=link, by_sms=by_sms)  # fmt: skip


def to_send(*kinds: Q) -> models.QuerySet[OutboundMessage]:
    """Those that are due, by the ways that do not rest."""
    waiting = leases.waiting(unsent()).filter(*kinds).exclude(channel__in=outages.resting().values("channel"))
    return waiting.order_by("due_at", "created_at")


def sending(name: str, *kinds: Q) -> sweeps.Sweep:
    """Whatever waits: lost wake-ups, dead workers' leases, providers that were away."""
    return sweeps.register(
        sweeps.Sweep(
            name=name,
            label=gettext_lazy("Messages to send"),
            remedy=gettext_lazy("Look at the person’s address and at the text of the message."),
            rows=lambda now: to_send(*kinds),
            work=lambda key, now: send_message(message_id=key),
            leased=True,
            around=one_connection,
        )
    )


SEND_URGENT = sending("accounts.send-urgent", Q(kind__in=URGENT))
SEND = sending("accounts.send", ~Q(kind__in=URGENT))
