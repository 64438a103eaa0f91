"""Messages to people: queue a row in the caller's transaction, send it from the worker, never twice."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from lms.accounts.channels import ChannelError, RefusedError, get_channel
from lms.accounts.enums import Channel
from lms.accounts.models import OutboundMessage, User
from lms.lib import leases, sweeps

SIGN_IN_CODE, PASSWORD_RESET = "sign-in-code", "password-reset"
URGENT = frozenset({SIGN_IN_CODE, PASSWORD_RESET})  # somebody stands at the door
ERASED_WHEN_SENT = URGENT  # codes and links that open an account are not kept
CODE_LIFE = timedelta(minutes=10)
SUBJECT_LENGTH = 500  # the longest title and the longest name in the longest sentence: tests/test_lengths.py


def queue_message(
    *, key: str, user: User | None, channel: Channel, kind: str, body: str,
    subject: str = "", link: str = "", address: str = "", language: str = "", asked_for: bool = False,
) -> OutboundMessage:  # fmt: skip
    """Write the message's row; a second call with the same ``key`` returns the first row and changes nothing.

    ``asked_for`` sends also to a person who wants no SMS: she has just asked for this one (a sign-in code).
    """
    if user is not None and not address:
        address = {Channel.SMS: user.phone or "", Channel.EMAIL: user.email, Channel.APP: ""}[channel]
    stopped = ""
    if channel != Channel.APP and not address:
        stopped = "no address"
    elif channel == Channel.SMS and user is not None and user.sms_stopped and not asked_for:
        stopped = "opted out"
    now = timezone.now() if channel == Channel.APP else None
    subject = " ".join(subject.split())[:SUBJECT_LENGTH]  # a mail with a line break in its subject never leaves
    try:
        with transaction.atomic():
            return OutboundMessage.objects.create(
                key=key, user=user, channel=channel, kind=kind, body=body, subject=subject, link=link,
                address=address, stopped=stopped, sent_at=now,
                language=language or (user.language if user else settings.LANGUAGE_CODE),
            )  # fmt: skip
    except IntegrityError:
        return OutboundMessage.objects.get(key=key)


def unsent() -> "leases.models.QuerySet[OutboundMessage]":
    return OutboundMessage.objects.filter(sent_at=None, stopped="")


def send_message(*, message_id: uuid.UUID | str) -> bool:
    """Send one message under a lease; True when this call sent it."""
    row = OutboundMessage.objects.filter(pk=message_id, sent_at=None, stopped="")
    if not leases.claim(row):
        return False
    message = row.get()
    if message.kind == SIGN_IN_CODE and message.created_at < timezone.now() - CODE_LIFE:
        row.update(stopped="too late", body="", lease_until=None)
        return False
    try:
        receipt = get_channel(message.channel).send(message)
    except RefusedError as error:
        row.update(stopped=str(error)[:60], last_error=str(error)[:300], lease_until=None)
        return False
    except ChannelError as error:
        leases.release(row, error=str(error), tries=message.tries)
        return False
    row.update(
        sent_at=timezone.now(), provider=receipt.provider, provider_id=receipt.provider_id,
        cost_micros=receipt.cost_micros, cost_currency=receipt.cost_currency, lease_until=None, last_error="",
        body="" if message.kind in ERASED_WHEN_SENT else message.body,
    )  # fmt: skip
    return True


def tell(*, user: User, key: str, kind: str, subject: str, body: str, link: str = "") -> list[OutboundMessage]:
    """Tell a person by every way she has: on the site always, by e-mail when known, by SMS where ``SMS_NOTICES`` is on.

    The texts are plain and in her language (``translation.override(user.language)`` is the caller's). Idempotent by
    ``key``. The worker sends the rows; nothing leaves in the caller's request.
    """
    ways = [Channel.APP]
    if user.email:
        ways.append(Channel.EMAIL)
    if settings.SMS_NOTICES and user.phone:
        ways.append(Channel.SMS)
    return [
        queue_message(key=f"{key}:{way}", user=user, channel=way, kind=kind, subject=subject, body=body, link=link)
        for way in ways
    ]


def sending(name: str, *kinds: Q) -> sweeps.Sweep:
    """Whatever waits: lost wake-ups, dead workers' leases, providers that were away."""
    return sweeps.register(
        sweeps.Sweep(
            name=name,
            label=gettext_lazy("Messages to send"),
            remedy=gettext_lazy("Look at the person’s address and at the text of the message."),
            rows=lambda now: leases.waiting(unsent()).filter(*kinds).order_by("due_at"),
            work=lambda key, now: send_message(message_id=key),
            leased=True,
        )
    )


SEND_URGENT = sending("accounts.send-urgent", Q(kind__in=URGENT))
SEND = sending("accounts.send", ~Q(kind__in=URGENT))
