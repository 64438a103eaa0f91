"""Texts that carry a sign-in code. Each is a row of the outbound table, sent at once: a code is no use tomorrow."""

import uuid

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lms.accounts.enums import Channel
from lms.accounts.messages import PASSWORD_RESET, SIGN_IN_CODE, queue_message
from lms.accounts.models import OutboundMessage, User


def send_code(*, user: User, phone: str, code: str) -> OutboundMessage:
    with translation.override(user.language):
        body = _("Passerelle: your code is %(code)s. It works for 10 minutes. Never give it to anyone.") % {
            "code": code
        }
    return send_now(user=user, phone=phone, kind=SIGN_IN_CODE, body=body, language=user.language)


def send_account_exists(*, phone: str, language: str) -> OutboundMessage | None:
    """To a number that somebody just tried to register again. At most once a day."""
    with translation.override(language):
        body = _(
            "Passerelle: this number already has an account. Sign in with your PIN, or ask your trainer for a card."
        )
    key = f"account-exists:{phone}:{timezone.localdate():%Y-%m-%d}"
    return send_now(user=None, phone=phone, kind="account-exists", body=body, language=language, key=key)


def send_now(*, user: User | None, phone: str, kind: str, body: str, language: str, key: str = "") -> OutboundMessage:
    return queue_message(
        key=key or f"{kind}:{uuid.uuid4()}", user=user, channel=Channel.SMS, kind=kind, body=body,
        address=phone, language=language, asked_for=True,
    )  # fmt: skip


def send_mail(*, address: str, subject: str, body: str) -> OutboundMessage:
    """A mail that opens an account again."""
    return queue_message(
        key=f"{PASSWORD_RESET}:{uuid.uuid4()}", user=None, channel=Channel.EMAIL, kind=PASSWORD_RESET, body=body,
        subject=subject, address=address, language=translation.get_language() or settings.LANGUAGE_CODE,
    )  # fmt: skip
