"""Texts that carry a sign-in code. Each is a row of the outbound table, sent at once: a code is no use tomorrow."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from lms.accounts import sms_budget
from lms.accounts.enums import Channel
from lms.accounts.messages import ACCOUNT_EXISTS, OVER_BUDGET, PASSWORD_RESET, SIGN_IN_CODE, queue_message
from lms.accounts.models import OutboundMessage, User
from lms.accounts.recipient import in_language_of
from lms.lib.moments import site_day

NOBODY = 0
"""The key of an account that is not there."""


class NoCodeError(Exception):
    """Today no code can be sent to this number. The text says so to who asked."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "No more codes can be sent by SMS to this number today. Sign in with your PIN or with a card. "
                "If you have neither, ask your training centre: a new card works at once. Or try again tomorrow."
            )
        )


def send_code(*, user: User, phone: str, code: str) -> OutboundMessage:
    """Raises NoCodeError when the budgets of the day have no room."""
    with in_language_of(user):
        body = _("Passerelle: your code is %(code)s. It works for 10 minutes. Never give it to anyone.") % {
            "code": code
        }
    return send_now(user=user, phone=phone, kind=SIGN_IN_CODE, body=body, language=user.language)


def send_account_exists(*, phone: str, language: str) -> OutboundMessage | None:
    """To a number that somebody just tried to register again. At most once a day. Raises NoCodeError as a new one."""
    with translation.override(language):
        body = _(
            "Passerelle: this number already has an account. Sign in with your PIN, or ask your trainer for a card."
        )
    key = f"{ACCOUNT_EXISTS}:{phone}:{site_day().isoformat()}"
    return send_now(user=None, phone=phone, kind=ACCOUNT_EXISTS, body=body, language=language, key=key)


def send_nothing(*, phone: str) -> None:
    """To a number without an account, which costs nothing. Raises NoCodeError when one with an account would."""
    try:
        sms_budget.reserve_unsent(number=phone, parts=1)
    except sms_budget.ExhaustedError as error:
        raise NoCodeError from error


def send_now(*, user: User | None, phone: str, kind: str, body: str, language: str, key: str = "") -> OutboundMessage:
    row = queue_message(
        key=key or f"{kind}:{uuid.uuid4()}", user=user, channel=Channel.SMS, kind=kind, body=body,
        address=phone, language=language, asked_for=True,
    )  # fmt: skip
    if row.stopped == OVER_BUDGET:
        raise NoCodeError
    return row


def send_mail(*, address: str, subject: str, body: str) -> OutboundMessage:
    """An e-mail that opens an account again."""
    return queue_message(
        key=f"{PASSWORD_RESET}:{uuid.uuid4()}", user=None, channel=Channel.EMAIL, kind=PASSWORD_RESET, body=body,
        subject=subject, address=address, language=translation.get_language() or settings.LANGUAGE_CODE,
    )  # fmt: skip


@contextmanager
def written_and_thrown_away(address: str) -> Iterator[None]:
    """A letter to an address that is nobody's is written, and goes before it is sent: asking takes the same time."""
    with transaction.atomic():
        yield
        OutboundMessage.objects.filter(kind=PASSWORD_RESET, user=None, address=address).delete()
        EmailAddress.objects.filter(user=NOBODY).delete()  # allauth's list of whom it wrote to
