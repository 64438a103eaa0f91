"""Ways a message leaves: each takes an ``OutboundMessage``, returns a ``Receipt`` or raises ``ChannelError``."""

import json
from dataclasses import dataclass
from smtplib import SMTPRecipientsRefused
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.module_loading import import_string

from lms.accounts.models import OutboundMessage


class ChannelError(Exception):
    """The provider refused or could not be reached; the message is tried again later."""


class RefusedError(ChannelError):
    """The provider will never take this message, or may have taken it already: it is not tried again."""


@dataclass(frozen=True)
class Receipt:
    provider: str
    provider_id: str = ""
    cost_micros: int = 0
    cost_currency: str = ""


class ChannelBackend(Protocol):
    def send(self, message: OutboundMessage) -> Receipt: ...


class AppChannel:
    """Messages read on the site: nothing leaves, the row is the message."""

    def send(self, message: OutboundMessage) -> Receipt:
        return Receipt("site")


class EmailChannel:
    """Django's e-mail, by ``EMAIL_URL``: SMTP in production, files in ``DATA_DIR/mail`` by default."""

    def send(self, message: OutboundMessage) -> Receipt:
        text = (
            f"{message.body}\n\n{settings.BASE_URL}{message.link}\n" if message.link.startswith("/") else message.body
        )
        mail = EmailMessage(message.subject, text, to=[message.address])
        try:
            mail.send()
        except SMTPRecipientsRefused as error:
            raise RefusedError("address refused") from error
        except OSError as error:
            raise ChannelError(type(error).__name__) from error
        return Receipt("smtp")


class FileSmsChannel:
    """The embedded default: SMS are written to ``DATA_DIR/sms.jsonl`` where a trainer or a test can read them.

    ``lms/accounts/purging.py`` begins a new file from time to time.
    """

    def send(self, message: OutboundMessage) -> Receipt:
        line = {"at": timezone.now().isoformat(), "to": message.address, "text": message.body}
        with (settings.DATA_DIR / "sms.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        return Receipt("file")


def get_channel(name: str) -> ChannelBackend:
    backend: ChannelBackend = import_string(settings.MESSAGE_BACKENDS[name])()
    return backend
